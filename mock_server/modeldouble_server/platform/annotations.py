"""Annotations of pictures, kept and given back as they were sent.

Releases of the official client do not agree on the coordinates of the wire: newer ones count from the corner of a pixel
and say so when they read, older ones count pixels, and neither says so when it writes. What was sent is therefore never
converted, and comes back right to the release that sent it. What the operator brought is known to be in pixels, and is
converted for those that ask for corners.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from ..answer import answer
from ..refusal import Refused, shown
from ..world import Edit, Entity
from . import metas
from .call import PlatformCall, as_object, bounded, there
from .corners import at_corners
from .paging import page


async def bulk_add(call: PlatformCall) -> web.Response:
    """Annotations for pictures of a dataset, each in place of the picture's old one; all or none."""
    dataset = await call.entity("dataset", call.id("datasetId"))
    sent = call.objects("annotations", call.fake.limits.batch)
    names = await known_names(call, dataset["projectId"])
    known = await call.known("image", [one.get("imageId") for one in sent])
    made = []
    for at, one in enumerate(sent):
        where = f"annotations[{at}]"
        image = image_of(known, one.get("imageId"), dataset["id"], f"{where}.imageId")
        annotation = as_object(one.get("annotation"), f"{where}.annotation")
        check(annotation, f"{where}.annotation", *names)
        made.append((image, annotation))
    await call.world.change([edit for image, annotation in made for edit in _in_place(call, image, annotation)])
    return answer([{"imageId": image["id"]} for image, _ in made])


async def info(call: PlatformCall) -> web.Response:
    """The annotation of one picture; without objects if it has none yet."""
    return answer((await _shown(call, [await call.entity("image", call.id("imageId"))]))[0])


async def bulk_info(call: PlatformCall) -> web.Response:
    """The annotations of several pictures of a dataset."""
    dataset = await call.entity("dataset", call.id("datasetId"))
    ids = call.ids("imageIds", call.fake.limits.batch)
    known = await call.known("image", ids)
    images = [image_of(known, one, dataset["id"], f"imageIds[{at}]") for at, one in enumerate(ids)]
    return answer(await _shown(call, images))


async def listed(call: PlatformCall) -> web.Response:
    """The annotations of all pictures of a dataset, in pages; a filter is on `imageId` and the like."""
    dataset = await call.entity("dataset", call.id("datasetId"))
    images = await call.world.within("image", dataset["id"])
    found = page(call, [{**one, "imageId": one["id"], "imageName": one["name"]} for one in images])
    return answer({**found, "entities": await _shown(call, found["entities"])})


def appended(call: PlatformCall, image: Entity, found: Sequence[Entity]) -> list[Edit]:
    """More objects in the annotation of a picture, and their number with the picture."""

    def longer(kept: Entity | None) -> Entity:
        old = kept or {**_of(image), "annotation": _without_objects(image), "createdAt": call.now()}
        objects = [*(old["annotation"].get("objects") or []), *found]
        return {**old, "annotation": {**old["annotation"], "objects": objects}, "updatedAt": call.now()}

    return [Edit("annotation", image["id"], longer), _labels(image, lambda before: before + len(found))]


async def known_names(call: PlatformCall, project_id: int) -> tuple[set[str], set[str]]:
    """Names of the classes and of the tags that a project has."""
    meta = await metas.meta_of(call, project_id)
    return {one["title"] for one in meta["classes"]}, {one["name"] for one in meta["tags"]}


def image_of(known: Mapping[int, Entity], image_id: Any, dataset_id: int, where: str) -> Entity:
    """The picture of that id, which must be among those that are `known`, and in the dataset."""
    if type(image_id) is not int:
        raise Refused(400, f"{where} is {shown(image_id)}; send an id as a whole number")
    image = there("image", image_id, known.get(image_id))
    if image["datasetId"] != dataset_id:
        raise Refused(400, f"{where} is {image_id}, which is in dataset {image['datasetId']}, not {dataset_id}")
    return image


def _in_place(call: PlatformCall, image: Entity, annotation: Entity) -> list[Edit]:
    def replaced(kept: Entity | None) -> Entity:
        made = call.now() if kept is None else kept["createdAt"]
        return {**_of(image), "annotation": annotation, "createdAt": made, "updatedAt": call.now()}

    labels = len(annotation.get("objects") or [])
    return [Edit("annotation", image["id"], replaced), _labels(image, lambda _: labels)]


def _labels(image: Entity, count: Callable[[int], int]) -> Edit:
    def counted(now: Entity | None) -> Entity:
        return {**(now or image), "labelsCount": count((now or image)["labelsCount"])}

    return Edit("image", image["id"], counted)


def _of(image: Entity) -> Entity:
    return {"id": image["id"], "datasetId": image["datasetId"]}


def _without_objects(image: Entity) -> Entity:
    size = {"height": image["height"], "width": image["width"]}
    return {"description": "", "size": size, "tags": [], "objects": []}


async def _shown(call: PlatformCall, images: Sequence[Entity]) -> list[Entity]:
    kept = await call.world.many("annotation", [one["id"] for one in images])
    return [_told(call, one, annotation or {}) for one, annotation in zip(images, kept, strict=True)]


def _told(call: PlatformCall, image: Entity, kept: Entity) -> Entity:
    annotation = kept.get("annotation") or _without_objects(image)
    if kept.get("pixels") and call.fields.get("integerCoords") in (False, "false"):
        annotation = at_corners(annotation)
    dates = {key: kept.get(key, image[key]) for key in ("createdAt", "updatedAt")}
    owner = {"imageId": image["id"], "imageName": image["name"], "datasetId": image["datasetId"]}
    return {**owner, "annotation": annotation, **dates}


def check(annotation: Entity, where: str, titles: set[str], tags: set[str]) -> None:
    """Refuse an annotation with a class or a tag that the project does not have."""
    objects = bounded(annotation.get("objects", []), f"{where}.objects", 1_000_000, 0)
    _check_tags(annotation.get("tags", []), f"{where}.tags", tags)
    for at, one in enumerate(objects):
        title = as_object(one, f"{where}.objects[{at}]").get("classTitle")
        if not isinstance(title, str) or title not in titles:
            remedy = "send the class to projects.meta.update first"
            raise Refused(
                400, f"{where}.objects[{at}].classTitle is {shown(title)}, not in the project's meta; {remedy}"
            )
        _check_tags(one.get("tags", []), f"{where}.objects[{at}].tags", tags)


def _check_tags(value: Any, where: str, tags: set[str]) -> None:
    for at, one in enumerate(bounded(value, where, 1_000_000, 0)):
        name = as_object(one, f"{where}[{at}]").get("name")
        if not isinstance(name, str) or name not in tags:
            remedy = "send the tag to projects.meta.update first"
            raise Refused(400, f"{where}[{at}].name is {shown(name)}, not in the project's meta; {remedy}")
