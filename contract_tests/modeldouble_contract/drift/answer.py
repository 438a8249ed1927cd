"""An answer to a probe, set beside the truth."""

from typing import Any, NamedTuple

from ..exchange import Exchange
from ..finding import Finding
from ..judge import Judge
from ..truth import Problem, Release, Truth
from .probes import Probe
from .shape import NO_JSON, Shape, shape_of
from .side import Side, Unasked, read

_LEAST_ERROR = 400
_KINDS = {"success": "boolean"}


class Answer(NamedTuple):
    """What one side answered. `missing` says why there is no answer; then nothing else holds."""

    status: int = 0
    kind: str = ""
    shape: Shape | None = None
    """Of a granted answer in JSON."""
    form: str = ""
    """Of the body of a refusal, in words."""
    problems: tuple[Problem, ...] = ()
    known: tuple[str, ...] = ()
    """Ids of listed deviations that look like it."""
    missing: str = ""


def ask(side: Side, probe: Probe, release: Release) -> Answer:
    """Put a question to a side."""
    operation = _operation(side.truth, probe)
    if operation is not None and probe.route not in side.routes:
        return Answer(missing="it has no such route")
    try:
        at = probe.ask(side)
    except Unasked as reason:
        return Answer(missing=str(reason))
    except Finding as lost:
        return Answer(missing=f"no whole answer: {lost.got}")
    return _answer(side.truth, probe, at, release)


def _answer(truth: Truth, probe: Probe, at: Exchange, release: Release) -> Answer:
    refused = at.status >= _LEAST_ERROR
    value = read(at)
    known = _known(Judge(truth, release), probe, at)
    problems = _problems(truth, probe, at, release)
    if refused or at.status != 200:
        return Answer(at.status, at.content_type, None, _form(at, value) if refused else "", problems, known)
    whole = value.get(probe.part) if probe.part and isinstance(value, dict) else value
    shape = shape_of(whole) if value is not None or at.body.strip() == b"null" else NO_JSON
    return Answer(at.status, at.content_type, shape, "", _within(problems, probe.part), known)


def _problems(truth: Truth, probe: Probe, at: Exchange, release: Release) -> tuple[Problem, ...]:
    operation = _operation(truth, probe)
    if operation is not None:
        return tuple(operation.problems(at.status, at.content_type, at.body, release))
    return tuple(truth.refusal_problems(at.content_type, at.body)) if at.status >= _LEAST_ERROR else ()


def _within(problems: tuple[Problem, ...], part: str) -> tuple[Problem, ...]:
    """Problems of a part of the answer, their places told from there."""
    if not part:
        return problems
    head = f"$.{part}"
    return tuple(
        one._replace(where="$" + one.where.removeprefix(head)) for one in problems if one.where.startswith(head)
    )


def _known(judge: Judge, probe: Probe, at: Exchange) -> tuple[str, ...]:
    try:
        if judge.status(at, *probe.wanted, code=probe.code) and not probe.free:
            judge.shape(at, at.status)
    except Finding as found:
        return found.candidates
    return ()


def _form(at: Exchange, value: Any) -> str:
    """Such as `{detail: list, message, success}`: a type is told where it is not the usual one."""
    if at.content_type != "application/json":
        return at.content_type or "no content type"
    if not isinstance(value, dict):
        return f"JSON that is {shape_of(value).type}"
    return f"{{{', '.join(_key(key, shape_of(one)) for key, one in sorted(value.items()))}}}"


def _key(key: str, shape: Shape) -> str:
    if shape.type == _KINDS.get(key, "string"):
        return key
    inside = f" of {', '.join(sorted(shape.keys))}" if shape.keys else ""
    return f"{key}: {shape.type}{inside}"


def _operation(truth: Truth, probe: Probe) -> Any:
    return None if probe.free else truth.operation(probe.route, probe.method)
