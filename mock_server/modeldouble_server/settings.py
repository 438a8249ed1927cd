"""What a request's settings mean: types and ranges checked, defaults added, unknown names passed with a hint."""

from collections.abc import Mapping
from typing import Any

from .predict import windows
from .predict.acting import OVERLAPS, THRESHOLDS
from .refusal import Refused, shown

UNIT = frozenset((*THRESHOLDS, *OVERLAPS, "existing_objects_iou_thresh"))
"""Settings that are a number from 0 to 1 wherever they appear."""
_FARTHEST = 2**31
MODES = ("full_image", "sliding_window")
_OURS = "sliding_window_mode"
"""The app's own, which it puts in place of whatever a caller sends under this name."""
PROTOCOL = frozenset((*THRESHOLDS, "classes", "inference_mode", "sliding_window_params", "rectangle", _OURS))
"""Names that mean something to every serving app, whatever defaults it announces."""


def resolve(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Settings in force: the given ones, checked, and the defaults of those that were not given.

    A given threshold replaces every default one: whoever sends `conf` does not mean the app's `conf_thres`, nor who
    sends `iou` its `iou_thres`. A null means that the default holds. A `sliding_window_mode` is passed over.
    """
    if not given:
        return dict(defaults)
    for name, value in given.items():
        _check(name, value, defaults)
    sent = {
        name: value
        for name, value in given.items()
        if name != _OURS and (value is not None or name not in defaults)
    }  # fmt: skip
    meant = [names for names in (THRESHOLDS, OVERLAPS) if any(given.get(name) is not None for name in names)]
    kept = {name: value for name, value in defaults.items() if not any(name in names for names in meant)}
    return {**kept, **sent}


def unknown(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """Names that neither the model nor the protocol knows, each with the nearest name that one of them does."""
    if not given:
        return []
    names = sorted({*defaults, *PROTOCOL, *UNIT})
    strange = [name for name in given if name not in names]
    if not strange:
        return []
    # Only who made a mistake waits for this to be loaded.
    from difflib import get_close_matches

    return [(name, next(iter(get_close_matches(name, names, 1)), None)) for name in strange]


def _check(name: str, value: Any, defaults: Mapping[str, Any]) -> None:
    if name in UNIT:
        _check_unit(name, value)
    elif name == "classes":
        _check_classes(value)
    elif name == "rectangle":
        _check_rectangle(value)
    elif name == "inference_mode" and value not in MODES:
        raise Refused(400, f"settings.inference_mode is {shown(value)}; send one of {', '.join(MODES)}")
    elif name == "sliding_window_params":
        windows.read(value)
    elif name in defaults and not _same_type(value, defaults[name]):
        wanted = type(defaults[name]).__name__
        raise Refused(
            400, f"settings.{name} is {shown(value)}; send a {wanted}, such as the default {defaults[name]!r}"
        )


def _check_unit(name: str, value: Any) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if value is not None and not (number and 0 <= value <= 1):
        raise Refused(400, f"settings.{name} is {shown(value)}; send a number from 0 to 1")


def _check_classes(value: Any) -> None:
    names = isinstance(value, list) and all(isinstance(name, str) for name in value)
    if not names and value not in (None, "all"):
        raise Refused(400, f'settings.classes is {shown(value)}; send a list of class names, or "all"')


def _check_rectangle(value: Any) -> None:
    if value is None:
        return
    try:
        (left, top), (right, bottom) = value["points"]["exterior"]
        # JSON's 1e999 is read as infinity, which no pixel has.
        near = all(type(at) in (int, float) and abs(at) < _FARTHEST for at in (left, top, right, bottom))
        good = near and left <= right and top <= bottom
    except (TypeError, KeyError, ValueError):
        good = False
    if not good:
        remedy = '{"points": {"exterior": [[left, top], [right, bottom]], "interior": []}}'
        raise Refused(400, f"rectangle is {shown(value)}; send {remedy}")


def _same_type(value: Any, default: Any) -> bool:
    if default is None or value is None:
        return True
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, (int, float)):
        return isinstance(value, (int, float))
    return isinstance(value, type(default))
