"""Figures: objects of annotations by ids of their own, which is how masks with levels and polygons of parts come."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from .. import wire
from ..answer import answer
from ..refusal import Refused, shown
from ..world import Edit, Entity
from . import annotations
from .call import PlatformCall, as_object, there
from .media import Part, send_parts
from .uploads import files


async def bulk_add(call: PlatformCall) -> web.Response:
    """Objects for annotations of a dataset's pictures, beside those that are there; the ids of the new figures."""
    dataset = await call.entity("dataset", call.id("datasetId"))
    sent = call.objects("figures", call.fake.limits.ids)
    names = await annotations.known_names(call, dataset["projectId"])
    known = await call.known("image", [one.get("entityId") for one in sent])
    made: list[tuple[Entity, Entity]] = []
    by_image: dict[int, list[Entity]] = {}
    for at, one in enumerate(sent):
        where = f"figures[{at}]"
        image = annotations.image_of(known, one.get("entityId"), dataset["id"], f"{where}.entityId")
        annotations.check({"objects": [_object(one, where)]}, where, *names)
        made.append((image, _object(one, where)))
    ids = await call.world.new_ids("figure", len(made))
    edits = []
    for figure_id, (image, found) in zip(ids, made, strict=True):
        edits.append(Edit.whole("figure", {"id": figure_id, "imageId": image["id"]}))
        by_image.setdefault(image["id"], []).append({**found, "id": figure_id})
    for image in {one["id"]: one for one, _ in made}.values():
        edits += annotations.appended(call, image, by_image[image["id"]])
    await call.world.change(edits)
    return answer([{"id": figure_id} for figure_id in ids])


async def upload_geometry(call: PlatformCall) -> web.Response:
    """Geometries of figures as a form: a file part for each, with the figure's id as its file name."""
    sent = [one async for one in files(call, call.fake.limits.ids)]
    if not sent:
        raise Refused(400, "form has no part; send each geometry as a part whose file name is the figure's id")
    known = await call.known("figure", [int(name) for name, _ in sent if _names_one(name)])
    kept = [(_figure(known, name), _geometry(call, name, content)) for name, content in sent]
    await call.world.put([("figure", {**figure, "geometry": geometry}) for figure, geometry in kept])
    return answer({"success": True})


async def download_geometry(call: PlatformCall) -> web.StreamResponse:
    """Geometries of figures as a form whose parts are named by the figures' ids."""
    figures = await call.entities("figure", call.ids("ids", call.fake.limits.ids))
    bare = [one["id"] for one in figures if "geometry" not in one]
    if bare:
        raise Refused(404, f"figure {bare[0]} has no geometry; send it to figures.bulk.upload.geometry first")
    contents = [(str(one["id"]), json.dumps(one["geometry"]).encode()) for one in figures]
    return await send_parts(call, [Part(name, name, "application/octet-stream", text) for name, text in contents])


def _object(figure: dict[str, Any], where: str) -> Entity:
    """A figure as an object of an annotation: what `geometry` holds, such as `parts`, is a key of the object there."""
    geometry = as_object(figure.get("geometry", {}), f"{where}.geometry")
    return {key: value for key, value in figure.items() if key not in ("entityId", "geometry")} | geometry


def _figure(known: Mapping[int, Entity], name: str) -> Entity:
    if not _names_one(name):
        raise Refused(400, f"file name {shown(name)} is no figure id; send the id that figures.bulk.add answered")
    return there("figure", int(name), known.get(int(name)))


def _names_one(name: str) -> bool:
    return name.isdecimal() and len(name) <= 18


def _geometry(call: PlatformCall, name: str, content: bytes) -> Entity:
    return as_object(wire.read_json(content, call.fake.limits), f"geometry of figure {name}")
