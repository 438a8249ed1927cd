"""Metas: the classes and tags of a project."""

import re
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from ..answer import answer
from ..refusal import Refused, shown
from ..world import Entity
from .call import PlatformCall, as_object, bounded

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_VALUE_TYPES = ("none", "any_number", "any_string", "oneof_string", "date")
_CLASS, _TAG = ("title", "shape", "color"), ("name", "value_type", "color")


async def info(call: PlatformCall) -> web.Response:
    """The classes and tags of a project, with their ids."""
    return answer(await meta_of(call, call.id()))


async def update(call: PlatformCall) -> web.Response:
    """Replace a project's meta by another; a class or tag keeps its id by its name, or by the id that is sent."""
    await call.entity("project", call.id())
    meta = as_object(call.fields.get("meta"), "meta")
    classes = _checked(call, meta.get("classes", []), "meta.classes", _CLASS)
    tags = _checked(call, meta.get("tags", []), "meta.tags", _TAG)
    # Taken beforehand, as many as may be needed: the change itself has to be one step.
    fresh_classes = await call.world.new_ids("class", len(classes))
    fresh_tags = await call.world.new_ids("tag", len(tags))

    def change(old: Entity) -> Entity:
        new = {
            **meta,
            "classes": with_ids(old["meta"]["classes"], classes, "title", fresh_classes),
            "tags": with_ids(old["meta"]["tags"], tags, "name", fresh_tags),
        }
        kept = {key: old["meta"][key] for key in ("projectType", "projectSettings") if not new.get(key)}
        return {**old, "meta": {**new, **kept}}

    changed = await call.world.update("meta", call.id(), change)
    return answer({} if changed is None else changed["meta"])


async def meta_of(call: PlatformCall, project_id: int) -> Entity:
    """The meta of a project that must be there."""
    await call.entity("project", project_id)
    meta: Entity = (await call.entity("meta", project_id))["meta"]
    return meta


def with_ids(old: Sequence[Entity], new: Sequence[Entity], key: str, fresh: range) -> list[Entity]:
    """Classes or tags with the ids that they had by name or that they came with, and fresh ones for the others."""
    by_name = {one[key]: one["id"] for one in old}
    names = {one[key] for one in new}
    # An id may come under another name, which renames, unless the old name is still in use.
    free = {one["id"] for one in old if one[key] not in names}
    made = []
    for one, unused in zip(new, fresh, strict=True):
        sent = one.get("id")
        given = sent if type(sent) is int and sent in free else unused
        free.discard(given)
        made.append({**one, "id": by_name.get(one[key], given)})
    return made


def _checked(call: PlatformCall, value: Any, where: str, needed: Sequence[str]) -> list[Entity]:
    listed = bounded(value, where, call.fake.limits.classes, 0)
    seen = set()
    for at, one in enumerate(listed):
        for key in needed:
            if not isinstance(as_object(one, f"{where}[{at}]").get(key), str) or not one[key]:
                raise Refused(400, f"{where}[{at}].{key} is {shown(one.get(key))}; send a text")
        if not _COLOR.fullmatch(one["color"]):
            raise Refused(400, f"{where}[{at}].color is {shown(one['color'])}; send #RRGGBB")
        if one.get("value_type", "none") not in _VALUE_TYPES:
            raise Refused(
                400, f"{where}[{at}].value_type is {shown(one['value_type'])}; send one of {', '.join(_VALUE_TYPES)}"
            )
        if one[needed[0]] in seen:
            raise Refused(400, f"{where}[{at}].{needed[0]} is {shown(one[needed[0]])} again; send each name once")
        seen.add(one[needed[0]])
    return listed
