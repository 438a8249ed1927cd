"""A platform world: the entities that one API token opens (projects, pictures, ...), as records in the store.

The one repository of the platform: nothing else knows the keys. A record lies under its parent, so that the pictures
of a dataset are read without a look at any other; where it lies is kept by its id.
"""

import asyncio
import base64
import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, overload

from .blobs import Blobs
from .refusal import Refused
from .scene import Subject
from .store import Store

Entity = dict[str, Any]
Kind = Literal[
    "task",
    "project",
    "dataset",
    "image",
    "video",
    "annotation",
    "meta",
    "user",
    "team",
    "workspace",
    "class",
    "tag",
    "figure",
]
PARENTS: dict[Kind, str] = {
    "task": "workspaceId",
    "project": "workspaceId",
    "dataset": "projectId",
    "image": "datasetId",
    "video": "datasetId",
    "annotation": "datasetId",
    "workspace": "teamId",
}
"""Which field of an entity holds the id of what it lies in; other kinds lie in the world itself."""
_NO_END = 2**62


class Shelf(Sequence[Entity]):
    """What lies in one parent, in the order of ids. Only those that are looked at are decoded."""

    def __init__(self, raw: Sequence[bytes]) -> None:
        self._raw = raw

    def __len__(self) -> int:
        return len(self._raw)

    @overload
    def __getitem__(self, at: int) -> Entity: ...
    @overload
    def __getitem__(self, at: slice) -> "Shelf": ...
    def __getitem__(self, at: int | slice) -> "Entity | Shelf":
        return Shelf(self._raw[at]) if isinstance(at, slice) else _entity(self._raw[at])


class World:
    """Entities of one world under one prefix of the store. An entity is the dict that the platform answers for it."""

    def __init__(
        self, store: Store, prefix: str, blobs: Blobs, furnish: "Callable[[World], Awaitable[None]] | None" = None
    ) -> None:  # fmt: skip
        """`furnish` puts in what is there from the start; it is done when something is first looked for or added."""
        self._store = store
        self._prefix = prefix
        self._furnish = furnish
        self._furnishing = asyncio.Lock()
        self.blobs = blobs
        self.urls: dict[str, int] = {}
        """Picture URLs of the world, each with the id of the image behind it."""

    async def get(self, kind: Kind, entity_id: int) -> Entity | None:
        """The entity of that id, or None."""
        found = await self._record(kind, entity_id)
        return None if found is None else _entity(found[1])

    async def add(self, kind: Kind, entity: Entity) -> None:
        """Add or replace an entity; it carries its own `id`, which new ids are then beyond."""
        await self._ready()
        locator, key = self._locator(kind, entity["id"]), self._key(kind, entity)
        await self._store.put(key, json.dumps(entity).encode())
        old = await self._store.get(locator)
        if old is None and await self._store.create(locator, key.encode()):
            await self._store.advance(self._shelf(kind, _parent(kind, entity)), _NO_END, 1)
            await self._store.advance(f"{self._prefix}ids:{kind}", entity["id"], _NO_END)
        elif old is not None and old != key.encode():
            await self._store.put(locator, key.encode())
            await self._store.delete(old.decode())
        if "name" in entity:
            await self.claim(kind, entity)

    async def update(self, kind: Kind, entity_id: int, change: Callable[[Entity], Entity]) -> Entity | None:
        """Change an entity, whoever changes it at the same time; None if it is not there. `id` and parent stay."""
        while (found := await self._record(kind, entity_id)) is not None:
            changed = change(_entity(found[1]))
            if await self._store.swap(*found, json.dumps(changed).encode()):
                return changed
        return None

    async def all(self, kind: Kind) -> list[Entity]:
        """Every entity of a kind, in the order of ids."""
        await self._ready()
        found = await self._store.scan(f"{self._prefix}{kind}/")
        return sorted((_entity(raw) for _, raw in found), key=lambda one: int(one["id"]))

    async def within(self, kind: Kind, parent: int) -> Shelf:
        """What of a kind lies in one parent, in the order of ids."""
        await self._ready()
        return Shelf([raw for _, raw in await self._store.scan(self._shelf(kind, parent))])

    async def count(self, kind: Kind, parent: int) -> int:
        """How many of a kind were put into a parent."""
        await self._ready()
        return await self._store.count(self._shelf(kind, parent))

    async def new_ids(self, kind: Kind, how_many: int = 1) -> range:
        """Ids that nobody has and nobody else will get."""
        await self._ready()
        start, end = await self._store.advance(f"{self._prefix}ids:{kind}", _NO_END, how_many)
        return range(start + 1, end + 1)

    async def new_id(self, kind: Kind, chosen: int | None = None) -> int:
        """An id that nobody has: the chosen one, which is a 400 if it is taken, or any."""
        if chosen is None:
            return (await self.new_ids(kind))[0]
        if await self.get(kind, chosen) is not None:
            raise Refused(400, f"{kind} id {chosen} is taken; give another, or none for one that is free")
        return chosen

    async def claim(self, kind: Kind, entity: Entity) -> int:
        """Take a name, once in its parent, for an entity; the id of the one that has it, which may be this."""
        await self._ready()
        key = self._name(kind, entity)
        mine = str(entity["id"]).encode()
        if await self._store.create(key, mine):
            return int(entity["id"])
        return int(await self._store.get(key) or mine)

    async def release(self, kind: Kind, entity: Entity) -> None:
        """Give a name that was claimed free again."""
        await self._ready()
        await self._store.delete(self._name(kind, entity))

    async def named(self, kind: Kind, entity: Entity) -> int | None:
        """The id of what has the name of `entity` in its parent."""
        await self._ready()
        raw = await self._store.get(self._name(kind, entity))
        return None if raw is None else int(raw)

    async def _ready(self) -> None:
        if self._furnish is not None:
            async with self._furnishing:
                if self._furnish is not None:
                    await self._furnish(World(self._store, self._prefix, self.blobs))
                    self._furnish = None

    async def _record(self, kind: Kind, entity_id: int) -> tuple[str, bytes] | None:
        await self._ready()
        key = await self._store.get(self._locator(kind, entity_id))
        raw = None if key is None else await self._store.get(key.decode())
        return None if key is None or raw is None else (key.decode(), raw)

    def _locator(self, kind: Kind, entity_id: int) -> str:
        return f"{self._prefix}at:{kind}:{entity_id}"

    def _shelf(self, kind: Kind, parent: int) -> str:
        return f"{self._prefix}{kind}/{parent}/"

    def _key(self, kind: Kind, entity: Entity) -> str:
        # Padded, so that the store's order of keys is the order of ids.
        return f"{self._shelf(kind, _parent(kind, entity))}{entity['id']:020d}"

    def _name(self, kind: Kind, entity: Entity) -> str:
        # Datasets lie in each other too, but are listed by project.
        inner = entity.get("parentId") or 0 if kind == "dataset" else 0
        name = hashlib.sha256(str(entity["name"]).encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self._prefix}name:{kind}:{_parent(kind, entity)}:{inner}:{name}"


def _parent(kind: Kind, entity: Entity) -> int:
    return int(entity.get(PARENTS.get(kind, "")) or 0)


def _entity(raw: bytes) -> Entity:
    entity: Entity = json.loads(raw)
    return entity


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
