"""Lists come in pages. Pure: what a page holds, which one to ask for next, and whether the whole is whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from modeldouble.answers import read_object
from modeldouble.errors import BadAnswer, ListIncomplete

Json = dict[str, Any]


class Page(NamedTuple):
    total: int
    per_page: int
    pages: int
    entities: list[Json]


def read_page(method: str, status: int, headers: Mapping[str, str], body: bytes) -> Page:
    answer = read_object(method, status, headers, body)
    numbers = []
    for key in ("total", "perPage", "pagesCount"):
        number = answer.get(key)
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise BadAnswer(method, key, number, "a number of entities or pages")
        numbers.append(number)
    entities = answer.get("entities")
    if not isinstance(entities, list) or not all(isinstance(one, dict) for one in entities):
        raise BadAnswer(method, "entities", entities, "a list of objects")
    return Page(numbers[0], numbers[1], numbers[2], entities)


def collect(method: str, ask: Callable[[Json], Page]) -> list[Json]:
    """Return the entities of all pages; `ask` fetches one, given what its request has beyond that of the first.

    An empty page, or more than was announced, ends it: a server that counts wrongly cannot keep us for ever.
    """
    first = page = ask({})
    found = list(first.entities)
    number = 1
    while number < first.pages and page.entities and len(found) < first.total:
        number += 1
        # The request spells it in another way than the answer does.
        page = ask({"page": number, "per_page": first.per_page})
        found += page.entities
    different = len({one.get("id") for one in found})
    if not len(found) == different == first.total:
        text = f"{method} announced {first.total} entries and gave {len(found)}, {different} of them different"
        remedy = "Was something added or removed meanwhile? Ask again"
        raise ListIncomplete(f"{text}. {remedy}", announced=first.total, received=different)
    return found
