"""What is wrong with a message, and a JSON reader that takes nothing but JSON."""

import json
import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from jsonschema import ValidationError

MOST_SHOWN, MOST_WANTED = 80, 240


class Problem(NamedTuple):
    """One way in which a message is not what the truth says.

    `place` points into openapi.yaml, `where` into the message, such as `$.progress.total`. Texts are cut short.
    """

    place: str
    where: str
    expected: str
    got: str


def shown(value: object) -> str:
    """A value as it may stand in a message: its JSON or repr, cut short."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


def read_json(body: bytes) -> Any:
    """The value of a JSON text in UTF-8; ValueError for anything else, NaN, infinities and a key twice included."""
    text = body.decode("utf-8")
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_once)
    except RecursionError as error:
        raise ValueError("nested too deeply to be read") from error


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"number {text[:20]} is not finite")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in value if keys.count(key) > 1)
        raise ValueError(f"key {twice[:40]!r} is there twice")
    return value


def where(path: Iterable[str | int]) -> str:
    """A path in a message, such as `$.ann[0].annotation`."""
    text = "$"
    for step in path:
        plain = isinstance(step, str) and step.isidentifier()
        text += f".{step}" if plain else f"[{step!r}]"
    return text


def expected(error: ValidationError) -> str:
    """What a schema wanted, in words, cut short."""
    return _wanted(error)[:MOST_WANTED]


def _wanted(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    if error.validator == "required":
        return "the key"
    if error.validator == "type":
        return " or ".join([wanted] if isinstance(wanted, str) else wanted)
    if error.validator in ("const", "enum"):
        return shown(wanted) if error.validator == "const" else f"one of {', '.join(map(shown, wanted))}"
    told = _WORDS.get(str(error.validator))
    return f"{told} {shown(wanted)}" if told else error.message


_WORDS = {
    "minimum": "at least",
    "maximum": "at most",
    "minItems": "a list of at least",
    "maxItems": "a list of at most",
    "minLength": "a text of at least",
    "maxLength": "a text of at most",
    "minProperties": "an object with at least",
    "pattern": "a text like",
    "not": "a key that is not",
}
