"""A folder becomes a project: which ids its entities get, and how they are put into a world."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from .. import entities
from ..default_world import TEAM_ID, WORKSPACE_ID
from ..entities import Place
from ..limits import Limits
from ..platform.metas import with_ids
from ..refusal import Refused, shown
from ..world import Entity, Kind, World
from . import coco, plain, supervisely
from .found import FoundImage, FoundProject, Root

ImageIds = Mapping[str, int] | int | None
Drafted = tuple[list[tuple[Kind, Entity]], dict[str, Path]]
"""Entities, and files by the sha256 of their bytes."""


class Ids(NamedTuple):
    """Ids that the operator chose. `image` is the first id, or the id by name or by "dataset/name"."""

    project: int | None = None
    dataset: int | None = None
    image: ImageIds = None


def find(path: Path, limits: Limits) -> FoundProject:
    """Read a folder: a downloaded Supervisely project, a COCO folder or a plain folder of pictures."""
    if not path.is_dir():
        raise Refused(400, f"{path} is no folder; give the folder of a project, with its pictures")
    root = Root(path, limits.pixels, limits.entities)
    if (root.path / supervisely.META).exists():
        return supervisely.read(root)
    instances = coco.files(root)
    return coco.read(root, instances) if instances else plain.read(root)


async def put(world: World, found: FoundProject, ids: Ids, now: float) -> int:
    """Put what was found into a world, all at once, and give the project's id. Ids and names that are taken are
    refused."""
    drafted, files = await draft(world, found, ids, now)
    for name, owner in await world.create(drafted, files):
        what = "project" if name == found.name else "dataset or picture"
        raise Refused(400, f"{what} {owner} has the name {name!r} already; rename the folder")
    return next(int(one["id"]) for kind, one in drafted if kind == "project")


async def draft(world: World, found: FoundProject, ids: Ids, now: float, again: bool = False) -> Drafted:
    """Entities with ids, and files, of what was found. `again`: ids that are taken are not refused."""
    made = entities.date(now)
    [project_id] = await _ids(world, "project", ids.project, 1, again)
    datasets = await _ids(world, "dataset", ids.dataset, len(found.datasets), again)
    images = await _image_ids(world, found, ids.image, again)
    place = Place(TEAM_ID, WORKSPACE_ID, project_id)
    drafted: list[tuple[Kind, Entity]] = [
        ("project", entities.project(project_id, found.name, place, "images", made)),
        ("meta", await _meta(world, project_id, found)),
    ]
    files: dict[str, Path] = {}
    for dataset_id, dataset in zip(datasets, found.datasets, strict=True):
        inner = place._replace(dataset=dataset_id)
        drafted.append(("dataset", entities.dataset(dataset_id, dataset.name, inner, made)))
        for image in dataset.images:
            drafted += _image(images[(dataset.name, image.name)], inner, image, made)
            files[image.facts.sha256] = image.path
    return drafted, files


async def _meta(world: World, project_id: int, found: FoundProject) -> Entity:
    classes, tags = found.meta.get("classes", []), found.meta.get("tags", [])
    meta = entities.empty_meta(project_id, "images")
    meta["meta"]["classes"] = with_ids([], classes, "title", await world.new_ids("class", len(classes)))
    meta["meta"]["tags"] = with_ids([], tags, "name", await world.new_ids("tag", len(tags)))
    return meta


def _image(image_id: int, place: Place, found: FoundImage, made: str) -> list[tuple[Kind, Entity]]:
    if found.annotation is None:
        return [("image", entities.image(image_id, found.name, place, found.facts, made))]
    kept = {"id": image_id, "datasetId": place.dataset, "annotation": found.annotation, "pixels": True}
    labels = len(found.annotation.get("objects", []))
    image = entities.image(image_id, found.name, place, found.facts, made) | {"labelsCount": labels}
    return [("annotation", {**kept, "createdAt": made, "updatedAt": made}), ("image", image)]


async def fresh(world: World, kind: Kind, chosen: int | None, again: bool) -> int:
    """An id for something new: any, or the chosen one, which is a 400 if it is taken and this is not done again."""
    return _whole(kind, chosen) if again and chosen is not None else await _free(world, kind, chosen)


async def _ids(world: World, kind: Kind, first: int | None, how_many: int, again: bool) -> list[int]:
    if first is None:
        return list(await world.new_ids(kind, how_many))
    return [await fresh(world, kind, one, again) for one in range(_whole(kind, first), first + how_many)]


async def _free(world: World, kind: Kind, chosen: int | None) -> int:
    return await world.new_id(kind, None if chosen is None else _whole(kind, chosen))


def _whole(kind: Kind, chosen: object) -> int:
    if type(chosen) is not int or not 0 < chosen < 2**53:
        raise Refused(400, f"{kind} id is {shown(chosen)}; give a whole number of at least 1")
    return chosen


async def _image_ids(world: World, found: FoundProject, chosen: ImageIds, again: bool) -> dict[tuple[str, str], int]:
    everything = list(_all(found))
    if not isinstance(chosen, Mapping):
        ids = await _ids(world, "image", chosen, len(everything), again)
        return {(dataset, image.name): one for (dataset, image), one in zip(everything, ids, strict=True)}
    keys = [(f"{dataset}/{image.name}", image.name) for dataset, image in everything]
    unknown = set(chosen) - {key for pair in keys for key in pair}
    if unknown:
        raise Refused(
            400, f"image_ids has {shown(min(unknown))}, which is not in the folder; give names of its pictures"
        )
    picked = [next((chosen[key] for key in pair if key in chosen), None) for pair in keys]
    given = [one for one in picked if one is not None]
    if len(set(given)) < len(given):
        raise Refused(400, "image_ids gives one id to two pictures; give each its own, by dataset/name if names repeat")
    for one in given:
        await fresh(world, "image", one, again)
    made = {}
    for (dataset, image), choice in zip(everything, picked, strict=True):
        made[(dataset, image.name)] = await _unused(world, given) if choice is None else choice
    return made


async def _unused(world: World, given: list[int]) -> int:
    while True:
        [one] = await world.new_ids("image")
        if one not in given:
            return one


def _all(found: FoundProject) -> Iterator[tuple[str, FoundImage]]:
    for dataset in found.datasets:
        for image in dataset.images:
            yield dataset.name, image
