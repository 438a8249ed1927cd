"""What tells a recording from another one, wherever its folder lies."""

import hashlib
from pathlib import Path

from ..refusal import CannotServe
from .exchange import ABOUT, LINES

_AT_ONCE = 1024 * 1024


def identity(folder: Path, *, grows: bool) -> str:
    """A digest of what was recorded, or, of one that `grows` while it is served, of what it is about.

    Blobs are in it by their hashes, which stand in the lines. What cannot be read is a CannotServe.
    """
    found = hashlib.sha256()
    try:
        for name in (ABOUT,) if grows else (ABOUT, LINES):
            with (folder / name).open("rb") as file:
                while some := file.read(_AT_ONCE):
                    found.update(some)
    except OSError as error:
        raise CannotServe(f"{folder} cannot be read ({error.strerror}); record again") from error
    return found.hexdigest()
