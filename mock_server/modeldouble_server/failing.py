"""Calls that are to fail, whatever they ask: with a status that a test or a scenario named."""

from fnmatch import fnmatchcase

from .refusal import Refused

_LOWEST, _HIGHEST = 400, 599


class Failure:
    """One order to fail: `left` calls still to come of those whose route matches; None: all of them."""

    def __init__(self, status: int, times: int | None, route: str, message: str) -> None:
        self.status = status
        self.left = times
        self.route = route
        self.message = message


class Failing:
    """The orders of one model, which are carried out in the order in which they came."""

    def __init__(self) -> None:
        self._orders: list[Failure] = []

    def add(
        self, status: int = 503, *, times: int | None = None, route: str = "*", message: str = "told to fail"
    ) -> None:
        """Let calls be answered with `status` from now on: `times` of them, of the routes that `route` matches, where
        `*` stands for any text. What is out of range is a ValueError."""
        if type(status) is not int or not _LOWEST <= status <= _HIGHEST:
            raise ValueError(f"status={status!r}; give an HTTP status of failure, {_LOWEST} to {_HIGHEST}")
        if times is not None and (type(times) is not int or times < 1):
            raise ValueError(f"times={times!r}; give a number of calls of at least 1, or None for all")
        self._orders.append(Failure(status, times, route, message))

    def check(self, route: str) -> None:
        """Refuse a call that is to fail."""
        for order in self._orders:
            if order.left != 0 and fnmatchcase(route, order.route):
                if order.left is not None:
                    order.left -= 1
                raise Refused(order.status, f"{route}: {order.message}")

    def clear(self) -> None:
        """Let no call fail any more."""
        self._orders.clear()
