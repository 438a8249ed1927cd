"""Limits as a person writes them: NAME=VALUE, bytes also as 64MiB."""

import re
from collections.abc import Iterable
from typing import Any

from ..limits import Limits
from ..refusal import CannotServe, shown

_UNITS = {"": 1, "kib": 1024, "mib": 1024**2, "gib": 1024**3}
_WHOLE = re.compile(r"([0-9][0-9_]*)([KMG]iB)?", re.IGNORECASE)
_MAY_BE_NONE = ("journal_entries",)
_SECONDS = re.compile(r"[0-9]+(\.[0-9]{1,9})?")
_LONGEST = 40
"""Digits that are made into a number: more are too large anyhow, and int() refuses thousands."""
MOST, MOST_SECONDS = 10**18 - 1, 10**9 - 1
"""The largest bounds: nothing reaches them."""


def read_limits(told: Iterable[str]) -> Limits:
    """The defaults with those that were told; an unknown name or a value that is none is a CannotServe."""
    found: dict[str, Any] = {}
    for one in told:
        name, given, value = one.partition("=")
        if not given:
            raise CannotServe(f"--limit {shown(one)} is not NAME=VALUE; write for example --limit body_bytes=64MiB")
        if name not in Limits._fields:
            raise CannotServe(f"--limit {shown(name)} is unknown; {_nearest(name)}")
        found[name] = _seconds(name, value) if name.endswith("_seconds") else _whole(name, value)
    return Limits()._replace(**found)


def _nearest(name: str) -> str:
    # Only who made a mistake waits for this to be loaded.
    from difflib import get_close_matches

    near = get_close_matches(name, Limits._fields, 1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(Limits._fields)}"


def _whole(name: str, value: str) -> int:
    match = _WHOLE.fullmatch(value)
    unit = (match[2] or "").lower() if match else ""
    digits = match[1].replace("_", "").lstrip("0")[:_LONGEST] if match else ""
    number = int(digits or "0") * _UNITS[unit]
    if number < (name not in _MAY_BE_NONE) or not match or (unit and not name.endswith("bytes")):
        form = "a positive whole number, or one with KiB, MiB or GiB" if name.endswith("bytes") else "a positive number"
        raise CannotServe(f"--limit {name}={shown(value)} is none; write {form}, such as {name}={_example(name)}")
    if number > MOST:
        raise CannotServe(f"--limit {name}={shown(value)} is too large; write {MOST} or less")
    return number


def _seconds(name: str, value: str) -> float:
    seconds = float(value) if _SECONDS.fullmatch(value) else 0.0
    if seconds <= 0:
        raise CannotServe(f"--limit {name}={shown(value)} is none; write seconds, such as {name}={_example(name)}")
    if seconds > MOST_SECONDS:
        raise CannotServe(f"--limit {name}={shown(value)} is too large; write {MOST_SECONDS} seconds or less")
    return seconds


def _example(name: str) -> str:
    return written(Limits._field_defaults[name])


def written(value: int | float) -> str:
    """A limit as `read_limits` reads it, in the largest unit that is exact."""
    if isinstance(value, float):
        return f"{value:g}"
    for unit in ("GiB", "MiB", "KiB"):
        size = _UNITS[unit.lower()]
        if value % size == 0:
            return f"{value // size}{unit}"
    return str(value)
