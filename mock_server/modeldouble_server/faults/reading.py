"""An order as people write it, in Python, in a scenario and over the admin API: one form, read in one place."""

from collections.abc import Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from ..refusal import shown
from .kinds import KINDS, FaultKind, Parameter, Stage, check_value

_COMMON = ("fault", "route", "calls", "times", "probability", "seed", "after", "lasting")
_MOST = 1_000_000
_TIMES = Parameter("times", int, None, "", 1, _MOST)
_CALL = Parameter("calls", int, None, "", 1, _MOST)
_PROBABILITY = Parameter("probability", float, None, "", 0.0, 1.0)
_SEED = Parameter("seed", int, 0, "", -(2**63), 2**63)
_LASTING = Parameter("lasting", float, None, "", 0.0, 1e9)


class Order(NamedTuple):
    """What is to go wrong, and in which calls: those of `route` are counted from 1, from the order on.

    It goes wrong in the calls that `calls` numbers, or in each with `probability`, or in all; at most `times` times
    (None: without end), and not later than `lasting` seconds after the order.
    """

    fault: str
    parameters: Mapping[str, Any]
    route: str = "*"
    calls: frozenset[int] | None = None
    times: int | None = None
    probability: float | None = None
    seed: int = 0
    after: bool = False
    """The model does its work before another answer takes the place of its own."""
    lasting: float | None = None

    @property
    def kind(self) -> FaultKind:
        """What the fault is."""
        return KINDS[self.fault]

    def fits(self, route: str) -> bool:
        """A call of this route is one of those that are counted."""
        return fnmatchcase(route, self.route)

    def sentence(self) -> str:
        """The order in words."""
        which = "every call" if self.times is None else f"the first {self.times} calls"
        if self.calls is not None:
            which = f"call {', '.join(map(str, sorted(self.calls)[:20]))}"
        elif self.probability is not None:
            which = f"each call with probability {self.probability:g} (seed {self.seed})"
        given = "".join(f" {name}={value!r}" for name, value in self.parameters.items())
        return f"{self.fault}{given}: {which} of {self.route!r}"

    def told(self) -> dict[str, Any]:
        """The order as it would be written."""
        found: dict[str, Any] = {"fault": self.fault, "route": self.route, **self.parameters}
        for name in ("times", "probability", "lasting"):
            if getattr(self, name) is not None:
                found[name] = getattr(self, name)
        if self.calls is not None:
            found["calls"] = sorted(self.calls)
        if self.probability is not None:
            found["seed"] = self.seed
        return {**found, "after": True} if self.after else found


def read_order(document: Mapping[str, Any], times: int | None = None) -> Order:
    """Read an order; `times` is how often it goes wrong where nothing is said. A ValueError names field and remedy."""
    fault = document.get("fault", "status")
    if not isinstance(fault, str) or fault not in KINDS:
        raise ValueError(f"fault is {shown(fault)}; {_nearest(str(fault), KINDS)}")
    kind = KINDS[fault]
    parameters = _parameters(fault, kind, document)
    calls, probability = _calls(document.get("calls")), _optional(_PROBABILITY, document)
    if calls is not None and probability is not None:
        raise ValueError("calls and probability are both there; keep one of them")
    chosen = None if calls is not None or probability is not None or kind.stage is Stage.STATE else times
    if "times" in document:
        chosen = _optional(_TIMES, document)
    return Order(
        fault, parameters, _route(document.get("route", kind.route)), calls, chosen,
        probability, _optional(_SEED, document) or 0, _after(kind, document), _optional(_LASTING, document),
    )  # fmt: skip


def _parameters(fault: str, kind: FaultKind, document: Mapping[str, Any]) -> dict[str, Any]:
    known = {one.name: one for one in kind.parameters}
    for name in document:
        if name not in known and name not in _COMMON:
            raise ValueError(f"{name} is nothing that fault {fault!r} has; {_nearest(str(name), (*known, *_COMMON))}")
    found: dict[str, Any] = {}
    for name, one in known.items():
        if one.needed and document.get(name) is None:
            raise ValueError(f"{name} is missing; give {one.doc}")
        value = document.get(name, one.default)
        if value is not None:
            found[name] = check_value(one, value)
    return found


def _calls(value: Any) -> frozenset[int] | None:
    if value is None:
        return None
    listed = [value] if isinstance(value, int) else value
    if not isinstance(listed, (list, tuple, range, set, frozenset)) or not 1 <= len(listed) <= _MOST:
        raise ValueError(f"calls is {shown(value)}; give a number of a call, or a list of them, counted from 1")
    return frozenset(int(check_value(_CALL, one)) for one in listed)


def _route(value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= 200:
        raise ValueError(f"route is {shown(value)}; give a route such as 'inference_image', * stands for any text")
    return value


def _after(kind: FaultKind, document: Mapping[str, Any]) -> bool:
    value = document.get("after", False)
    if not isinstance(value, bool):
        raise ValueError(f"after is {shown(value)}; give true or false")
    if value and kind.stage is not Stage.INSTEAD:
        raise ValueError("after is only for faults with an answer of their own; take it out")
    return value


def _optional(parameter: Parameter, document: Mapping[str, Any]) -> Any:
    value = document.get(parameter.name)
    return None if value is None else check_value(parameter, value)


def _nearest(name: str, known: "Mapping[str, Any] | tuple[str, ...]") -> str:
    near = get_close_matches(name, list(known), 1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
