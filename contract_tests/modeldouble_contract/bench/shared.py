"""What several entries of a workload use together: one server, so that all of them are answered by the same process."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from modeldouble_contract.bench.program import Program, running
from modeldouble_contract.bench.workload import Place

SUBJECTS = Path(__file__).with_name("subjects")

T = TypeVar("T")


class Shared(Generic[T]):
    """Opened by the first entry that needs it, closed after the last one."""

    def __init__(self, begin: Callable[[Place], AbstractContextManager[T]]) -> None:
        self._begin = begin
        self._held: tuple[AbstractContextManager[T], T] | None = None
        self._users = 0

    @contextmanager
    def __call__(self, place: Place) -> Iterator[T]:
        """What all of them use."""
        if self._held is None:
            begun = self._begin(place)
            self._held = begun, begun.__enter__()
        self._users += 1
        _, value = self._held
        try:
            yield value
        finally:
            self._users -= 1
            if not self._users:
                ended, self._held = self._held[0], None
                ended.__exit__(None, None, None)


def client(
    place: Place, interpreter: str | Path, script: str, *more: str, env: Mapping[str, str] | None = None
) -> AbstractContextManager[Program]:
    """A script of `subjects` on the core of those who ask."""
    return running([interpreter, SUBJECTS / script, *more], place.folder, place.load_core, env)


def server(place: Place, interpreter: str | Path, script: str, *more: str) -> AbstractContextManager[Program]:
    """A script of `subjects` on the core of servers."""
    return running([interpreter, SUBJECTS / script, *more], place.folder, place.server_core)


class Served(NamedTuple):
    """The URL of a server with stored answers, and a picture to send there."""

    url: str
    picture: Path


@contextmanager
def stored(place: Place, size: int) -> Iterator[Served]:
    """A bare server that answers stored bytes, and a file of `size` bytes for it."""
    picture = place.folder / "picture.jpg"
    # Nobody decodes it: only its size counts, and that its first bytes are those of a JPEG.
    picture.write_bytes((b"\xff\xd8\xff\xe0" + bytes(range(256)) * (size // 256 + 1))[:size])
    with server(place, sys.executable, "stored.py") as program:
        yield Served(program.ready["url"], picture)
