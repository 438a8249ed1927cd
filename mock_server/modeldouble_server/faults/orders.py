"""The orders of one model, and which of them a call meets."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any, NamedTuple

from ..predict.chance import Chance
from .kinds import Stage
from .reading import Order

_MOST = 100
_TOLD_MOST = 100
"""Characters of the parameters in a journal."""


class Fired(NamedTuple):
    """A fault that a call met: the order's number, and which of its calls this is."""

    order: Order
    number: int
    call: int

    @property
    def stage(self) -> Stage:
        """Where it takes hold."""
        return self.order.kind.stage

    @property
    def name(self) -> str:
        """The fault's name."""
        return self.order.fault

    def value(self, name: str) -> Any:
        """A parameter's value; None if it has none."""
        return self.order.parameters.get(name)

    def told(self) -> str:
        """What the journal says."""
        given = ", ".join(f"{name}={value}" for name, value in self.order.parameters.items() if name != "message")
        return f"{self.name}{f'({given[:_TOLD_MOST]})' if given else ''}, order {self.number}, call {self.call}"


class _Running:
    def __init__(self, order: Order, begun: float) -> None:
        self.order, self.begun = order, begun
        self.seen = self.fired = 0
        self.last = None if order.calls is None else max(order.calls)

    @property
    def is_drawn(self) -> bool:
        """It is met with a probability, as often as that may be: in which calls depends on their numbers alone."""
        return self.order.probability is not None and self.order.times is None

    def over(self, now: float) -> bool:
        order = self.order
        if order.times is not None and self.fired >= order.times:
            return True
        if self.last is not None and self.seen >= self.last:
            return True
        return order.lasting is not None and now >= self.begun + order.lasting


class Orders:
    """The orders of one model, in the order in which they came: a call meets the first that is about it.

    A call counts for every order whose route it fits, whichever it meets. `now` is the model's clock. Safe in threads.
    """

    def __init__(self, now: Callable[[], float], most: int = _MOST) -> None:
        self._now, self._most = now, most
        self._lock = threading.Lock()
        self._cleared = 0
        self._first: tuple[Order, ...] = ()
        self._begin()

    def begin(self, first: Iterable[Order]) -> None:
        """Forget all others and let these go wrong, and again after each `renew`."""
        self._first = tuple(first)
        self.renew()
        self._cleared = 0

    def renew(self) -> None:
        """Be as at first, and count from 1 again."""
        self.clear()
        for order in self._first:
            self.add(order)

    def _begin(self) -> None:
        self._running: dict[int, _Running] = {}
        self._numbers = count(1)
        self.fired: Counter[str] = Counter()
        """How often each fault was met."""

    def add(self, order: Order, begun: float | None = None) -> int:
        """Let it go wrong from now on, or since `begun`; the number of the order. Too many at once are a ValueError."""
        with self._lock:
            now = self._now() if begun is None else begun
            self._running = {number: one for number, one in self._running.items() if not one.over(now)}
            if len(self._running) >= self._most:
                raise ValueError(f"{len(self._running)} faults are ordered, the limit is {self._most}; remove some")
            number = next(self._numbers)
            self._running[number] = _Running(order, now)
            return number

    def is_counted(self, route: str) -> bool:
        """Some order is about so many calls of this route, or about certain ones, and not over."""
        with self._lock:
            now, running = self._now(), list(self._running.values())
        return any(
            (one.order.times, one.order.calls) != (None, None) and one.order.fits(route) and not one.over(now)
            for one in running
        )

    def drawn(self, route: str) -> list[str]:
        """The orders whose calls are drawn, of those that a call counts for now, each by a name that none has later.

        `take` wants to know of each which of its calls this is, where that is not counted here.
        """
        if not self._running:
            return []
        with self._lock:
            now = self._now()
            return [
                self._name(number)
                for number, one in self._running.items()
                if one.is_drawn and one.order.fits(route) and not one.over(now)
            ]

    def _name(self, number: int) -> str:
        # Orders are numbered anew when all are taken back.
        return f"{self._cleared}:{number}"

    def take(self, route: str, at: float | None = None, drawn: Mapping[str, int] | None = None) -> Fired | None:
        """Count a call, of now or of another moment, and tell which fault it meets.

        `drawn`: for the orders that were `drawn`, which call this is; one that is not among them came after the call.
        """
        if not self._running:
            return None
        with self._lock:
            now, met = self._now() if at is None else at, None
            for number, one in self._running.items():
                if not one.order.fits(route) or one.over(now):
                    continue
                call = one.seen + 1 if drawn is None or not one.is_drawn else drawn.get(self._name(number), 0)
                one.seen = max(one.seen, call)
                if call and met is None and _chosen(one.order, call):
                    one.fired += 1
                    met = Fired(one.order, number, call)
            if met is not None:
                self.fired[met.name] += 1
            return met

    def remove(self, number: int) -> bool:
        """Take one order back; False if there is none of that number."""
        with self._lock:
            return self._running.pop(number, None) is not None

    def listed(self) -> list[Mapping[str, Any]]:
        """The orders as they were written, each with its number, the calls it saw and how often it went wrong."""
        with self._lock:
            now = self._now()
            return [
                {"number": number, **one.order.told(), "seen": one.seen, "fired": one.fired, "over": one.over(now)}
                for number, one in self._running.items()
            ]

    def clear(self) -> None:
        """Let nothing go wrong any more, and count from 1 again."""
        with self._lock:
            self._cleared += 1
            self._begin()


def _chosen(order: Order, call: int) -> bool:
    if order.calls is not None:
        return call in order.calls
    if order.probability is not None:
        # Keyed by the call alone, so that a seed gives the same calls whatever else was ordered before.
        return Chance(order.seed, "fault", order.fault, order.route, call).unit() < order.probability
    return True
