"""An order as people write it, in Python, in a scenario and over the admin API: one form, read in one place."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from ..refusal import shown
from .kinds import KINDS, FaultKind, Parameter, Stage, check_value

MOST_CALLS = 10_000
_LAST_CALL = 1_000_000_000
_SHOWN = 20
COMMON = (
    Parameter("calls", int, None, "numbers of the calls that go wrong, counted from 1", 1, _LAST_CALL),
    Parameter("times", int, None, "how many calls go wrong at most", 1, _LAST_CALL),
    Parameter("probability", float, None, "how likely each call is to go wrong", 0, 1),
    Parameter("seed", int, 0, "which calls these are: the same with the same seed", -(2**53), 2**53),
    Parameter("lasting", float, None, "seconds of the model's clock after which nothing goes wrong any more", 0, 1e9),
)
"""What every order may say, beside `fault`, `route` and `after`."""
_CALL, _TIMES, _PROBABILITY, _SEED, _LASTING = COMMON
_NAMES = ("fault", "route", "after", *(one.name for one in COMMON))


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
        return _matches(route, self.route) and (not self.kind.bound or _matches(route, self.kind.route))

    def sentence(self) -> str:
        """The order in words."""
        which = "every call"
        if self.calls is not None:
            more = ", ..." if len(self.calls) > _SHOWN else ""
            which = f"call {', '.join(map(str, sorted(self.calls)[:_SHOWN]))}{more}"
        elif self.probability is not None:
            which = f"each call with probability {self.probability:g} (seed {self.seed})"
        elif self.times is not None:
            which = "the first call" if self.times == 1 else f"the first {self.times} calls"
        given = "".join(f" {name}={value!r}" for name, value in self.parameters.items())
        until = "" if self.lasting is None else f", for {self.lasting:g} s"
        return f"{self.fault}{given}: {which} of {self.route!r}{until}"

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
    if not isinstance(document, Mapping):
        raise ValueError(f"order is {shown(document)}; give a mapping such as fault: reset")
    fault = document.get("fault", "status")
    if not isinstance(fault, str) or fault not in KINDS:
        raise ValueError(f"fault is {shown(fault)}; {_nearest(str(fault), tuple(KINDS))}")
    kind = KINDS[fault]
    parameters = _parameters(fault, kind, document)
    calls, probability = _calls(document.get("calls")), _optional(_PROBABILITY, document)
    if calls is not None and probability is not None:
        raise ValueError("calls and probability are both there; keep one of them")
    chosen = None if calls is not None or probability is not None or kind.stage is Stage.STATE else times
    if "times" in document:
        chosen = _optional(_TIMES, document)
    lasting = _optional(_LASTING, document)
    if fault == "cold_start" and lasting is None:
        raise ValueError("lasting is missing; give the seconds after which the model is there")
    return _possible(Order(
        fault, parameters, _route(document.get("route", kind.route)), calls, chosen,
        probability, _optional(_SEED, document) or 0, _after(kind, document), lasting,
    ))  # fmt: skip


def _matches(route: str, patterns: str) -> bool:
    return any(fnmatchcase(route, one.strip()) for one in patterns.split(","))


def _possible(order: Order) -> Order:
    # Here, as the routes know their handlers, and those the model, which has orders.
    from ..serving.routes import LACKING, ROUTES

    if any(order.fits(one) for one in (*ROUTES, *sorted(LACKING))):
        return order
    if order.kind.bound:
        raise ValueError(f"route is {shown(order.route)}; {order.fault} is about {order.kind.route}: leave route out")
    raise ValueError(f"route is {shown(order.route)}, which no route fits; give one such as 'inference_image_id'")


def _parameters(fault: str, kind: FaultKind, document: Mapping[str, Any]) -> dict[str, Any]:
    known = {one.name: one for one in kind.parameters}
    for name in document:
        if name not in known and name not in _NAMES:
            raise ValueError(
                f"{shown(name)} is nothing that fault {fault!r} has; {_nearest(str(name), (*known, *_NAMES))}"
            )
    found: dict[str, Any] = {}
    for name, one in known.items():
        if one.needed and document.get(name) is None:
            raise ValueError(f"{name} is missing; give {one.doc}")
        value = document.get(name)
        value = one.default if value is None else value
        if value is not None:
            found[name] = check_value(one, value)
    return found


def _calls(value: Any) -> frozenset[int] | None:
    if value is None:
        return None
    listed = [value] if isinstance(value, int) else value
    if not isinstance(listed, (list, tuple, range, set, frozenset)) or not 1 <= len(listed) <= MOST_CALLS:
        text = f"give a number of a call, or a list of at most {MOST_CALLS:,}, counted from 1"
        raise ValueError(f"calls is {shown(value)}; {text}")
    return frozenset(int(check_value(_CALL, one)) for one in listed)


def _route(value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= 200 or not value.isprintable():
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


def _nearest(name: str, known: tuple[str, ...]) -> str:
    # Only who made a mistake waits for this to be loaded.
    from difflib import get_close_matches

    near = get_close_matches(name[:64], known, 1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
