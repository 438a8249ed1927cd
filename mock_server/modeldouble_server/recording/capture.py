"""A body that passes by, kept until it is recorded: small ones in memory, others in a nameless file."""

import mmap
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from .canonical import Body

_IN_MEMORY = 1024 * 1024


class Capture:
    """What of a body passed by; one that is longer than `most` bytes is not kept."""

    def __init__(self, most: int) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by __exit__
        self._most = most
        self.size = 0

    @property
    def over(self) -> bool:
        """It is longer than what is kept."""
        return self.size > self._most

    def add(self, chunk: bytes) -> None:
        """Another piece of it."""
        self.size += len(chunk)
        if not self.over:
            self._file.write(chunk)

    @contextmanager
    def body(self) -> Iterator[Body]:
        """The whole, which must not be over."""
        self._file.flush()
        if self.size <= _IN_MEMORY:
            self._file.seek(0)
            yield self._file.read()
            return
        with mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield mapped

    def __enter__(self) -> "Capture":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
