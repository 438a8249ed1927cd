"""What `when` is given, checked at once and made into conditions on a call."""

import fnmatch
import hashlib
import operator
import os
import re
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol, SupportsIndex

from ..refusal import shown
from .asked import (
    BEGIN,
    CALL,
    END,
    IMAGE_CONTENT,
    IMAGE_ID,
    IMAGE_NAME,
    IMAGE_PIXELS,
    ROUTE,
    SETTINGS,
    URL,
    VIDEO_CONTENT,
    VIDEO_ID,
    VIDEO_NAME,
    Asked,
    Slot,
    canonical,
    pixels_digest,
)  # fmt: skip

PREDICATE, PATTERN, EXACT = 0, 1, 2
"""How exact a condition is; a subset and a range are as exact as a pattern."""


class Array(Protocol):
    """A picture in memory, height x width x 3 of uint8, RGB: NumPy's, or alike."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Height, width, 3."""
        ...

    @property
    def dtype(self) -> Any:
        """One whose name is uint8."""
        ...

    def tobytes(self) -> bytes:
        """Row by row."""
        ...


class Sha256(NamedTuple):
    """Content by the hex digest of its bytes, where the bytes themselves are not at hand."""

    digest: str


Content = str | bytes | bytearray | memoryview | os.PathLike[str] | Array | Sha256
"""A picture's or video's name (str), or what is in it."""


class Exactly(NamedTuple):
    """All the settings that are sent, none more."""

    settings: Mapping[str, Any]


Predicate = Callable[[Mapping[str, Any]], object]


class Condition(NamedTuple):
    """One argument of `when`: what stands in a slot of the call is the key, a test holds, or both."""

    argument: str
    shown: str
    exactness: int
    slot: Slot | None = None
    key: Hashable = None
    test: Callable[[Asked], object] | None = None
    wanted: Any = None
    """What was given, in the form in which a near miss tells it."""

    def holds(self, asked: Asked) -> bool:
        """Whether the call is as the argument says; a predicate that raises says no."""
        if self.slot is not None and asked.value(self.slot) != self.key:
            return False
        try:
            return self.test is None or bool(self.test(asked))
        except Exception:  # noqa: BLE001 - a test's own code; the near miss tells what it raised
            return False


def read(given: Mapping[str, Any]) -> tuple[Condition, ...]:
    """The conditions of the arguments that are not None, in the order of `when`'s."""
    return tuple([_READ[name](name, value) for name, value in given.items() if value is not None])


def refused(argument: str, value: object, remedy: str, error: type[Exception] = ValueError) -> Exception:
    """The error for an argument that cannot be meant."""
    return error(f"{argument} is {shown(value)}; {remedy}")


def whole(argument: str, value: Any, least: int = 0) -> int:
    """A whole number, also one of NumPy's."""
    remedy = f"give a whole number of at least {least}"
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        raise refused(argument, value, remedy, TypeError)
    number = operator.index(value)
    if number < least:
        raise refused(argument, value, remedy)
    return number


def _text(argument: str, value: Any, slot: Slot, remedy: str, wild: str = "*?") -> Condition:
    if not isinstance(value, str):
        raise refused(argument, value, remedy, TypeError)
    if not value:
        raise refused(argument, value, remedy)
    if not any(mark in value for mark in wild):
        return Condition(argument, repr(value), EXACT, slot, value, wanted=value)
    # Only the marks are special: brackets are common in names, and a question mark in addresses.
    plain = value.replace("[", "[[]") if "?" in wild else value.replace("[", "[[]").replace("?", "[?]")
    matches = re.compile(fnmatch.translate(plain)).match
    end, key = _literal_end(value, wild)
    return Condition(
        argument, repr(value), PATTERN, (*slot, end, str(len(key))) if key else None, key, wanted=value,
        test=lambda asked: isinstance(sent := asked.value(slot), str) and matches(sent),
    )  # fmt: skip


def _literal_end(pattern: str, wild: str) -> tuple[str, str]:
    """How every text begins, or else ends, that the pattern matches: by that it is looked up."""
    first, *_, last = re.split(f"[{re.escape(wild)}]", pattern)
    return (BEGIN, first) if first else (END, last)


def _url(argument: str, value: Any) -> Condition:
    return _text(argument, value, URL, "give an address, with * for any part of it", wild="*")


def _route(argument: str, value: Any) -> Condition:
    remedy = "give a route without slash, such as 'inference_image_id', with * and ? for any part of it"
    if isinstance(value, str) and value.startswith("/"):
        raise refused(argument, value, remedy)
    return _text(argument, value, ROUTE, remedy)


