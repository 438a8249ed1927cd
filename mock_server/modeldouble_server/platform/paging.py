"""Lists of entities: filtered, sorted, in pages."""

import operator
from collections.abc import Callable, Sequence
from typing import Any

from ..refusal import Refused, shown
from ..world import Entity
from .call import PlatformCall

_PER_PAGE = 500
_MOST_PER_PAGE = 10_000
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda value, listed: value in listed,
    "!in": lambda value, listed: value not in listed,
    "like": lambda value, part: str(part).strip("%").lower() in str(value).lower(),
}


def page(call: PlatformCall, entities: Sequence[Entity]) -> dict[str, Any]:
    """The page that the request asks for, of those entities that its filter lets through."""
    chosen = _sorted(call, [one for one in entities if _passes(one, _filters(call))])
    per_page = min(_positive(call, "per_page", _PER_PAGE), _MOST_PER_PAGE)
    number = _positive(call, "page", 1)
    shown_now = chosen[(number - 1) * per_page : number * per_page]
    pages = -(-len(chosen) // per_page)
    return {"total": len(chosen), "perPage": per_page, "pagesCount": pages, "entities": shown_now}


def _positive(call: PlatformCall, name: str, default: int) -> int:
    value = call.id(name) if call.fields.get(name) is not None else default
    if value < 1:
        raise Refused(400, f"{name} is {value}; send a whole number of at least 1")
    return value


def _filters(call: PlatformCall) -> list[dict[str, Any]]:
    filters = call.fields.get("filter") or []
    good = isinstance(filters, list) and all(
        isinstance(one, dict) and isinstance(one.get("field"), str) and one.get("operator", "=") in _OPERATORS
        for one in filters
    )
    if not good:
        raise Refused(
            400, f"filter is {shown(filters)}; send a list of {{field, operator: one of {' '.join(_OPERATORS)}, value}}"
        )
    return filters


def _passes(entity: Entity, filters: Sequence[dict[str, Any]]) -> bool:
    try:
        return all(_OPERATORS[one.get("operator", "=")](entity.get(one["field"]), one.get("value")) for one in filters)
    except TypeError as error:
        raise Refused(
            400, f"filter {shown(list(filters))} does not fit the field's type: {error}; send a value that does"
        ) from error


def _sorted(call: PlatformCall, entities: list[Entity]) -> list[Entity]:
    field = call.fields.get("sort") or "id"
    backward = call.fields.get("sort_order") == "desc"
    if not isinstance(field, str):
        raise Refused(400, f"sort is {shown(field)}; send a field name")
    return sorted(
        entities, key=lambda one: (str(type(one.get(field))), one.get(field) or 0, one["id"]), reverse=backward
    )
