"""What a request costs and where that ends, of what was measured. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from modeldouble_contract.bench.run import Measured, Taken
from modeldouble_contract.bench.statistics import slope, spread, values
from modeldouble_contract.bench.verdict import compared


class Cost(NamedTuple):
    """Of one route; times are microseconds of a processor for a request, medians."""

    route: str
    alone_us: float | None
    """Of a fake with its own store."""
    workers_us: Mapping[int, float]
    """Of all workers together, by their number."""
    redis_us: float
    """Of Redis, with the number of workers with which it is greatest."""
    operations: float
    """Of Redis, likewise."""
    sharing: float | None
    """Time of one worker over that of a fake with its own store, pair by pair."""

    @property
    def growth(self) -> float:
        """The greatest over the least, whichever number of workers they are of."""
        return max(self.workers_us.values()) / min(self.workers_us.values())

    @property
    def slope(self) -> float | None:
        """The exponent by which the time grows with the number of workers; 0 is flat."""
        return slope(sorted(self.workers_us.items()))

    @property
    def per_core(self) -> float:
        """Requests per second of a core that has nothing else to do, by the dearest number of workers."""
        return 1e6 / max(self.workers_us.values())

    @property
    def redis_rate(self) -> float | None:
        """Requests per second at which one core of Redis has no time left; None if it is not asked."""
        return 1e6 / self.redis_us if self.redis_us > 0 else None

    @property
    def workers_until_redis(self) -> float | None:
        """Workers, each with a core of its own, that bring Redis there."""
        return None if self.redis_rate is None else self.redis_rate / self.per_core


def costs(measured: Measured) -> list[Cost]:
    """Of every route that was measured, in their order."""
    if measured.failed:
        return []
    routes = dict.fromkeys(case.curve for case in measured.workload.cases)
    return [one for route in routes if (one := _cost(measured, route)) is not None]


def _cost(measured: Measured, route: str) -> Cost | None:
    ours, alone = measured.ours, measured.limit
    cases = [case for case in measured.workload.cases if case.curve == route and case.name in ours.readings]
    middles = {int(case.size): _median(ours, case.name, "cpu_us") for case in cases}
    workers = {count: middle for count, middle in middles.items() if middle}
    if not workers:
        return None
    first = cases[0].name
    ratio = None if alone is None else compared(measured, alone, first, "cpu_us")
    return Cost(
        route, None if alone is None else _median(alone, first, "cpu_us"), workers,
        _greatest(_median(ours, case.name, "redis_us") for case in cases),
        _greatest(_median(ours, case.name, "redis_operations") for case in cases),
        None if ratio is None else ratio.ratio,
    )  # fmt: skip


def _median(taken: Taken, case: str, measure: str) -> float | None:
    found = spread(values(taken.readings.get(case, ()), measure))
    return None if found is None else found.median


def _greatest(numbers: Iterable[float | None]) -> float:
    return max((one for one in numbers if one is not None), default=0.0)
