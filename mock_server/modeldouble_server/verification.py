"""Whether a model was asked what a test expects, and if it was not, what came nearest."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .stubs import near
from .stubs.asked import Asked
from .stubs.conditions import Condition, read

_SHOWN, _LOOKED_AT = 3, 1000
_CONDITIONS = ("image", "image_id", "url", "video", "video_id", "frames", "route", "settings", "call")


class Wanted(NamedTuple):
    """How many calls are to be as the conditions say; `most` None: any number."""

    least: int
    most: int | None

    def __str__(self) -> str:
        if self.most is None:
            return f"at least {self.least} expected"
        return f"{self.least} expected" if self.least == self.most else f"{self.least} to {self.most} expected"


def wanted(times: int | None, at_least: int | None, at_most: int | None) -> Wanted:
    """What `assert_received` is given, of which `times` excludes the others; nothing given is at least once."""
    for name, value in (("times", times), ("at_least", at_least), ("at_most", at_most)):
        if value is not None and (type(value) is not int or value < 0):
            raise ValueError(f"{name} is {value!r}; give a whole number of at least 0")
    if times is not None and (at_least is not None or at_most is not None):
        raise ValueError("times says how often exactly; leave out at_least and at_most")
    if times is not None:
        return Wanted(times, times)
    least = (0 if at_most is not None else 1) if at_least is None else at_least
    if at_most is not None and at_most < least:
        raise ValueError(f"at_most is {at_most}, less than at_least={least}; swap them")
    return Wanted(least, at_most)


def holds(conditions: Sequence[Condition], asked: Asked) -> bool:
    """Whether a call is as all of the conditions say."""
    return all([one.holds(asked) for one in conditions])


def judged(conditions: tuple[Condition, ...], calls: Sequence[Asked], expected: Wanted) -> str | None:
    """None if as many calls as expected are as the conditions say; otherwise the text that says what came."""
    met = [one for one in calls if holds(conditions, one)]
    if expected.least <= len(met) and (expected.most is None or len(met) <= expected.most):
        return None
    lines = [f"{_times(len(met))} received: {told(conditions)}; {expected}"]
    lines += [f"  this: {near.sentence(one)}" for one in met[:_SHOWN]]
    lines += [f"  and {len(met) - _SHOWN} more like it"] if len(met) > _SHOWN else []
    if len(met) < expected.least:
        lines += _nearest(conditions, [one for one in calls if not holds(conditions, one)], bool(met))
    return "\n".join(lines)


def judged_in_order(expected: Sequence[tuple[Condition, ...]], calls: Sequence[Asked]) -> str | None:
    """None if calls came that are as expected, one after the other, with any calls between them; otherwise a text."""
    at = 0
    for number, conditions in enumerate(expected, 1):
        met = next((place for place in range(at, len(calls)) if holds(conditions, calls[place])), None)
        if met is None:
            after = f" after call {calls[at - 1].call}" if at else ""
            earlier = [one for one in calls[:at] if holds(conditions, one)]
            lines = [f"expected as number {number} of {len(expected)}, and never received{after}: {told(conditions)}"]
            lines += [f"  too early: {near.sentence(one)}" for one in earlier[:_SHOWN]]
            return "\n".join(lines + _nearest(conditions, calls[at:], bool(at)))
        at = met + 1
    return None


def told(conditions: Sequence[Condition]) -> str:
    """Conditions as a test writes them."""
    return ", ".join(f"{one.argument}={one.shown}" for one in conditions) or "(any call)"


def calls_told(calls: Sequence[Asked], most: int) -> list[str]:
    """The newest calls, a line each."""
    before = [f"({len(calls) - most} calls before these)"] if len(calls) > most else []
    return before + [near.sentence(one) for one in calls[-most:]] or ["received no call"]


def several(texts: Sequence[str], most: int = 5) -> str:
    """The first of many texts, and how many more there are."""
    return "\n".join([*texts[:most], *([f"and {len(texts) - most} more"] if len(texts) > most else [])])


def _times(count: int) -> str:
    return {0: "Never", 1: "Once"}.get(count, f"{count} times")


def _nearest(conditions: Sequence[Condition], calls: Sequence[Asked], some: bool) -> list[str]:
    """The calls that are nearly as the conditions say, field by field; of the newest thousand."""
    if not calls:
        return [] if some else ["  no call at all was received"]
    ranked = sorted(calls[-_LOOKED_AT:], key=lambda one: (-near.closeness(conditions, one), one.call))
    lines = []
    for one in ranked[:_SHOWN]:
        lines.append(f"  near: {near.sentence(one)}")
        lines += [f"    {line}" for condition in conditions for line in _differences(condition, one)]
    return lines + ([f"  and {len(calls) - _SHOWN} more"] if len(calls) > _SHOWN else [])


def _differences(condition: Condition, asked: Asked) -> list[str]:
    return [] if condition.holds(asked) else near.differences(condition, asked)


def conditions_of(given: Mapping[str, Any]) -> tuple[Condition, ...]:
    """The conditions that arguments name, those of `when`; an unknown one is a TypeError."""
    for name in given:
        if name not in _CONDITIONS:
            raise TypeError(f"condition {name!r} is unknown; known are {', '.join(_CONDITIONS)}")
    return read({name: given.get(name) for name in _CONDITIONS})
