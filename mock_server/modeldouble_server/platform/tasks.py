"""Tasks: the serving app's session, found by its id."""

from aiohttp import web

from ..answer import answer
from ..model import encoded
from ..refusal import Refused, shown
from ..serving import dispatch
from ..serving.call import Call
from .call import PlatformCall
from .paging import page


async def direct(call: PlatformCall) -> web.StreamResponse:
    """A route of the model behind a task, by its name; the model's answer as it is."""
    task = await call.entity("task", call.id("taskId"))
    model = await call.fake.tenancy.model(task["meta"]["sessionToken"])
    if model is None:
        raise Refused(404, f"taskId {task['id']} serves no model; use a task that tasks.info shows as started")
    command = call.fields.get("command")
    if not isinstance(command, str):
        raise Refused(400, f"command is {shown(command)}; send the name of a route, such as get_session_info")
    sent = {"state": call.fields.get("state") or {}, "context": call.fields.get("context") or {}}
    return await dispatch.serve(Call(call.fake, model, call.request, command, encoded(sent)), "POST")


async def info(call: PlatformCall) -> web.Response:
    """One task: its state, and the session token of the model that it serves."""
    return answer(await call.entity("task", call.id()))


async def listed(call: PlatformCall) -> web.Response:
    """The tasks of a workspace, in pages."""
    workspace = await call.entity("workspace", call.id("workspaceId"))
    return answer(page(call, await call.world.within("task", workspace["id"])))


async def data(call: PlatformCall) -> web.Response:
    """Data that a task has stored: every field that is asked for is null."""
    await call.entity("task", call.id("taskId"))
    fields = call.listed("fields", 1000, 0)
    if not all(isinstance(one, str) for one in fields):
        raise Refused(400, f"fields is {shown(fields)}; send a list of texts")
    return answer({"result": dict.fromkeys(fields)})
