"""Projects of a scenario that an earlier server put into the same store: found again, not put twice.

A project whose declaration is the same is left as it is, with everything that was changed since. One that changed is
put over what is there, by the names of datasets and pictures; what users added beside, and what is no longer declared,
stays.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..keys import Entity, Kind
from ..refusal import Refused
from ..world import World
from .content import Project

if TYPE_CHECKING:
    from .build import Built

_KEPT = ("labelsCount", "tags", "meta", "customData", "createdAt")
"""Of a picture whose content is the same, what users may have changed."""


class Before(NamedTuple):
    """What an earlier server put: the project's id, and the digest of its declaration."""

    project_id: int
    digest: str


def digest_of(project: Project) -> str:
    """Tells one declaration from another: what files hold, and not where they lie."""
    return _hashed(_placeless(project))


def digest_of_all(built: "Built") -> str:
    """Tells one scenario from another, with its projects and the contents of its URLs."""
    content = built.content
    projects = [digest_of(one) for one in content.projects]
    return _hashed(json.dumps(built.document.value), projects, _placeless(content.urls))


def _hashed(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _placeless(value: object) -> object:
    """A value without the paths in it: each stands beside the name and the facts of its file."""
    if isinstance(value, Path):
        return None
    if isinstance(value, Mapping):
        return {key: _placeless(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_placeless(one) for one in value]
    return value


async def before(world: World, project: Project) -> Before | None:
    """What was put under the name of a project, if it is there."""
    raw = await world.declared(project.name)
    found = None if raw is None else Before(**json.loads(raw))
    return None if found is None or await world.get("project", found.project_id) is None else found


async def settled(world: World, drafted: Sequence[tuple[Kind, Entity]], project_id: int) -> list[tuple[Kind, Entity]]:
    """What was drafted for a project, with the ids of what is there by name. An id that something else has is a 400."""
    ids: dict[tuple[Kind, int], int] = {}
    made: list[tuple[Kind, Entity]] = []
    for kind, one in sorted(drafted, key=lambda pair: _ORDER.index(pair[0])):
        entity = {**one}
        for field, parent in (("projectId", "project"), ("datasetId", "dataset")):
            if field in entity:
                entity[field] = ids.get((parent, entity[field]), entity[field])  # type: ignore[arg-type]
        owner: Kind = {"annotation": "image", "meta": "project"}.get(kind, kind)  # type: ignore[assignment]
        if owner != kind:
            entity["id"] = ids[(owner, one["id"])]
        else:
            there = project_id if kind == "project" else await world.named(kind, entity)
            entity["id"] = there or await world.new_id(kind, one["id"])
            ids[(kind, one["id"])] = entity["id"]
        made.append((kind, await _over(world, kind, entity)))
    return made


_ORDER: tuple[Kind, ...] = ("project", "meta", "dataset", "image", "video", "annotation")


async def _over(world: World, kind: Kind, entity: Entity) -> Entity:
    old = await world.get(kind, entity["id"])
    if old is None:
        return entity
    if kind == "image" and old["hash"] == entity["hash"]:
        kept = {key: old[key] for key in _KEPT if key in old and not entity.get(key)}
        return {**entity, **kept}
    if kind == "meta":
        merged = {part: _merged(old["meta"][part], entity["meta"][part], name) for part, name in _NAMED}
        return {**entity, "meta": {**entity["meta"], **merged}}
    return entity


_NAMED = (("classes", "title"), ("tags", "name"))


def _merged(old: Sequence[Entity], new: Sequence[Entity], name: str) -> list[Entity]:
    ids = {one[name]: one["id"] for one in old}
    declared = {one[name] for one in new}
    mine = [{**one, "id": ids.get(one[name], one["id"])} for one in new]
    return [*mine, *(one for one in old if one[name] not in declared)]


def refuse_other_id(project: Project, found: Before) -> None:
    """A project keeps its id."""
    wanted = project.entry.get("project_id")
    if wanted not in (None, found.project_id):
        raise Refused(400, f"it has the id {found.project_id} from an earlier start, not {wanted}; give another name")