def _content(argument: str, value: Any, name: Slot, content: Slot, pixels: Slot | None) -> Condition:
    kinds = "a file name (str), a Path or bytes" + (", or an array of height x width x 3 uint8" if pixels else "")
    if isinstance(value, str):
        if "/" in value or "\\" in value:
            raise refused(argument, value, f"a str is a name as it is sent; for the content give Path({value!r})")
        return _text(argument, value, name, f"give {kinds}")
    if isinstance(value, Sha256):
        told, sha256 = f"<sha256 {value.digest[:12]}>", value.digest
    elif isinstance(value, os.PathLike):
        told, sha256 = f"Path({Path(value).name!r})", hashlib.sha256(_file(argument, Path(value))).hexdigest()
    elif isinstance(value, (bytes, bytearray, memoryview)):
        sha256 = hashlib.sha256(value).hexdigest()
        told = f"<{len(bytes(value))} bytes, sha256 {sha256[:12]}>"
    elif pixels is not None and hasattr(value, "shape") and hasattr(value, "tobytes"):
        return _array(argument, value, pixels)
    else:
        raise refused(argument, value, f"give {kinds}", TypeError)
    return Condition(argument, told, EXACT, content, sha256, wanted=f"content {sha256[:12]}")


def _file(argument: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise refused(argument, str(path), f"it cannot be read ({why}): give a file, or its name as a str") from error


def _array(argument: str, value: Any, slot: Slot) -> Condition:
    shape, kind = tuple(value.shape), str(value.dtype)
    if len(shape) != 3 or shape[2] != 3 or kind != "uint8":
        described = f"an array of shape {shape} and type {kind}"
        raise ValueError(f"{argument} is {described}; give height x width x 3 of uint8, RGB")
    digest = pixels_digest(shape[1], shape[0], value.tobytes())
    return Condition(
        argument, f"<array {shape[1]} x {shape[0]}>", EXACT, slot, digest, wanted=f"the pixels {digest[:12]}"
    )


def _number(slot: Slot) -> Callable[[str, Any], Condition]:
    def condition(argument: str, value: Any) -> Condition:
        number = whole(argument, value, 1)
        return Condition(argument, str(number), EXACT, slot, number, wanted=number)

    return condition


def _call(argument: str, value: Any) -> Condition:
    if not isinstance(value, range):
        return _number(CALL)(argument, value)
    span = _span(argument, value, 1)
    return Condition(argument, repr(span), PATTERN, wanted=span, test=lambda asked: asked.call in span)


def _frames(argument: str, value: Any) -> Condition:
    exact = not isinstance(value, range)
    span = range(whole(argument, value), whole(argument, value) + 1) if exact else _span(argument, value, 0)

    def meets(asked: Asked) -> bool:
        return asked.video and any_frame(asked.frames, span[0], span[-1])

    return Condition(
        argument, str(span[0]) if exact else repr(span), EXACT if exact else PATTERN, wanted=span, test=meets
    )


def _span(argument: str, value: range, least: int) -> range:
    if value.step not in (1, -1):
        raise refused(argument, value, "give a range of step 1, or a stub for each number")
    if not value or min(value[0], value[-1]) < least:
        raise refused(argument, value, f"give a range of numbers from {least} on that is not empty")
    return value if value.step == 1 else value[::-1]


def any_frame(frames: range, first: int, last: int) -> bool:
    """Whether one of the frames lies between first and last, both included."""
    if not frames:
        return False
    rising = frames if frames.step > 0 else frames[::-1]
    steps = max(0, -((rising[0] - first) // rising.step))
    return steps < len(rising) and rising[steps] <= last


def _settings(argument: str, value: Any) -> Condition:
    if callable(value):
        told = getattr(value, "__name__", "predicate")
        return Condition(argument, f"<{told}>", PREDICATE, wanted=value, test=lambda asked: value(asked.query.settings))
    mapping = value.settings if isinstance(value, Exactly) else value
    if not isinstance(mapping, Mapping) or not all(isinstance(name, str) for name in mapping):
        remedy = "give a mapping of names and values, Exactly(mapping), or a callable that takes the settings in force"
        raise refused(argument, value, remedy, TypeError)
    plain = {name: one.item() if hasattr(one, "item") else one for name, one in mapping.items()}
    keys = {name: _json(f"{argument}[{name!r}]", one) for name, one in plain.items()}
    if isinstance(value, Exactly):
        return Condition(argument, f"Exactly({shown(plain)})", EXACT, (SETTINGS,), canonical(plain), wanted=plain)
    if not plain:
        raise refused(argument, value, "leave it out for any settings, or say Exactly({}) if none may be sent")
    names = sorted(keys)
    slot, key = (SETTINGS, *names), tuple([keys[name] for name in names])
    return Condition(argument, shown(plain), PATTERN, slot, key, wanted=plain)


def _json(argument: str, value: Any) -> Hashable:
    try:
        return canonical(value)
    except TypeError as error:
        remedy = "give what JSON has: numbers, texts, true, false, None, lists and mappings"
        raise refused(argument, value, remedy, TypeError) from error


_READ: dict[str, Callable[[str, Any], Condition]] = {
    "image": lambda argument, value: _content(argument, value, IMAGE_NAME, IMAGE_CONTENT, IMAGE_PIXELS),
    "image_id": _number(IMAGE_ID),
    "url": _url,
    "video": lambda argument, value: _content(argument, value, VIDEO_NAME, VIDEO_CONTENT, None),
    "video_id": _number(VIDEO_ID),
    "frames": _frames,
    "route": _route,
    "settings": _settings,
    "call": _call,
}
