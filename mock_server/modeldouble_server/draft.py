"""Changes of a world as writes of the store that are done together: record, locator, name and counters of each."""

import json
from typing import NamedTuple

from .keys import Entity, Keys, Kind, parent_of
from .store import Writes


class Found(NamedTuple):
    """An entity as it was read: the key of its record, and what stood there."""

    key: str
    raw: bytes


class Draft:
    """Collects what belongs together. It is written only if what was read is still as it was."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._put: dict[str, bytes] = {}
        self._delete: list[str] = []
        self._add: dict[str, int] = {}
        self._least: dict[str, int] = {}
        self._absent: list[str] = []
        self._same: dict[str, bytes] = {}

    def new(self, kind: Kind, entity: Entity) -> None:
        """An entity whose id nobody has."""
        locator, key = self._keys.locator(kind, entity["id"]), self._keys.record(kind, entity)
        self._absent.append(locator)
        self._put[locator], self._put[key] = key.encode(), json.dumps(entity).encode()
        self._count(kind, entity, 1)
        ids = self._keys.ids(kind)
        self._least[ids] = max(entity["id"], self._least.get(ids, 0))

    def replace(self, kind: Kind, found: Found, entity: Entity) -> None:
        """An entity in place of the one of its id that was read, perhaps in another parent."""
        key = self._keys.record(kind, entity)
        self._same[found.key] = found.raw
        self._put[key] = json.dumps(entity).encode()
        if key != found.key:
            locator = self._keys.locator(kind, entity["id"])
            self._same[locator], self._put[locator] = found.key.encode(), key.encode()
            self._delete.append(found.key)
            self._count(kind, json.loads(found.raw), -1)
            self._count(kind, entity, 1)

    def name(self, kind: Kind, entity: Entity) -> bool:
        """Let an entity have its name, which must be free; False: another of these has it."""
        key = self._keys.name(kind, entity)
        if key in self._put:
            return False
        self._absent.append(key)
        self._put[key] = str(entity["id"]).encode()
        return True

    def unname(self, kind: Kind, entity: Entity) -> None:
        """Free the name that an entity has."""
        key = self._keys.name(kind, entity)
        self._same[key] = str(entity["id"]).encode()
        self._delete.append(key)

    def note(self, key: str, value: bytes) -> None:
        """One more value, whatever was there."""
        self._put[key] = value

    def writes(self) -> Writes:
        """All of it."""
        return Writes(self._put, self._delete, self._add, self._least, self._absent, self._same)

    def _count(self, kind: Kind, entity: Entity, more: int) -> None:
        shelf = self._keys.shelf(kind, parent_of(kind, entity))
        self._add[shelf] = self._add.get(shelf, 0) + more
