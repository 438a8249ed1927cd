"""Projects."""

from aiohttp import web

from .. import entities
from ..answer import answer
from ..entities import Place
from ..refusal import Refused
from ..world import Entity, Kind
from .call import PlatformCall
from .paging import page
from .refusals import Taken

TYPES = ("images", "videos", "volumes", "point_clouds", "point_cloud_episodes")


async def add(call: PlatformCall) -> web.Response:
    """A new project in a workspace; a name that is taken there is NONUNIQUE."""
    workspace = await call.entity("workspace", call.id("workspaceId"))
    name, kind = call.named(call.fields.get("name")), call.text("type", "images")
    if kind not in TYPES:
        raise Refused(400, f"type is {kind[:80]!r}; send one of {', '.join(TYPES)}")
    told = {key: call.text(key, "") for key in ("description", "readme")}
    more = {"customData": call.object("customData"), **told}
    settings = call.object("settings")
    await call.room("project", workspace["id"])
    [new_id] = await call.world.new_ids("project")
    made = entities.project(new_id, name, Place(workspace["teamId"], workspace["id"], new_id), kind, call.now()) | more
    made["settings"] |= settings
    if taken := await call.world.create(entities.with_meta(made)):
        raise Taken(f"name {name!r} is taken in workspace {workspace['id']}; send one that is free", taken)
    return answer(made)


async def info(call: PlatformCall) -> web.Response:
    """One project, with its number of datasets and pictures."""
    return answer(await shown(call, await call.entity("project", call.id())))


async def listed(call: PlatformCall) -> web.Response:
    """The projects of a workspace, in pages."""
    workspace = await call.entity("workspace", call.id("workspaceId"))
    found = page(call, await call.world.within("project", workspace["id"]))
    return answer({**found, "entities": [await shown(call, one) for one in found["entities"]]})


async def update_settings(call: PlatformCall) -> web.Response:
    """Change some of a project's settings; the others stay."""
    settings = call.object("settings")
    await call.entity("project", call.id())
    changed = await call.world.update(
        "project", call.id(), lambda one: {**one, "settings": {**one["settings"], **settings}, "updatedAt": call.now()}
    )
    return answer({} if changed is None else await shown(call, changed))


async def shown(call: PlatformCall, project: Entity) -> Entity:
    """A project as it is answered: with what it holds now."""
    kind: Kind = "video" if project["type"] == "videos" else "image"
    datasets = await call.world.within("dataset", project["id"])
    items = 0
    for one in datasets:
        items += await call.world.count(kind, one["id"])
    return {**project, "datasetsCount": len(datasets), "imagesCount": items, "itemsCount": items}
