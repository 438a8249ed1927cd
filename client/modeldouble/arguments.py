"""What many calls are given in the same way, refused before anything is sent. Pure."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from typing import Any, TypeVar

from modeldouble.errors import BadArgument

T = TypeVar("T")


def seconds(field: str, value: Any) -> float:
    """Return a time in seconds as a float (numpy numbers too): finite, over 0; else raise `BadArgument`."""
    try:
        # Text has no __float__, though float() reads it.
        number = math.nan if isinstance(value, bool) else float(value.__float__())
    except (AttributeError, TypeError, ValueError, OverflowError):
        number = math.nan
    if not 0 < number < math.inf:
        raise BadArgument(field, value, "give seconds, as a finite number over 0")
    return number


def deadline_seconds(value: Any) -> float | None:
    """Return the seconds of a `deadline`; None is none. Raises `BadArgument`."""
    return None if value is None else seconds("deadline", value)


def several(field: str, values: Iterable[T], alone: str = "") -> Iterable[T]:
    """Return what was given for many; refuse text, which would be taken letter by letter, and what is one thing alone.

    `alone` is the call for one of them.
    """
    if isinstance(values, str | bytes | bytearray | os.PathLike) or not _iterable(values):
        shown = values if isinstance(values, str | int) else type(values).__name__
        raise BadArgument(field, shown, "give several, as a list" + (f"; of one, {alone}" if alone else ""))
    return values


def _iterable(values: object) -> bool:
    # Datasets that have only __getitem__ are iterable too.
    try:
        iter(values)  # type: ignore[call-overload]
    except TypeError:
        return False
    return True
