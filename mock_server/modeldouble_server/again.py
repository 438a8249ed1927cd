"""Predictions as they went out, for when the same are asked for again: a pure predictor says the same, byte by byte.

Bounded in bytes, over all models of a server. What was not asked for the longest makes room.
"""

from collections import OrderedDict
from collections.abc import Sequence

_MOST = 16 * 1024 * 1024
_COST = 100
"""Bytes that an entry is counted as, beside its text."""


class Again:
    """Texts by the question (who predicts, and what a job remembers as bytes) and the number of the result."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self.held = 0
        """Bytes of all of them."""
        self._groups: OrderedDict[tuple[object, bytes], dict[int, bytes]] = OrderedDict()

    def find(self, who: object, asked: bytes, wanted: range) -> list[bytes] | None:
        """All the results that are wanted, or None if one is not known."""
        group = self._groups.get((who, asked))
        if group is None:
            return None
        self._groups.move_to_end((who, asked))
        found = [group.get(at) for at in wanted]
        return None if None in found else [one for one in found if one is not None]

    def keep(self, who: object, asked: bytes, first: int, told: Sequence[bytes]) -> None:
        """Know results, the first of which has this number, until others make them give way."""
        key = (who, asked)
        if key not in self._groups:
            self._groups[key] = {}
            self.held += _COST + len(asked)
        group = self._groups[key]
        for at, one in enumerate(told, first):
            if at not in group:
                group[at] = one
                self.held += _COST + len(one)
        self._groups.move_to_end(key)
        while self.held > self._most:
            (_, text), gone = self._groups.popitem(last=False)
            self.held -= _COST + len(text) + sum([_COST + len(one) for one in gone.values()])
