"""Compares what was seen with the truth, and forgives what a named release is known to do otherwise."""

import json
from collections.abc import Mapping
from typing import Any

from .exchange import Exchange
from .finding import Finding
from .truth import Deviation, Operation, Release, Truth

_SHORT = 200


class Judge:
    """`release` is the least release that the target's routes show, or the one that was named.

    With `forgive`, deviations listed for that release are noted in `seen` and not raised.
    """

    def __init__(self, truth: Truth, release: Release | None, *, forgive: bool = False) -> None:
        self.truth = truth
        self.release = release
        self.seen: dict[str, Exchange | None] = {}
        """Deviations that were forgiven, each with the first exchange that showed it."""
        self.forgiven: list[str] = []
        """The deviation behind each time that something was forgiven so far."""
        self.asked: dict[str, set[str]] = {}
        """Codes that were asked about so far, each with the routes it was asked of."""
        self._forgive = forgive

    def require(
        self, holds: bool, code: str, *, expected: str, got: str, at: Exchange | None = None, place: str = "",
        **facts: Any,
    ) -> bool:  # fmt: skip
        """Raise a Finding unless it holds; False if a listed deviation of the release explains why it does not.

        `facts` are what deviations are recognised by; of `at` they are status, route, content type and a short body.
        """
        self._note(code, at)
        if holds:
            return True
        known = {**(_facts(at) if at is not None else {}), **facts}
        like = [one for one in self.truth.deviations.values() if one.finding == code and _explains(one, known)]
        if self._forgive and self.release is not None:
            for deviation in like:
                if deviation.holds_in(self.release):
                    self.seen.setdefault(deviation.id, at)
                    self.forgiven.append(deviation.id)
                    return False
        where = place or ("" if at is None else self._place(at))
        raise Finding(
            code, expected=expected, got=got, place=where, at=at, facts=known, candidates=[one.id for one in like]
        )

    def shape(self, at: Exchange, status: int = 200) -> Any:
        """The answer's JSON, after its status and its shape were compared with the truth.

        None if the answer deviates as the release is known to.
        """
        if not self.status(at, status):
            return None
        self._note(f"shape.{at.route}", at)
        operation = self._operation(at.route, at.sent.method)
        for problem in operation.problems(at.status, at.content_type, at.body, self.release):
            told = f"{problem.got} at {problem.where}"
            self.require(
                False, f"shape.{at.route}", expected=problem.expected, got=told, at=at, place=problem.place,
                where=problem.where, holder=_holder(_read(at), problem.where),
            )  # fmt: skip
        return _read(at)

    def status(self, at: Exchange, *allowed: int, code: str = "") -> bool:
        """The status is one of `allowed`."""
        wanted = " or ".join(map(str, allowed))
        return self.require(
            at.status in allowed, code or f"status.{at.route}", expected=f"status {wanted}", got=at.shown(), at=at
        )

    def refused(self, at: Exchange, code: str, *allowed: int) -> bool:
        """Bad input was refused with one of `allowed`, in a documented form."""
        if not self.status(at, *allowed, code=code):
            return False
        self.shape(at, at.status)
        return True

    def could_show(self, deviation: Deviation) -> bool:
        """This run asked what the deviation answers otherwise, where it does so."""
        routes = self.asked.get(deviation.finding)
        listed = deviation.got.get("route")
        if routes is None or listed is None:
            return routes is not None
        return not routes.isdisjoint(listed if isinstance(listed, list) else [listed])

    def _note(self, code: str, at: Exchange | None) -> None:
        self.asked.setdefault(code, set()).update([] if at is None else [at.route])

    def _place(self, at: Exchange) -> str:
        try:
            return self._operation(at.route, at.sent.method).place
        except KeyError:
            return ""

    def _operation(self, route: str, method: str) -> Operation:
        return self.truth.operation(route, method)


def _read(at: Exchange) -> Any:
    try:
        return at.json()
    except (ValueError, RecursionError):
        return None


def _facts(at: Exchange) -> dict[str, Any]:
    found = {"status": at.status, "route": at.route, "content_type": at.content_type}
    return {**found, "body": _read(at)} if len(at.body) <= _SHORT else found


def _holder(value: Any, where: str) -> Any:
    """What holds the key that a JSON path ends with."""
    for key in where.split(".")[1:-1]:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _explains(deviation: Deviation, facts: Mapping[str, Any]) -> bool:
    return all(key in facts and _same(value, facts[key]) for key, value in deviation.got.items())


def _same(listed: Any, seen: Any) -> bool:
    """A listed list is a choice."""
    return seen in listed if isinstance(listed, list) else json.dumps(listed) == json.dumps(seen, default=str)
