"""Datasets, which may lie in each other."""

from collections.abc import Sequence

from aiohttp import web

from .. import entities
from ..answer import answer
from ..entities import Place
from ..refusal import Refused
from ..world import Entity
from .call import PlatformCall
from .paging import page
from .refusals import Taken


async def add(call: PlatformCall) -> web.Response:
    """A new dataset in a project, or in the dataset `parentId` of it; a name that is taken there is NONUNIQUE."""
    project = await call.entity("project", call.id("projectId"))
    name = call.named(call.fields.get("name"))
    more = {"description": call.text("description", ""), "customData": call.object("customData") or None}
    parent = None if call.fields.get("parentId") is None else await _parent(call, project["id"])
    await call.room("dataset", project["id"])
    [new_id] = await call.world.new_ids("dataset")
    place = Place(project["teamId"], project["workspaceId"], project["id"])
    made = entities.dataset(new_id, name, place, call.now()) | more | {"parentId": parent}
    if taken := await call.world.create([("dataset", made)]):
        raise Taken(f"name {name!r} is taken in project {project['id']}; send one that is free", taken)
    return answer(made)


async def info(call: PlatformCall) -> web.Response:
    """One dataset, with its number of items."""
    return answer((await _shown(call, [await call.entity("dataset", call.id())]))[0])


async def listed(call: PlatformCall) -> web.Response:
    """The datasets of a project, in pages; those in other datasets too if `recursive`, or if a filter says in which."""
    project = await call.entity("project", call.id("projectId"))
    found = await call.world.within("dataset", project["id"])
    by_parent = "parentId" in str(call.fields.get("filter"))
    all_of_them = call.flag("recursive") or by_parent
    chosen = [one for one in found if all_of_them or one["parentId"] is None]
    answered = page(call, chosen)
    return answer({**answered, "entities": await _shown(call, answered["entities"])})


async def _shown(call: PlatformCall, datasets: Sequence[Entity]) -> list[Entity]:
    """Datasets as they are answered: each with what it holds now."""
    ids = [one["id"] for one in datasets]
    counts = zip(datasets, await call.world.counts("image", ids), await call.world.counts("video", ids), strict=True)
    return [{**one, "imagesCount": images, "itemsCount": images + videos} for one, images, videos in counts]


async def below(call: PlatformCall, dataset: Entity) -> list[Entity]:
    """Every dataset in a dataset, at any depth."""
    inside = {dataset["id"]}
    found = []
    # A parent is older than what lies in it, and ids grow.
    for one in await call.world.within("dataset", dataset["projectId"]):
        if one["parentId"] in inside:
            inside.add(one["id"])
            found.append(one)
    return found


async def _parent(call: PlatformCall, project_id: int) -> int:
    parent = await call.entity("dataset", call.id("parentId"))
    if parent["projectId"] != project_id:
        raise Refused(
            400, f"parentId is {parent['id']}, a dataset of project {parent['projectId']}; send one of {project_id}"
        )
    return int(parent["id"])
