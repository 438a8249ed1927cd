"""Applications: in the catalogue, in a team, and their sessions. They are those that the world's tasks run."""

from aiohttp import web

from ..answer import answer
from ..entities import OWNER_ID
from ..world import Entity
from .call import PlatformCall
from .paging import page


async def listed(call: PlatformCall) -> web.Response:
    """The applications of a team, each with its tasks, in pages."""
    team = await call.entity("team", call.id("teamId"))
    return answer(page(call, await _apps(call, team["id"])))


async def sessions(call: PlatformCall) -> web.Response:
    """The tasks of an application in a team, in pages."""
    team = await call.entity("team", call.id("teamId"))
    app_id = call.id("appId")
    tasks = [one for one in await _tasks(call, team["id"]) if one["meta"]["app"]["id"] == app_id]
    return answer(page(call, [{**one, "createdBy": OWNER_ID} for one in tasks]))


async def ecosystem(call: PlatformCall) -> web.Response:
    """The catalogue of applications, in pages."""
    modules = {one["meta"]["app"]["moduleId"]: one for one in await call.world.all("task")}
    return answer(page(call, [_module(module_id, one) for module_id, one in sorted(modules.items())]))


async def _tasks(call: PlatformCall, team_id: int) -> list[Entity]:
    return [one for one in await call.world.all("task") if one["teamId"] == team_id]


async def _apps(call: PlatformCall, team_id: int) -> list[Entity]:
    found: dict[int, Entity] = {}
    for task in await _tasks(call, team_id):
        app = task["meta"]["app"]
        entry = found.setdefault(app["id"], {"id": app["id"], **_described(task), "teamId": team_id, "tasks": []})
        entry["tasks"].append(task)
    return [found[one] for one in sorted(found)]


def _described(task: Entity) -> Entity:
    app = task["meta"]["app"]
    owner = {"createdBy": OWNER_ID, "userLogin": task["userLogin"], "moduleId": app["moduleId"]}
    state = {"disabled": False, "isShared": False, "config": {}, "repo": ""}
    return {**owner, **state, "name": app["name"], "slug": app["name"].lower().replace(" ", "-")}


def _module(module_id: int, task: Entity) -> Entity:
    told = {"type": "app", "readme": "", "repo": "", "githubRepo": "", "meta": {}, "config": {"categories": ["serve"]}}
    described = {key: _described(task)[key] for key in ("name", "slug")}
    return {"id": module_id, **described, **told, "createdAt": task["startedAt"], "updatedAt": task["startedAt"]}
