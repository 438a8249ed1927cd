"""Inference settings: from a dict or a YAML file, with unknown names refused before anything is sent."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Union

from modeldouble.errors import BadSettings

SettingsSource = Union[Mapping[str, Any], str, "os.PathLike[str]"]

# Names that the serving framework itself understands, for every model.
ALWAYS_ACCEPTABLE = (
    "classes",
    "conf",
    "existing_objects_iou_thresh",
    "inference_mode",
    "rectangle",
    "sliding_window_params",
)


def load_settings(source: SettingsSource | None) -> dict[str, Any]:
    """Return the settings in `source` as a dict of our own; None means none."""
    if source is None:
        return {}
    if isinstance(source, (str, os.PathLike)):
        return _from_yaml(Path(source))
    if not isinstance(source, Mapping):
        raise BadSettings("inference_settings", source, "give a dict, or the path to a YAML file")
    return _own(source, "inference_settings")


def check_names(settings: Mapping[str, Any], defaults: Iterable[str]) -> None:
    """Refuse names that the model does not have, with the nearest one it has."""
    acceptable = sorted({*defaults, *ALWAYS_ACCEPTABLE})
    for name in settings:
        if name not in acceptable:
            # Only who made a mistake waits for this to be loaded.
            from difflib import get_close_matches

            near = get_close_matches(name, acceptable, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            remedy = f"the model has no such setting; {hint}It has: {', '.join(acceptable)}"
            raise BadSettings(name, settings[name], remedy, acceptable)


def _from_yaml(path: Path) -> dict[str, Any]:
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        remedy = f"there is no such file (looked from {Path.cwd()})"
        raise BadSettings("inference_settings", str(path), remedy) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings("inference_settings", str(path), f"the file cannot be read ({error})") from None
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadSettings("inference_settings", str(path), f"the file is not YAML ({error})") from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        remedy = f"the YAML must be a mapping of names to values, not a {type(value).__name__}"
        raise BadSettings("inference_settings", str(path), remedy)
    return _own(value, str(path))


def _own(source: Mapping[Any, Any], field: str) -> dict[str, Any]:
    """Copy by way of JSON: what cannot be sent is refused now, and later changes of the caller's dict do nothing."""
    for name in source:
        if not isinstance(name, str):
            raise BadSettings(field, name, "names of settings are text")
    try:
        copy: dict[str, Any] = json.loads(json.dumps(dict(source), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise BadSettings(field, dict(source), f"the values cannot be sent as JSON ({error})") from None
    return copy
