"""Figures as people read them: three digits, the unit that fits, a span where cases differ."""

from collections.abc import Sequence

_SCALES = {
    "s": ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")),
    "ms": ((1e3, "s"), (1.0, "ms"), (1e-3, "µs")),
    "us": ((1e6, "s"), (1e3, "ms"), (1.0, "µs"), (1e-3, "ns")),
    "bytes": ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "bytes")),
}
_UNITS = {"s": "s", "ms": "ms", "us": "µs", "ns": "ns", "mb": "MB", "kb": "kB", "bytes": "bytes"}


def figure(number: float) -> str:
    """Three digits, and none behind the point that nobody needs: 0.0123, 1.23, 123, 12,345."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{float(f'{number:.3g}'):g}"


def quantity(number: float, unit: str, like: float | None = None) -> str:
    """A figure with its unit, scaled so that `like` (or itself) has digits before the point: 0.0012 s is 1.2 ms."""
    size = abs(number if like is None else like)
    scales = _SCALES.get(unit, ((1.0, unit),))
    scale, name = next((one for one in scales if size >= one[0]), scales[-1])
    return f"{figure(number / scale)} {name}".rstrip()


def quartiles(low: float, high: float, unit: str, like: float) -> str:
    """Two figures with the unit of a third: `1.1 to 1.3`."""
    ends = [quantity(one, unit, like).split(" ")[0] for one in (low, high)]
    return " to ".join(ends)


def times(numbers: Sequence[float]) -> str:
    """Two digits, as a span if they differ: `0.91`, `11 to 12`."""
    told = dict.fromkeys(_two(one) for one in (min(numbers), max(numbers)))
    return " to ".join(told)


def duration(seconds: float) -> str:
    """How long something took: `45 s`, `5.5 minutes`, `22 minutes`."""
    return f"{seconds:.0f} s" if seconds < 60 else f"{_two(seconds / 60)} minutes"


def unit_told(unit: str) -> str:
    """A unit as people write it: `us` is µs."""
    return _UNITS.get(unit, unit)


def named(measure: str) -> tuple[str, str]:
    """The name of a measure and its unit: `p50_ms` is p50, in ms; `load_share` has none."""
    name, _, unit = measure.rpartition("_")
    told = _UNITS.get(unit) if name else None
    return (measure if told is None else name).replace("_", " "), told or ""


def _two(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 10 else f"{float(f'{number:.2g}'):g}"
