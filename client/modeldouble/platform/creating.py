"""Creating what must not be created twice: taken names, free names, lost answers."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from modeldouble.answers import read_json
from modeldouble.errors import BadAnswer, CreateUncertain, ModelDoubleError, NameTaken, Refused
from modeldouble.platform.calls import Calls, Filter, Json, checked_name, listing, may_be_done
from modeldouble.retry import Kind

# Others may take the names we find free; beyond this many in a row something else is wrong.
_RACES = 9


class Place(NamedTuple):
    """Where something is created: the noun, the methods, and the key and id of what it lies in."""

    what: str
    methods: str
    key: str
    id: int

    @property
    def parent(self) -> Json:
        return {self.key: self.id}


def create(calls: Calls, place: Place, name: str, rest: Json, rename: bool) -> Json:
    """Create a project or dataset and return the platform's answer; with `rename` under the first free name.

    Raises `NameTaken`, and `CreateUncertain` when the answer was lost: what lies there under the name by then may be
    ours or another's, so it is neither repeated nor guessed.
    """
    end = calls.end()
    wanted = checked_name(f"{place.what} name", name)
    if not rename:
        return _add(calls, place, wanted, rest, end)
    taken = _names_taken(calls, place, wanted, end)
    for _ in range(_RACES):
        free = free_name(wanted, taken)
        try:
            return _add(calls, place, free, rest, end)
        except NameTaken:
            taken.add(free)
    return _add(calls, place, free_name(wanted, taken), rest, end)


def free_name(name: str, taken: Collection[str]) -> str:
    """Return `name`, or the first of name_001, name_002, ... that is not taken, as the official client counts."""
    candidates = (f"{name}_{number:03d}" for number in count(1))
    return name if name not in taken else next(one for one in candidates if one not in taken)


def read_created(method: str, status: int, headers: Mapping[str, str], body: bytes) -> Any:
    """Return the JSON of the answer to a creation, or raise what it means: `NameTaken` when the names are in use."""
    try:
        return read_json(method, status, headers, body)
    except Refused as error:
        taken = _conflicts(body)
        if taken is None:
            raise
        first: Json = next(iter(taken), {})
        raise name_taken(error, str(first.get("name", "")), first.get("id"), method) from None


def name_taken(error: Refused, name: str, id: Any, method: str) -> NameTaken:
    remedy = "Give another name, or use the one that is there"
    there = f"{error.reason} (name {name!r}, id {id})" if name else error.reason
    made = NameTaken(error.status, there, method, remedy)
    made.name, made.id = name, id if isinstance(id, int) else None
    return made


def _names_taken(calls: Calls, place: Place, name: str, end: float) -> set[str]:
    """Mostly the name is free; only when it is not the whole list is worth its price."""
    method = f"{place.methods}.list"
    if not calls.all(method, listing(place.parent, Filter("name", "=", name)), end):
        return set()
    return {str(one.get("name")) for one in calls.all(method, listing(place.parent), end)}


def _add(calls: Calls, place: Place, name: str, rest: Json, end: float) -> Json:
    method = f"{place.methods}.add"
    body = {**place.parent, "name": name, **rest}
    try:
        return calls.call(method, body, partial(_read_added, method, name), end, Kind.ONCE)
    except NameTaken as error:
        if error.id is not None:
            raise
        found = calls.all(f"{place.methods}.list", listing(place.parent, Filter("name", "=", name)), end)
        raise name_taken(error, name, found[0].get("id") if found else None, method) from None
    except ModelDoubleError as error:
        if not may_be_done(error):
            raise
        raise uncertain(place.what, (name,), error) from error


def _read_added(method: str, name: str, status: int, headers: Mapping[str, str], body: bytes) -> Json:
    try:
        answer = read_created(method, status, headers, body)
    except NameTaken as error:
        error.name = error.name or name
        raise
    if not isinstance(answer, dict):
        raise BadAnswer(method, "the body", answer, "a JSON object")
    return answer


def uncertain(what: str, names: tuple[str, ...], error: ModelDoubleError) -> CreateUncertain:
    shown = ", ".join(repr(name) for name in names[:3]) + (", ..." if len(names) > 3 else "")
    remedy = "It was not repeated, because it may be there by now. Look for it with get_list before you try again"
    return CreateUncertain(
        f"the creation of {what} {shown} was not confirmed: {error}. {remedy}", what=what, names=names
    )


def _conflicts(body: bytes) -> list[Json] | None:
    """Return what stands in the way, as {name, id}; None when the refusal has another reason."""
    try:
        details = json.loads(body)["details"]
    except (ValueError, TypeError, KeyError):
        return None
    for one in details if isinstance(details, list) else [details]:
        if isinstance(one, dict) and one.get("type") == "NONUNIQUE":
            return [item for item in one.get("errors") or () if isinstance(item, dict)]
    return None
