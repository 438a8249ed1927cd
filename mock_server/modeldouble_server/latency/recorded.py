"""Times that lie in files of the operator: a recording, and a profile."""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..refusal import shown
from .times import LONGEST, Quantiles

MARK = "# written by modeldouble profile"
MOST_LINES = 200_000
"""As many as a recording has at most."""
_ROUTES = ("inference_image", "inference_image_id", "inference_image_url")


def recorded_seconds(folder: Path, most: int) -> tuple[float, ...]:
    """From 2 to `most` quantiles of the seconds until single pictures were answered, in a folder of a recording.

    A folder that is none, or that has no answered picture, is a ValueError.
    """
    # Here, as a recording brings in all that replays it.
    from ..recording.exchange import LINES

    try:
        with (folder / LINES).open("rb") as lines:
            found = sorted(_answered(lines))
    except OSError as error:
        raise ValueError(
            f"latency.recording {folder} is no recording ({error.strerror}: {LINES}); name a folder that"
            " `modeldouble record` wrote"
        ) from error
    if not found:
        raise ValueError(f"latency.recording {folder} has no answer to a single picture; record {_ROUTES[0]}")
    if len(found) == 1:
        return found[0], found[0]
    steps = min(len(found), most) - 1
    times = Quantiles(found)
    return tuple(times.at(step / steps) for step in range(steps + 1))


def _answered(lines: Any) -> Iterator[float]:
    for _, raw in zip(range(MOST_LINES), lines, strict=False):
        try:
            line = json.loads(raw)
            route, status, seconds = line["route"], line["status"], line["seconds"]["first"]
        except (ValueError, KeyError, TypeError, RecursionError):
            # Half a line, as after a crash: who replays the recording is told of it.
            continue
        known = isinstance(seconds, (int, float)) and math.isfinite(seconds) and seconds >= 0
        if known and status == 200 and str(route).strip("/") in _ROUTES:
            yield min(LONGEST, float(seconds))


def read_profile(file: Path) -> Mapping[str, Any]:
    """The document in a profile file. What is none is a ValueError."""
    from ..scenario.place import BadScenario
    from ..scenario.read import read

    try:
        found = read(file).value
    except BadScenario as error:
        told = str(error.problems[0]).replace("a scenario file, or example:NAME", "a file of `modeldouble profile`")
        raise ValueError(f"latency.profile {told}") from error
    if not isinstance(found, dict) or not found:
        raise ValueError(f"latency.profile {file} holds {shown(found)}; name a file that `modeldouble profile` wrote")
    return found
