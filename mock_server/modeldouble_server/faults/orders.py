"""The orders of one model, and which of them a call meets."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any, NamedTuple

from ..predict.chance import Chance
from ..store.claiming import Claim
from .kinds import Stage
from .reading import Order

_MOST = 100
_TOLD_MOST = 100
"""Characters of the parameters in a journal."""
_DRAWN = 256
"""Calls of which it is told at once whether they go wrong, where the calls are counted elsewhere."""


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


class Running:
    """An order that runs, and how often it was counted and met, as far as that is known here."""

    def __init__(self, order: Order, number: int, name: str, begun: float) -> None:
        self.order, self.number, self.begun = order, number, begun
        self.name = name
        """What no other order of the model is called until the model is reset."""
        self.seen = self.fired = 0
        self.last = None if order.calls is None else max(order.calls)
        self._drawn = Claim(name)

    def over(self, now: float) -> bool:
        """No call meets it any more."""
        if self.order.times is not None and self.fired >= self.order.times:
            return True
        return (self.last is not None and self.seen >= self.last) or self.lasted(now)

    def lasted(self, now: float) -> bool:
        """Its time is over."""
        return self.order.lasting is not None and now >= self.begun + self.order.lasting

    def follow(self, seen: int, fired: int) -> None:
        """It was counted and met so often at the least, by all who share it."""
        self.seen, self.fired = max(self.seen, seen), max(self.fired, fired)

    def correct(self, seen: int, fired: int) -> None:
        """It was counted and met just so often, which is not what was known here."""
        self.seen, self.fired = seen, fired

    def claim(self) -> Claim:
        """Which calls it takes, for those who count them for all; of calls that are chosen, the next so many."""
        order, first, drawn = self.order, self.seen + 1, self._drawn
        if (order.calls, order.probability) == (None, None):
            return Claim(self.name, order.times)
        if not drawn.chosen or not 0 <= first - drawn.first <= _DRAWN // 2:
            chosen = "".join("1" if _chosen(order, call) else "0" for call in range(first, first + _DRAWN))
            self._drawn = drawn = Claim(self.name, order.times, self.last, first, chosen)
        return drawn


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

    def begin(self, first: Iterable[Order], begun: float | None = None) -> None:
        """Forget all others and let these go wrong, from now on or since `begun`, and again after each `renew`."""
        self._first = tuple(first)
        self.renew(begun)

    def renew(self, begun: float | None = None) -> None:
        """Be as at first, and count from 1 again."""
        self.clear()
        self._cleared = 0
        for order in self._first:
            self.add(order, begun)

    def _begin(self) -> None:
        self._running: dict[int, Running] = {}
        self._numbers = count(1)
        self._left: Counter[str] = Counter()

    @property
    def fired(self) -> Counter[str]:
        """How often each fault was met, also of orders that are not there any more."""
        with self._lock:
            return self._left + _met(self._running.values())

    def add(self, order: Order, begun: float | None = None, over: Mapping[str, int] | None = None) -> int:
        """Let it go wrong from now on, or since `begun`; the number of the order. Too many at once are a ValueError.

        Those that are over make room: those that `over` names, with how often they were met, or as it is known here.
        """
        with self._lock:
            now = self._now() if begun is None else begun
            for number, one in list(self._running.items()):
                if one.over(now) if over is None else one.name in over or one.lasted(now):
                    self._leave(number, (over or {}).get(one.name, 0))
            if len(self._running) >= self._most:
                raise ValueError(f"{len(self._running)} faults are ordered, the limit is {self._most}; remove some")
            number = next(self._numbers)
            # Orders are numbered anew when all are taken back.
            self._running[number] = Running(order, number, f"{self._cleared}:{number}", now)
            return number

    def _leave(self, number: int, fired: int) -> bool:
        one = self._running.pop(number, None)
        if one is None:
            return False
        self._left[one.order.fault] += max(fired, one.fired)
        return True

    def over(self) -> dict[str, int]:
        """Names of those that are over, each with how often it was met."""
        with self._lock:
            now = self._now()
            return {one.name: one.fired for one in self._running.values() if one.over(now)}

    def running(self, route: str | None = None) -> list[Running]:
        """Those that are there; or those that count the next call of a route, as far as that is known here."""
        if not self._running:
            return []
        with self._lock:
            now, found = self._now(), list(self._running.values())
        return found if route is None else [one for one in found if one.order.fits(route) and not one.over(now)]

    def take(self, route: str) -> Fired | None:
        """Count a call, and tell which fault it meets."""
        if not self._running:
            return None
        with self._lock:
            now, met = self._now(), None
            for number, one in self._running.items():
                if not one.order.fits(route) or one.over(now):
                    continue
                one.seen += 1
                if met is None and _chosen(one.order, one.seen):
                    one.fired += 1
                    met = Fired(one.order, number, one.seen)
            return met

    def remove(self, number: int, fired: int = 0) -> bool:
        """Take one order back, which was met so often at the least; False if there is none of that number."""
        with self._lock:
            return self._leave(number, fired)

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


def _met(running: Iterable[Running]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in running:
        found[one.order.fault] += one.fired
    return found
