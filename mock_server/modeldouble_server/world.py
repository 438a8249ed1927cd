"""A platform world: the entities that one API token opens (projects, pictures, ...), as records in the store.

The one repository of the platform. What a request makes is written at once, all of it or nothing.
A record lies under its parent, so that the pictures of a dataset are read without a look at any other; where it lies is
kept by its id.
"""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from .blobs import Blobs
from .draft import Draft, Found
from .keys import PARENTS, Entity, Keys, Kind
from .refusal import Refused
from .scene import Subject
from .shelf import Shelf, decoded
from .store import Store

__all__ = [
    "PARENTS",
    "Edit",
    "Entity",
    "Kind",
    "Shelf",
    "World",
    "hash_of",
    "image_subject",
    "sha256_of",
    "video_subject",
]
_ATTEMPTS = 50
_NO_END = 2**62


class Edit(NamedTuple):
    """A change of one entity. `change` gets it as it is, or None if it is not there, and gives it as it shall be."""

    kind: Kind
    entity_id: int
    change: Callable[[Entity | None], Entity]

    @classmethod
    def whole(cls, kind: Kind, entity: Entity) -> "Edit":
        """This entity, whatever was there."""
        return cls(kind, entity["id"], lambda _: entity)


class World:
    """Entities of one world under one prefix of the store. An entity is the dict that the platform answers for it."""

    def __init__(
        self, store: Store, prefix: str, blobs: Blobs, furnish: "Callable[[World], Awaitable[None]] | None" = None
    ) -> None:  # fmt: skip
        """`furnish` puts in what is there from the start; it is done when something is first looked for or added."""
        self._store = store
        self._prefix = prefix
        self._keys = Keys(prefix)
        self._furnish = furnish
        self._furnishing = asyncio.Lock()
        self.blobs = blobs
        self.urls: dict[str, int] = {}
        """Picture URLs of the world, each with the id of the image behind it."""

    async def get(self, kind: Kind, entity_id: int) -> Entity | None:
        """The entity of that id, or None."""
        found = await self._record(kind, entity_id)
        return None if found is None else decoded(found.raw)

    async def many(self, kind: Kind, ids: Sequence[int]) -> list[Entity | None]:
        """What `get` says of each of the ids, in their order: two questions to the store for each thousand."""
        found = await self._records([(kind, one) for one in dict.fromkeys(ids)])
        records = [found[kind, one] for one in ids]
        return [None if one is None else decoded(one.raw) for one in records]

    async def add(self, kind: Kind, entity: Entity) -> None:
        """Add or replace an entity; it carries its own `id`, which new ids are then beyond."""
        await self.put([(kind, entity)])

    async def put(
        self, made: Sequence[tuple[Kind, Entity]], files: Mapping[str, Path] | None = None,
        declared: Mapping[str, bytes] | None = None,
    ) -> None:  # fmt: skip
        """Add or replace entities, all at once. A name that another has in the same parent stays the other's.

        `files` are files that will not change, by the sha256 of their bytes; `declared` what `declared` gives later.
        """
        await self.change([Edit.whole(kind, one) for kind, one in made], files, declared)

    async def create(
        self, made: Sequence[tuple[Kind, Entity]], files: Mapping[str, Path] | None = None,
        declared: Mapping[str, bytes] | None = None,
    ) -> list[tuple[str, int]]:  # fmt: skip
        """Add entities with fresh ids, all at once, each with its name. Names that are taken are given, each with the
        id of its owner: nothing is added then. An id that is taken is a 400."""
        await self._ready()
        for _ in range(_ATTEMPTS):
            draft = self._draft(files or {}, declared or {})
            free = True
            for kind, one in made:
                draft.new(kind, one)
                free = ("name" not in one or draft.name(kind, one)) and free
            if free and await self._store.apply(draft.writes()):
                return []
            if taken := await self._taken(made):
                return taken
            for kind, one in made:
                await self.new_id(kind, one["id"])
        raise _contended()

    async def change(
        self, edits: Sequence[Edit], files: Mapping[str, Path] | None = None,
        declared: Mapping[str, bytes] | None = None,
    ) -> list[Entity]:  # fmt: skip
        """Make changes, all at once and whoever changes the same meanwhile; the entities as they are then."""
        await self._ready()
        for _ in range(_ATTEMPTS):
            before = await self._records(list(dict.fromkeys([(kind, entity_id) for kind, entity_id, _ in edits])))
            after: dict[tuple[Kind, int], Entity] = {}
            for kind, entity_id, change in edits:
                at = (kind, entity_id)
                found = before[at]
                now = after[at] if at in after else None if found is None else decoded(found.raw)
                after[at] = change(now)
            draft = self._draft(files or {}, declared or {})
            await self._drafted(draft, [(at[0], before[at], entity) for at, entity in after.items()])
            if await self._store.apply(draft.writes()):
                return list(after.values())
        raise _contended()

    async def update(self, kind: Kind, entity_id: int, change: Callable[[Entity], Entity]) -> Entity | None:
        """Change an entity, whoever changes it at the same time; None if it is not there. `id` and parent stay."""
        while (found := await self._record(kind, entity_id)) is not None:
            changed = change(decoded(found.raw))
            if await self._store.swap(*found, json.dumps(changed).encode()):
                return changed
        return None

    async def all(self, kind: Kind, most: int | None = None) -> list[Entity]:
        """Every entity of a kind, or the first `most` of them by their parents, in the order of ids."""
        await self._ready()
        found = await self._store.scan(self._keys.kind(kind), most)
        return sorted((decoded(raw) for _, raw in found), key=lambda one: int(one["id"]))

    async def within(self, kind: Kind, parent: int) -> Shelf:
        """What of a kind lies in one parent, in the order of ids."""
        await self._ready()
        return Shelf([raw for _, raw in await self._store.scan(self._keys.shelf(kind, parent))])

    async def count(self, kind: Kind, parent: int) -> int:
        """How many of a kind were put into a parent."""
        await self._ready()
        return await self._store.count(self._keys.shelf(kind, parent))

    async def counts(self, kind: Kind, parents: Sequence[int]) -> list[int]:
        """What `count` says of each of the parents, in their order: one question to the store for each thousand."""
        await self._ready()
        return await self._store.counts([self._keys.shelf(kind, one) for one in parents])

    async def new_ids(self, kind: Kind, how_many: int = 1) -> range:
        """Ids that nobody has and nobody else will get."""
        await self._ready()
        start, end = await self._store.advance(self._keys.ids(kind), _NO_END, how_many)
        return range(start + 1, end + 1)

    async def new_id(self, kind: Kind, chosen: int | None = None) -> int:
        """An id that nobody has: the chosen one, which is a 400 if it is taken, or any."""
        if chosen is None:
            return (await self.new_ids(kind))[0]
        if await self.get(kind, chosen) is not None:
            raise Refused(400, f"{kind} id {chosen} is taken; give another, or none for one that is free")
        return chosen

    async def named(self, kind: Kind, entity: Entity) -> int | None:
        """The id of what has the name of `entity` in its parent."""
        await self._ready()
        raw = await self._store.get(self._keys.name(kind, entity))
        return None if raw is None else int(raw)

    async def _ready(self) -> None:
        if self._furnish is not None:
            async with self._furnishing:
                if self._furnish is not None:
                    await self._furnish(World(self._store, self._prefix, self.blobs))
                    self._furnish = None

    async def declared(self, name: str) -> bytes | None:
        """What was noted with the project of that name of a scenario."""
        return await self._store.get(self._keys.declared(name))

    async def recall_files(self) -> None:
        """Know the files again that were put in by an earlier process, where they are still."""
        begin = self._keys.file()
        for key, raw in await self._store.scan(begin):
            self.blobs.add_file(key[len(begin) :], Path(raw.decode("utf-8", "surrogateescape")))

    def _draft(self, files: Mapping[str, Path], declared: Mapping[str, bytes]) -> Draft:
        draft = Draft(self._keys)
        for name, note in declared.items():
            draft.note(self._keys.declared(name), note)
        for sha256, path in files.items():
            self.blobs.add_file(sha256, path)
            if self.blobs.lasting:
                draft.note(self._keys.file(sha256), str(path.resolve()).encode("utf-8", "surrogateescape"))
        return draft

    async def _drafted(self, draft: Draft, made: Sequence[tuple[Kind, Found | None, Entity]]) -> None:
        renamed: list[tuple[Kind, Entity | None, Entity]] = []
        for kind, found, entity in made:
            old = None if found is None else decoded(found.raw)
            if found is None:
                draft.new(kind, entity)
            else:
                draft.replace(kind, found, entity)
            if self._name(kind, old) != self._name(kind, entity):
                renamed.append((kind, old, entity))
        owners = await self._owners([(kind, one) for kind, *both in renamed for one in both])
        for kind, old, entity in renamed:
            if old is not None and owners.get(self._name(kind, old)) == entity["id"]:
                draft.unname(kind, old)
            if "name" in entity and self._name(kind, entity) not in owners:
                draft.name(kind, entity)

    async def _taken(self, made: Sequence[tuple[Kind, Entity]]) -> list[tuple[str, int]]:
        taken = []
        owners = await self._owners(made)
        for kind, one in made:
            if "name" in one:
                owner = owners.setdefault(self._name(kind, one), one["id"])
                taken += [(one["name"], owner)] if owner != one["id"] else []
        return taken

    async def _owners(self, named: Iterable[tuple[Kind, Entity | None]]) -> dict[str, int]:
        """Ids of those that have the names, by the names' keys; of those that nobody has, nothing."""
        keys = [one for one in dict.fromkeys([self._name(*one) for one in named]) if one]
        found = zip(keys, await self._store.many(keys), strict=True) if keys else ()
        return {key: int(raw) for key, raw in found if raw is not None}

    def _name(self, kind: Kind, entity: Entity | None) -> str:
        """The key of an entity's name; "": it has none."""
        return "" if entity is None or "name" not in entity else self._keys.name(kind, entity)

    async def _records(self, asked: Sequence[tuple[Kind, int]]) -> dict[tuple[Kind, int], Found | None]:
        await self._ready()
        if len(asked) == 1:
            return {asked[0]: await self._record(*asked[0])}
        located = zip(asked, await self._store.many([self._keys.locator(*one) for one in asked]), strict=True)
        keys = {one: raw.decode() for one, raw in located if raw is not None}
        found: dict[tuple[Kind, int], Found | None] = dict.fromkeys(asked)
        for (one, key), raw in zip(keys.items(), await self._store.many(list(keys.values())), strict=True):
            # One that was put elsewhere meanwhile is there.
            found[one] = await self._record(*one) if raw is None else Found(key, raw)
        return found

    async def _record(self, kind: Kind, entity_id: int) -> Found | None:
        await self._ready()
        key = await self._store.get(self._keys.locator(kind, entity_id))
        raw = None if key is None else await self._store.get(key.decode())
        return None if key is None or raw is None else Found(key.decode(), raw)


def _contended() -> Refused:
    return Refused(409, f"the world changed {_ATTEMPTS} times under this request; ask again")


def hash_of(sha256: str) -> str:
    """The platform's hash of content: base64 of the sha256 digest, 44 characters."""
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def sha256_of(entity: Entity) -> str:
    """The hex digest behind an entity's hash."""
    return base64.b64decode(entity["hash"]).hex()


def image_subject(image: Entity) -> Subject:
    """An image entity as a predictor sees it."""
    return Subject(sha256_of(image), image["width"], image["height"])


def video_subject(video: Entity, frame: int | None) -> Subject:
    """One frame of a video entity as a predictor sees it; None: the whole video."""
    return Subject(sha256_of(video), video["fileMeta"]["width"], video["fileMeta"]["height"], frame)
