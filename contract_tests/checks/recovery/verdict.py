"""What came of a call under a fault, in words."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Verdict(NamedTuple):
    """`right`: the whole answer, each frame once; or an error that says what is lacking."""

    right: bool
    text: str


def judged(ended: Mapping[str, Any] | None, expected: Sequence[int], carried_out: int, patience: float) -> Verdict:
    """Judge a call. `ended` None: it did not end within `patience` seconds; `carried_out`: times that it was begun."""
    verdict = Verdict(False, f"no end within {patience:g} s") if ended is None else _ended(ended, list(expected))
    if carried_out > 1:
        return Verdict(False, f"{verdict.text}; started {carried_out} times")
    return verdict


def _ended(ended: Mapping[str, Any], expected: list[int]) -> Verdict:
    frames, error, missing = ended["frames"], ended.get("error"), ended.get("missing")
    lacking = sorted(set(expected) - set(frames))
    if len(set(frames)) < len(frames):
        return Verdict(False, f"{len(frames) - len(set(frames))} of {len(expected)} twice" + _raising(error))
    if set(frames) - set(expected):
        return Verdict(False, "a wrong answer" + _raising(error))
    if not lacking:
        return Verdict(error is None, "recovered" if error is None else f"all came, and then {error}")
    if error is None:
        return Verdict(False, f"{len(lacking)} of {len(expected)} lost, and no error")
    if len(expected) == 1:
        return Verdict(True, error)
    if missing is None:
        return Verdict(True, f"{error} after {len(frames)}")
    named = "names those missing" if sorted(missing) == lacking else "names the wrong ones"
    return Verdict(sorted(missing) == lacking, f"{error}, {named}")


def _raising(error: str | None) -> str:
    return "" if error is None else f", and {error}"
