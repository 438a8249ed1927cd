"""Entities as they were read from the store, decoded when they are looked at."""

import json
from collections.abc import Sequence
from typing import overload

from .keys import Entity


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
        return Shelf(self._raw[at]) if isinstance(at, slice) else decoded(self._raw[at])


def decoded(raw: bytes) -> Entity:
    """An entity as its record has it."""
    entity: Entity = json.loads(raw)
    return entity
