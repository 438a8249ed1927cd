"""Randomness of our own: a stream of numbers that is a function of its key alone.

Keyed by sha256 and not by `random.Random`, so that the same key gives the same numbers in every release of Python,
every process and every PYTHONHASHSEED.
"""

import hashlib
from collections.abc import Iterator, Sequence
from struct import Struct
from typing import TypeVar

T = TypeVar("T")
_SCALE = 1.0 / 2**64
_FOUR = Struct(">4Q").unpack


class Chance:
    """Numbers drawn from sha256(key), sha256(key, 1), ...: four of 64 bits from each digest."""

    def __init__(self, *key: object) -> None:
        self._numbers = _numbers("\x1f".join(map(str, key)).encode())

    def unit(self) -> float:
        """A number in [0, 1)."""
        return next(self._numbers) * _SCALE

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self.unit()

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.unit() * (high - low + 1))

    def choice(self, items: Sequence[T]) -> T:
        """One of the items, which must not be empty."""
        return items[int(self.unit() * len(items))]


def _numbers(key: bytes) -> Iterator[int]:
    seed = hashlib.sha256(key).digest()
    count = 0
    while True:
        digest = hashlib.sha256(seed + count.to_bytes(8, "big")).digest()
        for number in _FOUR(digest):
            # 53 bits are what a float holds: more would round up to 1.0 now and then.
            yield number >> 11 << 11
        count += 1
