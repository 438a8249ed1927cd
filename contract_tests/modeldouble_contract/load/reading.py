"""What an answer must say. A status 200 is not enough: what should not be raises `Wrong`, and counts as an error."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

_SHOWN = 200
# Models of semantic segmentation add this class to their own while they serve.
_GROWN = "__bg__"


class Wrong(Exception):
    """An answer is not what was asked for. The text is the error's name in Locust's report, and holds no id."""


class Answer(NamedTuple):
    """Status, 0 if there was no answer at all, and the body, or then why there was none."""

    status: int
    body: bytes


def document(answer: Answer) -> Mapping[str, Any]:
    """The object of a 200 that tells of no failure."""
    found = _json(answer)
    if not isinstance(found, dict):
        raise Wrong(f"the answer is a JSON {type(found).__name__}, not an object")
    for key in ("exception", "error", "detail"):
        if found.get(key):
            raise Wrong(f"status 200 with {key}: {_cut(json.dumps(found[key]))}")
    if found.get("success") is False:
        raise Wrong("status 200 with success false")
    return found


def info(answer: Answer) -> None:
    """Session info names its app and its task."""
    found = document(answer)
    for key in ("app_name", "task type"):
        if not isinstance(found.get(key), str):
            raise Wrong(f"session info has no text under {key!r}")


def classes(answer: Answer) -> frozenset[str]:
    """Names of the model's classes."""
    listed = document(answer).get("classes")
    if not isinstance(listed, list) or not listed:
        raise Wrong("the model tells no classes")
    return frozenset(_get(one, "title", str, "class") for one in listed)


def settings(answer: Answer) -> None:
    """Default settings: an object, or a YAML document as text."""
    if not isinstance(document(answer).get("settings"), (dict, str)):
        raise Wrong("settings are neither an object nor text")


def prediction(found: Any, names: Collection[str], size: tuple[int, int] | None = None) -> None:
    """A prediction of the model's own classes; `size` is (height, width) in pixels of what was sent."""
    annotation = _get(found, "annotation", dict, "prediction")
    told = _get(annotation, "size", dict, "annotation")
    if size is not None and (told.get("height"), told.get("width")) != size:
        raise Wrong(f"a picture of {size[0]} x {size[1]} (height x width) is answered with size {_cut(str(told))}")
    for one in _get(annotation, "objects", list, "annotation"):
        name = _get(one, "classTitle", str, "object")
        if name not in names and name != _GROWN:
            raise Wrong(f"an object is of class {_cut(name)!r}, which the model did not tell of")


def one(answer: Answer, names: Collection[str], size: tuple[int, int]) -> None:
    """The prediction of one picture."""
    prediction(document(answer), names, size)


def several(answer: Answer, names: Collection[str], sizes: Sequence[tuple[int, int]]) -> None:
    """A prediction of each picture, in their order."""
    found = _json(answer)
    if not isinstance(found, list) or len(found) != len(sizes):
        got = len(found) if isinstance(found, list) else f"a JSON {type(found).__name__}"
        raise Wrong(f"{len(sizes)} pictures are answered with {got} predictions")
    for got, size in zip(found, sizes, strict=True):
        prediction(got, names, size)


def uuid(answer: Answer) -> str:
    """The id of a job that was started."""
    return str(_get(document(answer), "inference_request_uuid", str, "start of a job"))


def _json(answer: Answer) -> Any:
    if answer.status == 0:
        raise Wrong(f"no answer: {_cut(answer.body.decode(errors='replace'))}")
    if answer.status != 200:
        raise Wrong(f"status {answer.status}: {_cut(answer.body.decode(errors='replace'))}")
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise Wrong("status 200 with a body that is not JSON") from None


def _get(found: Any, key: str, kind: type, where: str) -> Any:
    value = found.get(key) if isinstance(found, dict) else None
    if not isinstance(value, kind):
        raise Wrong(f"{where}: {key!r} is not a {kind.__name__}")
    return value


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
