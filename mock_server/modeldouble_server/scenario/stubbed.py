"""Stubs of a scenario: what stands in the file as what `when` and `predict` take."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from ..scene import Answer, Predictor, Query
from ..stubs import Stubs, Unmatched, near, seen
from ..stubs.asked import Asked, canonical
from ..stubs.contest import Tie
from ..stubs.stub import Stub
from .place import Findings, Where

Json = Mapping[str, Any]
_GENERATION = 1_000_000
_REMEMBERED = 8


class Told(Stubs):
    """The stubs of one model of a scenario, and the predictor beside them.

    With `lenient`, the predictor answers what no stub does. `generation` counts how often the file was read: a call
    that was answered by a stub of `before`, in whose place this came, keeps its answer, as the stub's number tells
    whose it is.
    """

    before: "Told | None" = None

    def __init__(self, otherwise: Predictor, lenient: bool = True, generation: int = 0) -> None:
        super().__init__(otherwise)
        self._lenient = lenient
        self._first = generation * _GENERATION + 1
        self._numbers = count(self._first)

    def succeed(self, before: Stubs) -> None:
        """Take the place of other stubs. The oldest are let go of: a file may be saved all day."""
        self.before = before if isinstance(before, Told) else None
        one: Told | None = self
        for _ in range(_REMEMBERED):
            one = None if one is None else one.before
        if one is not None:
            one.before = None

    def reasons(self, query: Query, call: int) -> list[list[str]]:
        """For each stub in the file's order, why it does not answer a call; nothing for those whose conditions hold."""
        asked = Asked(query, call)
        return [
            [line for one in stub.conditions if not one.holds(asked) for line in near.differences(one, asked)]
            for stub in self._stubs.values()
        ]

    def place(self, stub: int) -> int:
        """Where a stub stands in the file's list, from 0, by its number."""
        return stub - self._first

    def settle(self, query: Query, call: int, found: list[Stub] | Tie) -> list[Stub]:
        """Who answers a call, as `Stubs` has it; nobody where the predictor is to."""
        try:
            return super().settle(query, call, found)
        except Unmatched:
            if not self._lenient:
                raise
            return []

    def predict(self, query: Query) -> Answer:
        """What the stubs that were taken say, also those of before."""
        if self.before is not None and query.turns and query.turns[0].stub < self._first:
            return self.before.predict(query)
        return super().predict(query)


def tell(stubs: Stubs, entries: Sequence[Json], folder: Path, where: Where, findings: Findings) -> None:
    """Add the stubs of a document that keeps the schema, in their order; what they cannot mean is a finding."""
    seen_before: dict[Hashable, int] = {}
    for at, entry in enumerate(entries):
        here = (*where, at)
        same = seen_before.setdefault(canonical(entry["when"]), at)
        if same != at:
            remedy = "say what comes later under its `then`, or give one of them a condition more"
            findings.add(here, f"answers the same calls as stubs[{same}]: a tie, whatever is asked; {remedy}")
            continue
        add(stubs, entry, folder, here, findings)


def add(stubs: Stubs, entry: Json, folder: Path, where: Where, findings: Findings) -> Stub | None:
    """Add one of them; None where what it answers at first or at last is a finding."""
    try:
        when = stubs.when(**conditions(entry["when"], folder))
    except (ValueError, TypeError) as error:
        findings.add((*where, "when"), str(error))
        return None
    answers = [(entry, where), *((one, (*where, "then", after)) for after, one in enumerate(entry.get("then", [])))]
    stub: Stub | None = None
    for last, (one, inner) in enumerate(answers, 1 - len(answers)):
        stub = _said(when, one, folder, inner, findings)
        if stub is None:
            return None
        if "times" in one or one.get("once"):
            stub.times(one.get("times", 1))
        if last:
            when = stub.then
    return stub


def conditions(when: Json, folder: Path) -> dict[str, Any]:
    """The arguments of `when`: a file is meant by its content, and two numbers are a range with both ends."""
    given = dict(when)
    if isinstance(given.get("image"), Mapping):
        given["image"] = folder / given["image"]["file"]
    for name in ("frames", "call"):
        if isinstance(given.get(name), list):
            first, last = given[name]
            given[name] = range(first, last + 1)
    return given


def _said(when: Any, entry: Json, folder: Path, where: Where, findings: Findings) -> Any:
    kinds = [key for key in ("predict", "annotation", "raises") if key in entry]
    if len(kinds) > 1 or not (kinds or "tags" in entry):
        given = " and ".join(kinds) or "no answer"
        findings.add(where, f"has {given}; give exactly one of predict, annotation and raises, or tags alone")
        return None
    if "once" in entry and "times" in entry:
        findings.add((*where, "times"), "once and times are both there; keep one of them")
    try:
        if "raises" in entry:
            return when.raises(entry["raises"]["type"], entry["raises"].get("message", ""))
        if "annotation" in entry:
            return when.predict(annotation=_annotation(entry["annotation"], folder))
        objects = list(_objects(entry.get("predict", []), (*where, "predict"), findings))
        return when.predict(*objects, tags=entry.get("tags"))
    except (ValueError, TypeError) as error:
        findings.add((*where, kinds[0]) if kinds else where, str(error))
        return None


def _annotation(given: Any, folder: Path) -> Any:
    return folder / given if isinstance(given, str) else given


def _objects(entries: Sequence[Json], where: Where, findings: Findings) -> Iterator[Any]:
    for at, one in enumerate(entries):
        try:
            yield seen(one["class"], **{key: value for key, value in one.items() if key != "class"})
        except (ValueError, TypeError) as error:
            findings.add((*where, at), str(error))
