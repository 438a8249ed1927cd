"""The folder of a recording, read."""

import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..refusal import CannotServe
from .exchange import ABOUT, BLOBS, FORMAT, LINES, Exchange, exchange

log = logging.getLogger("modeldouble_server")


def read_about(folder: Path) -> Mapping[str, Any]:
    """What a recording is about. A folder that is none, or of another format, is a CannotServe."""
    try:
        about = json.loads((folder / ABOUT).read_bytes())
        version = about["format"]
    except OSError as error:
        raise CannotServe(
            f"{folder} is no recording ({error.strerror}: {ABOUT}); name a folder that `modeldouble record` wrote"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise CannotServe(f"{folder / ABOUT} is broken ({error}); record again") from error
    if version != FORMAT:
        raise CannotServe(f"{folder} has format {version!r}, this release reads {FORMAT}; use the one that wrote it")
    found: Mapping[str, Any] = about
    return found


def read_exchanges(folder: Path) -> list[Exchange]:
    """The exchanges in the order in which they were asked; lines that are broken are passed over with a warning."""
    try:
        found = list(_lines(folder))
    except OSError as error:
        raise CannotServe(f"{folder / LINES} cannot be read ({error.strerror}); record again") from error
    if any(one.response.get("exact") is False for one in found):
        log.warning("%s: some answers spell their JSON unlike serving apps; they come back equal as JSON only", folder)
    return sorted(found, key=lambda one: one.number)


def _lines(folder: Path) -> Iterator[Exchange]:
    with (folder / LINES).open("rb") as file:
        for number, raw in enumerate(file, 1):
            try:
                yield exchange(json.loads(raw), folder / BLOBS)
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                log.warning(
                    "%s line %d is broken, as after a crash, and passed over (%s)", folder / LINES, number, error
                )
