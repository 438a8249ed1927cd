"""A model as a test orders it: a preset, and what is to be otherwise."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .default_world import TASK_ID
from .latency.reading import read_latency
from .model import ModelSpec
from .predict.called import Called
from .presets import preset as made
from .refusal import shown
from .scene import Predictor

_GRACE = 600.0
"""Seconds beyond a function's own timeout, for calls that wait for their turn."""


def model_spec(
    preset: str = "detection", *, classes: Sequence[str] | None = None, settings: Mapping[str, Any] | None = None,
    info: Mapping[str, Any] | None = None, predictor: Predictor | Callable[..., Any] | None = None, seed: int = 0,
    pace: float | None = None, preparation: float | None = None, max_batch_size: int | None = None,
    latency: float | Mapping[str, Any] | None = None, spec: ModelSpec | None = None,
) -> ModelSpec:  # fmt: skip
    """What `Server.add_model` serves. Raises TypeError or ValueError, which name argument, value and remedy."""
    if spec is not None and (classes is not None or preset != "detection" or seed):
        raise ValueError("spec says it all; leave out preset, classes and seed")
    if isinstance(classes, str):
        raise TypeError(f'classes is {classes!r}; give a list of names, such as ["person", "car"]')
    base = made(preset, classes, seed) if spec is None else spec
    told: dict[str, Any] = {"session_id": TASK_ID} if base.info.get("session_id") is None else {}
    changes: dict[str, Any] = {"settings": {**base.settings, **_mapping("settings", settings)}}
    for name, value in (("pace", pace), ("preparation", preparation)):
        if value is not None:
            changes[name] = seconds(name, value)
    if max_batch_size is not None:
        if type(max_batch_size) is not int or max_batch_size < 1:
            raise ValueError(f"max_batch_size is {shown(max_batch_size)}; give a whole number of at least 1")
        changes["max_batch_size"] = told["max_batch_size"] = max_batch_size
    if latency is not None:
        changes["latency"] = read_latency(latency, Path()).keyed(seed, preset)
    elif base.latency is not None:
        # Models of one spec do not wait for each other.
        changes["latency"] = base.latency.again()
    changes |= {} if predictor is None else _asked_of(predictor)
    return base._replace(info={**base.info, **told, **_mapping("info", info)}, **changes)


def seconds(name: str, value: Any) -> float:
    """A time, checked."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
        raise ValueError(f"{name} is {shown(value)}; give seconds, a number of at least 0")
    return float(value)


def _mapping(name: str, value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in value):
        raise TypeError(f"{name} is {shown(value)}; give a mapping of names and values")
    return value


def _asked_of(predictor: Any) -> dict[str, Any]:
    """A predictor, or a function of a subject and settings, which is called in threads of its own."""
    if not hasattr(predictor, "predict"):
        if not callable(predictor):
            remedy = "give an object with predict(query), or a function of a subject and settings"
            raise TypeError(f"predictor is {shown(predictor)}; {remedy}")
        predictor = Called(predictor)
    patience = predictor.timeout + _GRACE if isinstance(predictor, Called) else None
    return {"predictor": predictor, "patience": patience}
