"""Lists of entities: filtered, sorted, in pages."""

import operator
from collections.abc import Callable, Sequence
from typing import Any

from .. import wire
from ..refusal import Refused, shown
from ..world import PARENTS, Entity, Kind
from .call import PlatformCall

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


def page(call: PlatformCall, entities: Sequence[Entity], default: int | None = None) -> dict[str, Any]:
    """The page that the request asks for, of those entities that its filter lets through.

    `entities` come in the order of ids; then nothing is decoded that is not on the page. `default` is how many one page
    has, unless the request says it.
    """
    filters = _filters(call)
    chosen: Sequence[Entity] = [one for one in entities if _passes(one, filters)] if filters else entities
    if call.fields.get("sort") not in (None, "", "id") or call.fields.get("sort_order") == "desc":
        chosen = _sorted(call, list(chosen))
    per_page = min(_positive(call, "per_page", default or call.fake.limits.per_page), _MOST_PER_PAGE)
    by_token = call.fields.get("pagination_mode") == "token"
    number = _positive(call, "after" if by_token else "page", 1)
    shown_now = list(chosen[(number - 1) * per_page : number * per_page])
    pages = -(-len(chosen) // per_page)
    after = {"after": str(number + 1) if number < pages else None} if by_token else {}
    return {"total": len(chosen), "perPage": per_page, "pagesCount": pages, **after, "entities": shown_now}


async def candidates(call: PlatformCall, kind: Kind, parent: int) -> Sequence[Entity]:
    """What of a parent a filter may let through: where ids are asked for, no more than these."""
    for one in _filters(call):
        if one["field"] == "id" and (asked := _asked(one)) is not None:
            found = await call.world.many(kind, sorted({each for each in asked if type(each) is int}))
            return [each for each in found if each is not None and each.get(PARENTS[kind]) == parent]
    return await call.world.within(kind, parent)


def _asked(one: dict[str, Any]) -> list[Any] | None:
    """The values that a filter lets through, if it names them."""
    how, value = one.get("operator", "="), one.get("value")
    if how == "=":
        return [value]
    return value if how == "in" and isinstance(value, list) else None


def _positive(call: PlatformCall, name: str, default: int) -> int:
    value = call.id(name) if call.fields.get(name) is not None else default
    if value < 1:
        raise Refused(400, f"{name} is {value}; send a whole number of at least 1")
    return value


def _filters(call: PlatformCall) -> list[dict[str, Any]]:
    filters = call.fields.get("filter") or []
    if isinstance(filters, str):
        filters = _listed(call, filters)
    if not isinstance(filters, list) or not all(_is_filter(one) for one in filters):
        raise Refused(
            400, f"filter is {shown(filters)}; send a list of {{field, operator: one of {' '.join(_OPERATORS)}, value}}"
        )
    most = call.fake.limits.ids
    if any(isinstance(one.get("value"), list) and len(one["value"]) > most for one in filters):
        raise Refused(400, f"filter has a list of more than {most:,} values; ask for fewer at once")
    return filters


def _listed(call: PlatformCall, text: str) -> Any:
    """A list as a query or a form has it: JSON text."""
    try:
        return wire.read_json(text.encode("utf-8", "backslashreplace"), call.fake.limits)
    except Refused as refused:
        raise Refused(refused.status, f"filter is {shown(text)}: {refused.text}") from refused


def _is_filter(one: Any) -> bool:
    if not isinstance(one, dict) or not isinstance(one.get("field"), str):
        return False
    asked = one.get("operator", "=")
    return isinstance(asked, str) and asked in _OPERATORS


def _passes(entity: Entity, filters: Sequence[dict[str, Any]]) -> bool:
    try:
        return all(_OPERATORS[one.get("operator", "=")](entity.get(one["field"]), one.get("value")) for one in filters)
    except TypeError as error:
        raise Refused(
            400, f"filter {shown(list(filters))} does not fit the field's type: {error}; send a value that does"
        ) from error


def _sorted(call: PlatformCall, entities: list[Entity]) -> list[Entity]:
    field = call.fields.get("sort", "id")
    field = "id" if field in (None, "") else field
    backward = call.fields.get("sort_order") == "desc"
    if not isinstance(field, str):
        raise Refused(400, f"sort is {shown(field)}; send a field name")
    return sorted(entities, key=lambda one: (*_rank(one.get(field)), one["id"]), reverse=backward)


def _rank(value: Any) -> tuple[int, float, str]:
    """Numbers, then everything else in the order of its text: values of one field need not be of one type."""
    return (0, value, "") if isinstance(value, (int, float)) else (1, 0, value if isinstance(value, str) else "")
