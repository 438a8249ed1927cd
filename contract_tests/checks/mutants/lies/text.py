"""Answers whose bytes are not what they should be."""

import json
import re
from collections.abc import Callable
from typing import Any

from ..lie import VIDEO, Changed, Lie, Told, good
from ..traffic import Answer
from . import places

BEYOND_PATIENCE = 5.0
_NUMBER = re.compile(r"(?<=[:\[,])-?\d+(\.\d+)?(?=[,\]}])")


def _text(change: Callable[[str], str]) -> Callable[[Answer], Answer]:
    return lambda answer: answer.with_text(change)


def _typed(kind: str) -> Callable[[Answer], Answer]:
    return lambda answer: answer.with_header("Content-Type", kind)


def _untyped(answer: Answer) -> Answer:
    return answer._replace(headers=tuple(one for one in answer.headers if one[0].lower() != "content-type"))


def _doubled_key(text: str) -> str:
    """The first key of the first object again, before itself and with another value."""
    return re.sub(r'\{("[^"]*")', r"{\1:null,\1", text, count=1)


def _zipped(answer: Answer) -> Answer:
    return answer.with_header("Content-Encoding", "gzip")


def _away(answer: Answer) -> Answer:
    return Answer(302, (("Location", "/elsewhere"),), b"")


def _cut(answer: Answer) -> Answer:
    return answer._replace(cut=len(answer.body) // 2)


def _late(answer: Answer) -> Answer:
    return answer._replace(delay=BEYOND_PATIENCE)


def _wrapped(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else [value]


def _flat(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {key: _flat(one, change) for key, one in value.items()}
    return [_flat(one, change) for one in value] if isinstance(value, list) else change(value)


def _text_numbers(value: Any) -> Any:
    return _flat(value, lambda one: str(one) if type(one) in (int, float) else one)


def _number_booleans(value: Any) -> Any:
    return _flat(value, lambda one: int(one) if isinstance(one, bool) else one)


def _text_booleans(value: Any) -> Any:
    return _flat(value, lambda one: str(one).lower() if isinstance(one, bool) else one)


def _not_a_number(text: str) -> str:
    return _NUMBER.sub("NaN", text, count=1)


BYTES: tuple[tuple[str, str, Callable[[Answer], Answer]], ...] = (
    ("truncated", "JSON without its last character", lambda one: one._replace(body=one.body[:-1])),
    ("half", "the first half of the JSON", lambda one: one._replace(body=one.body[: len(one.body) // 2])),
    ("trailing-comma", "JSON with a comma before its end", _text(lambda text: f"{text[:-1]},{text[-1]}")),
    ("doubled-key", "JSON with a key that is there twice", _text(_doubled_key)),
    ("nan", "a number is NaN", _text(_not_a_number)),
    ("python", "a Python literal, no JSON", _text(lambda text: repr(json.loads(text)))),
    ("twice", "the JSON comes twice", _text(lambda text: text + text)),
    ("in-a-text", "the JSON is the text of a JSON string", _text(lambda text: json.dumps(text))),
    ("bom", "a byte order mark comes first", lambda one: one._replace(body=b"\xef\xbb\xbf" + one.body)),
    ("utf-16", "the JSON is UTF-16", lambda one: one._replace(body=one.body.decode().encode("utf-16"))),
    ("empty", "no body", lambda one: one._replace(body=b"")),
    ("null", "null instead of the answer", _text(lambda text: "null")),
    ("text-plain", "content type text/plain", _typed("text/plain")),
    ("text-html", "content type text/html", _typed("text/html; charset=utf-8")),
    ("octet-stream", "content type application/octet-stream", _typed("application/octet-stream")),
    ("untyped", "no content type", _untyped),
    ("gzip-garbage", "said to be gzip, and is not", _zipped),
    ("redirect", "a redirect instead of the answer", _away),
    ("cut-off", "the connection ends in the middle", _cut),
)  # fmt: skip
VALUES: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("in-a-list", "an object is in a list, or a list an object", _wrapped),
    ("text-numbers", "numbers are texts", _text_numbers),
)
_TURNS = (
    ("image", places.IMAGE), ("meta", places.META), ("pop", places.POP), ("batch", places.BATCH),
    ("progress", places.PROGRESS), ("settings", places.SETTINGS), ("start", places.STARTS),
)  # fmt: skip
_NO_NUMBER = ("start", "settings", "meta")
"""Answers without a number that could be NaN, or without one that must be there."""


def _needs(routes: tuple[str, ...]) -> tuple[str, ...]:
    return (VIDEO,) if routes in (places.POP, places.PROGRESS, places.STARTS) else ()


def _lies() -> list[Lie]:
    """Each kind on three of the routes, in turn, so that every route meets many kinds."""
    found = []
    for number, (name, what, change) in enumerate(BYTES):
        for place, routes in [_TURNS[(number + step) % len(_TURNS)] for step in (0, 2, 5)]:
            if name != "nan" or place not in _NO_NUMBER:
                found.append(_told(f"{place}-{name}", f"{place}: {what}", routes, change))
    for name, what, alter in VALUES:
        for place, routes in _TURNS[:5]:
            if place != "meta" or name != "text-numbers":
                found.append(_changed(f"{place}-{name}", f"{place}: {what}", routes, alter))
    return found


def _told(name: str, what: str, routes: tuple[str, ...], change: Callable[[Answer], Answer]) -> Lie:
    return Lie(name, what, routes, lambda: Told(change, good), _needs(routes))


def _changed(name: str, what: str, routes: tuple[str, ...], change: Callable[[Any], Any]) -> Lie:
    return Lie(name, what, routes, lambda: Changed(change), _needs(routes))


LIES = (
    *_lies(),
    _changed("poll-number-booleans", "poll: booleans are 0 and 1", places.POLLS, _number_booleans),
    _changed("poll-text-booleans", "poll: booleans are texts", places.POLLS, _text_booleans),
    _changed("info-number-booleans", "info: booleans are 0 and 1", places.INFO, _number_booleans),
    _changed("info-text-booleans", "info: booleans are texts", places.INFO, _text_booleans),
    _changed("info-text-numbers", "info: numbers are texts", places.INFO, _text_numbers),
    Lie("info-empty-object", "info: an empty object", places.INFO, lambda: Changed(lambda value: {})),
    Lie("info-text-plain", "info: content type text/plain", places.INFO, lambda: Told(_typed("text/plain"), good)),
    Lie("info-trailing-comma", "info: a comma before the end", places.INFO,
        lambda: Told(_text(lambda text: f"{text[:-1]},{text[-1]}"), good)),
    Lie("image-late", "image: answers come late", places.IMAGE, lambda: Told(_late, good), stutters=True),
    Lie("pop-late", "pop: answers come late", places.POP, lambda: Told(_late, good), (VIDEO,), stutters=True),
)  # fmt: skip
