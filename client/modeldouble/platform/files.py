"""Downloads on their way to disk."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from modeldouble.errors import BadArgument

ProgressCb = Callable[[int], object]
"""Called with the number of bytes, or of items, that were done since the last time."""


@contextmanager
def saved(path: str | os.PathLike[str], progress: ProgressCb) -> Iterator[BinaryIO]:
    """Open a file for writing that gets its name when the block ends well, and vanishes when it does not.

    Missing folders are made. What was at `path` before stays until then.
    """
    target = Path(path)
    if target.is_dir():
        raise BadArgument("path", str(path), "this is a directory; give the name of the file to write")
    target.parent.mkdir(parents=True, exist_ok=True)
    # Cut short, because a name of full length plus the random part would be too long for the file system.
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:32]}.")
    try:
        with Counted(io.FileIO(handle, "wb"), progress) as stream:
            yield stream
        _readable_as_usual(name)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


class Counted(io.BufferedWriter):
    """A file that reports how far it has grown; bytes written again at a new attempt are not reported again."""

    def __init__(self, raw: io.FileIO, progress: ProgressCb) -> None:
        super().__init__(raw)
        self._progress = progress
        self._reported = 0

    def write(self, data: Any, /) -> int:
        written = super().write(data)
        more = self.tell() - self._reported
        if more > 0:
            self._reported += more
            self._progress(more)
        return written


def _readable_as_usual(name: str) -> None:
    # mkstemp makes files for the owner alone; a download should look like any other new file.
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(name, 0o666 & ~mask)
