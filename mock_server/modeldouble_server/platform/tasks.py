"""Tasks: the serving app's session, found by its id."""

from aiohttp import web

from ..answer import answer
from ..model import encoded
from ..refusal import Refused, shown
from ..serving import routes
from ..serving.call import Call
from .call import PlatformCall


async def direct(call: PlatformCall) -> web.StreamResponse:
    """tasks.request.direct: a route of the model behind a task, by its name; the model's answer as it is."""
    task = await call.entity("task", call.id("taskId"))
    model = call.fake.models.get(task["meta"]["sessionToken"])
    if model is None:
        raise Refused(404, f"taskId {task['id']} serves no model; use a task that tasks.info shows as started")
    command = call.fields.get("command")
    if not isinstance(command, str):
        raise Refused(400, f"command is {shown(command)}; send the name of a route, such as get_session_info")
    sent = {"state": call.fields.get("state") or {}, "context": call.fields.get("context") or {}}
    return await routes.find(command, "POST")(Call(call.fake, model, call.request, encoded(sent)))


async def info(call: PlatformCall) -> web.Response:
    """tasks.info"""
    return answer(await call.entity("task", call.id()))
