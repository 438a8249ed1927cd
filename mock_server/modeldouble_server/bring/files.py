"""JSON files of a folder that was brought, with errors that name the file."""

import json
from pathlib import Path
from typing import Any

from ..refusal import Refused, shown
from .found import Root


def read_object(root: Root, path: Path) -> dict[str, Any]:
    """The JSON object in a file."""
    try:
        value = json.loads(root.inside(path).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise Refused(
            400, f"{path} is not JSON that can be read ({str(error)[:120]}); mend it or take it out"
        ) from error
    if not isinstance(value, dict):
        raise Refused(400, f"{path} holds {shown(value)}; it must hold a JSON object")
    return value


def objects(value: Any, path: Path, where: str) -> list[dict[str, Any]]:
    """A list of objects at one place of a file."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Refused(400, f"{path}: {where} is {shown(value)}; it must be a list of objects")
    return value
