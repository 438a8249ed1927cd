"""The card of a profile: when and on what it was measured, and how far it is off."""

from collections.abc import Mapping
from typing import Any

from ..refusal import shown

MOST_TEXT = 200
_NEEDED = ("date", "hardware", "fitted", "held_out", "error")


def label(card: Any) -> str:
    """What a profile is called wherever it shows. A card that lacks something is a ValueError."""
    if not isinstance(card, Mapping):
        raise ValueError(f"latency.card is {shown(card)}; give the card that `modeldouble profile` wrote, or none")
    for name in _NEEDED:
        if name not in card:
            raise ValueError(f"latency.card.{name} is missing; measure again, or take the card out")
    date, hardware = (_text(card[name], f"latency.card.{name}") for name in ("date", "hardware"))
    fitted = _number(card["fitted"], "latency.card.fitted")
    p50 = card["error"].get("p50") if isinstance(card["error"], Mapping) else None
    percent = _number(p50.get("percent") if isinstance(p50, Mapping) else None, "latency.card.error.p50.percent")
    return f"measured {date} on {hardware}, n={fitted:g}, p50 off by {abs(percent):.2g} %"


def _text(value: Any, field: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MOST_TEXT or not value.isprintable():
        raise ValueError(f"{field} is {shown(value)}; give one line of at most {MOST_TEXT} characters")
    return value


def _number(value: Any, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e9:
        raise ValueError(f"{field} is {shown(value)}; give the number that `modeldouble profile` wrote")
    return value
