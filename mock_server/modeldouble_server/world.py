"""A platform world: the entities that one API token opens (projects, pictures, ...), as records in the store."""

import base64
import json
from typing import Any, Literal

from .blobs import Blobs
from .scene import Subject
from .store import Store

Entity = dict[str, Any]
Kind = Literal["task", "project", "dataset", "image", "video"]


class World:
    """Entities of one world under one prefix of the store. An entity is the dict that the platform answers for it."""

    def __init__(self, store: Store, prefix: str, blobs: Blobs) -> None:
        self._store = store
        self._prefix = prefix
        self.blobs = blobs
        self.urls: dict[str, int] = {}
        """Picture URLs of the world, each with the id of the image behind it."""

    async def get(self, kind: Kind, entity_id: int) -> Entity | None:
        """The entity of that id, or None."""
        raw = await self._store.get(self._key(kind, entity_id))
        return None if raw is None else _entity(raw)

    async def add(self, kind: Kind, entity: Entity) -> None:
        """Add or replace an entity; it carries its own `id`."""
        await self._store.put(self._key(kind, entity["id"]), json.dumps(entity).encode())

    async def all(self, kind: Kind) -> list[Entity]:
        """Every entity of a kind, in the order of ids."""
        found = await self._store.scan(f"{self._prefix}{kind}:")
        return sorted((_entity(raw) for _, raw in found), key=lambda one: int(one["id"]))

    def _key(self, kind: Kind, entity_id: int) -> str:
        return f"{self._prefix}{kind}:{entity_id}"


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


def video_subject(video: Entity, frame: int) -> Subject:
    """One frame of a video entity as a predictor sees it."""
    return Subject(sha256_of(video), video["fileMeta"]["width"], video["fileMeta"]["height"], frame)
