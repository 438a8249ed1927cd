"""Projects."""

from collections.abc import Sequence

from aiohttp import web

from .. import entities
from ..answer import answer
from ..entities import Place
from ..refusal import Refused
from ..world import Entity, Kind
from .call import PlatformCall
from .paging import page
from .refusals import Taken

_ITEMS: tuple[Kind, ...] = ("image", "video")
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
    return answer(await _told(call, await call.entity("project", call.id())))


async def listed(call: PlatformCall) -> web.Response:
    """The projects of a workspace, in pages."""
    workspace = await call.entity("workspace", call.id("workspaceId"))
    found = page(call, await call.world.within("project", workspace["id"]))
    return answer({**found, "entities": await _shown(call, found["entities"])})


async def update_settings(call: PlatformCall) -> web.Response:
    """Change some of a project's settings; the others stay."""
    settings = call.object("settings")
    await call.entity("project", call.id())
    changed = await call.world.update(
        "project", call.id(), lambda one: {**one, "settings": {**one["settings"], **settings}, "updatedAt": call.now()}
    )
    return answer({} if changed is None else await _told(call, changed))


async def _told(call: PlatformCall, project: Entity) -> Entity:
    return (await _shown(call, [project]))[0]


async def _shown(call: PlatformCall, projects: Sequence[Entity]) -> list[Entity]:
    """Projects as they are answered: each with what it holds now."""
    inside = await _inside(call, [one["id"] for one in projects])
    items: dict[int, int] = {}
    for kind in _ITEMS:
        ids = [each for one in projects if _kind(one) == kind for each in inside[one["id"]]]
        items.update(zip(ids, await call.world.counts(kind, ids), strict=True))
    counts = {one: (len(ids), sum([items[each] for each in ids])) for one, ids in inside.items()}
    return [
        {**one, "datasetsCount": datasets, "imagesCount": held, "itemsCount": held}
        for one in projects
        for datasets, held in [counts[one["id"]]]
    ]


async def _inside(call: PlatformCall, projects: Sequence[int]) -> dict[int, list[int]]:
    """Ids of the datasets of each project: of one by a look into it, of several by one at all that there are."""
    few = len(projects) == 1
    # One question in place of one for each.
    found = await (call.world.within("dataset", projects[0]) if few else call.world.all("dataset"))
    inside: dict[int, list[int]] = {one: [] for one in projects}
    for one in found:
        if one["projectId"] in inside:
            inside[one["projectId"]].append(one["id"])
    return inside


def _kind(project: Entity) -> Kind:
    return "video" if project["type"] == "videos" else "image"
