"""The one reader of latency documents: of scenarios, of `add_model`, of the admin API and of profile files."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from ..refusal import shown
from .card import label
from .latency import SYNTHETIC, Latency, Terms
from .recorded import read_profile, recorded_seconds
from .times import LONGEST, Fixed, Lognormal, Quantiles, Times, Uniform

MOST_WORKERS = 1000
MOST_QUANTILES = 1001


class Field(NamedTuple):
    """A field of a document: what its value is, what it says, and a value as JSON has it."""

    kind: str
    says: str
    example: Any


FIELDS: Mapping[str, Field] = {
    "fixed": Field("seconds", "Every call takes as long.", 0.05),
    "min": Field("seconds", "With `max`: each picture has a time of its own, whenever it is asked for.", 0.01),
    "max": Field("seconds", "With `min`.", 0.03),
    "uniform": Field("min and max", "Each call has a time of its own between the two.", {"min": 0.01, "max": 0.03}),
    "lognormal": Field("p50 and p99", "Half of the calls take less than `p50`, one in a hundred more than `p99`.",
                       {"p50": 0.03, "p99": 0.12}),
    "quantiles": Field("list of seconds", "Times from the least to the most, in equal steps of probability.",
                       [0.02, 0.03, 0.09]),
    "recording": Field("folder", "The times of single pictures in a folder that `modeldouble record` wrote.", "yolo"),
    "profile": Field("file", "What `modeldouble profile` wrote; only `workers`, `cold_start` and `idle_after` may"
                     " stand beside it.", "yolo.yaml"),
    "per_image": Field("seconds", "Of each picture of a batch after the first, whose time is the call's. Without it"
                       " every picture takes its own.", 0.004),
    "per_megapixel": Field("seconds", "Beside that, for each million pixels.", 0.01),
    "workers": Field("whole number", "Calls that are worked on at a time; others wait. Without it all are.", 2),
    "cold_start": Field("seconds", "The first call takes so much longer.", 3.5),
    "idle_after": Field("seconds", "After so long without work the next call is a first one again.", 600),
    "card": Field("mapping", "When and on what a profile was measured, and how far it is off.", None),
}  # fmt: skip
TIMES = ("fixed", "min", "uniform", "lognormal", "quantiles", "recording", "profile")
"""Of which a document has one at most."""
_BESIDE_PROFILE = ("workers", "cold_start", "idle_after")


def read_latency(value: Any, folder: Path | None) -> Latency:
    """A latency out of seconds or of a document. Files are looked for in `folder`; None, as on the wire: nowhere.

    A ValueError names field, value and remedy.
    """
    if not isinstance(value, Mapping):
        return Latency(Terms(Fixed(_seconds(value, "latency"))), value)
    _check_keys(value, FIELDS, "latency")
    given = [name for name in TIMES if name in value] or [name for name in ("max",) if name in value]
    if not value or len(given) > 1:
        told = " and ".join(given) or "nothing"
        raise ValueError(f"latency has {told}; give {'one of them' if given else 'seconds, or a field of a document'}")
    if given == ["profile"]:
        return _profiled(value, folder)
    times = _TIMES[given[0]](value, folder) if given else Fixed(0.0)
    named = SYNTHETIC if "card" not in value else label(value["card"])
    return Latency(_terms(value, times, by_picture=given == ["min"]), dict(value), named)


def _profiled(value: Mapping[str, Any], folder: Path | None) -> Latency:
    beside = [name for name in value if name not in ("profile", *_BESIDE_PROFILE)]
    if beside:
        raise ValueError(f"latency.{beside[0]} stands beside profile; change a copy of the profile, without its card")
    file = _path(value, "profile", folder)
    document = read_profile(file)
    if "profile" in document or "recording" in document:
        raise ValueError(f"latency.profile {file} names another file; give one that `modeldouble profile` wrote")
    try:
        found = read_latency({**document, **{name: value[name] for name in _BESIDE_PROFILE if name in value}}, None)
    except ValueError as error:
        raise ValueError(f"latency.profile {file}: {error}") from error
    told = [name for name in _BESIDE_PROFILE if name in value]
    named = f"{found.label}, {' and '.join(told)} as told" if told else found.label
    return Latency(found.terms, dict(value), named)


def _terms(value: Mapping[str, Any], times: Times, by_picture: bool) -> Terms:
    amounts = {one: _seconds(value[one], f"latency.{one}") for one in ("per_image", "per_megapixel", "cold_start",
               "idle_after") if one in value}  # fmt: skip
    if "idle_after" in amounts and not amounts.get("cold_start"):
        raise ValueError(f"latency.idle_after is {amounts['idle_after']:g} without a cold_start; give one too")
    workers = value.get("workers")
    if "workers" in value and (type(workers) is not int or not 1 <= workers <= MOST_WORKERS):
        raise ValueError(f"latency.workers is {shown(workers)}; give a whole number from 1 to {MOST_WORKERS}")
    return Terms(times=times, by_picture=by_picture, workers=workers, **amounts)


def _fixed(value: Mapping[str, Any], folder: Path | None) -> Times:
    return Fixed(_seconds(value["fixed"], "latency.fixed"))


def _short(value: Mapping[str, Any], folder: Path | None) -> Times:
    ends = {name: value[name] for name in ("min", "max") if name in value}
    return Uniform(*_pair(ends, "latency", "min", "max"))


def _uniform(value: Mapping[str, Any], folder: Path | None) -> Times:
    return Uniform(*_pair(value["uniform"], "latency.uniform", "min", "max"))


def _lognormal(value: Mapping[str, Any], folder: Path | None) -> Times:
    p50, p99 = _pair(value["lognormal"], "latency.lognormal", "p50", "p99")
    if p50 < 1e-9:
        raise ValueError(f"latency.lognormal.p50 is {p50:g}; give at least a nanosecond, or fixed")
    return Lognormal(p50, p99)


def _quantiles(value: Mapping[str, Any], folder: Path | None) -> Times:
    given = value["quantiles"]
    if not isinstance(given, (list, tuple)) or not 2 <= len(given) <= MOST_QUANTILES:
        raise ValueError(f"latency.quantiles is {shown(given)}; give a list of 2 to {MOST_QUANTILES} numbers")
    seconds = tuple(_seconds(one, f"latency.quantiles[{at}]") for at, one in enumerate(given))
    for at, (one, after) in enumerate(pairwise(seconds)):
        if after < one:
            raise ValueError(f"latency.quantiles[{at + 1}] is {after:g}, less than the one before; sort them")
    return Quantiles(seconds)


def _recording(value: Mapping[str, Any], folder: Path | None) -> Times:
    return Quantiles(recorded_seconds(_path(value, "recording", folder), MOST_QUANTILES))


_TIMES: Mapping[str, Callable[[Mapping[str, Any], Path | None], Times]] = {
    "fixed": _fixed, "min": _short, "max": _short, "uniform": _uniform, "lognormal": _lognormal,
    "quantiles": _quantiles, "recording": _recording,
}  # fmt: skip


def _pair(value: Any, field: str, low: str, high: str) -> tuple[float, float]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{field} is {shown(value)}; give a mapping of {low} and {high}")
    _check_keys(value, (low, high), field)
    for name in (low, high):
        if name not in value:
            raise ValueError(f"{field}.{name} is missing; add it")
    least, most = (_seconds(value[name], f"{field}.{name}") for name in (low, high))
    if least > most:
        raise ValueError(f"{field}.{low} is {least:g}, over {high}, which is {most:g}; swap them")
    return least, most


def _path(value: Mapping[str, Any], name: str, folder: Path | None) -> Path:
    given = value[name]
    if folder is None:
        raise ValueError(f"latency.{name} is {shown(given)}; no file is read here: give the document that is in it")
    if not isinstance(given, str) or not given or "\0" in given:
        raise ValueError(f"latency.{name} is {shown(given)}; give a path")
    return folder / given


def _check_keys(value: Mapping[str, Any], known: Any, field: str) -> None:
    for name in value:
        if name not in known:
            # Only who made a mistake waits for this to be loaded.
            from difflib import get_close_matches

            near = get_close_matches(str(name), list(known), 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
            raise ValueError(f"{field}.{shown(name)} is unknown; {hint}")


def _seconds(value: Any, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= LONGEST:
        raise ValueError(f"{field} is {shown(value)}; give seconds, a number from 0 to {LONGEST:g}")
    return float(value)
