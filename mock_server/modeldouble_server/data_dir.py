"""A folder in which a server's state outlives it: it is ours, of a format we know, and one process has it at a time."""

import json
import os
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, NamedTuple

from .blobs import Contents
from .contents import FolderContents
from .refusal import CannotServe
from .store import Store
from .store.sqlite import SqliteStore

FORMAT = 1
MARK, LOCK, STATE, CONTENTS = "modeldouble.json", "modeldouble.lock", "state.sqlite", "contents"
_OURS = frozenset((MARK, f"{MARK}.part", LOCK))
"""What may lie in a folder that was not finished when its first server was killed."""


class State(NamedTuple):
    """Where a server has what it knows."""

    store: Store
    contents: Contents | None
    """Where contents are held; None: in memory."""
    passing: Store
    """What belongs to this run alone."""
    shared: bool = False
    """Other servers have the same store."""


@asynccontextmanager
async def state(path: Path | None) -> AsyncIterator[State]:
    """The state in a folder, which is made if it is absent, or in memory. What cannot be used is a CannotServe."""
    passing = SqliteStore(clock=time.time)
    try:
        if path is None:
            yield State(passing, None, passing)
            return
        with _lock(path) as lock:
            if not _taken(lock):
                raise CannotServe(f"--data-dir {path} is in use by another server; stop it, or name another folder")
            store, contents = _opened(path)
            try:
                yield State(store, contents, passing)
            finally:
                await store.close()
    finally:
        await passing.close()


def _lock(path: Path) -> IO[bytes]:
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        _check_ours(path, f"--data-dir {path}")
        return (path / LOCK).open("ab")
    except OSError as error:
        remedy = "name a folder that you may write, in one that is there"
        raise CannotServe(f"--data-dir {path} cannot be used ({error.strerror}); {remedy}") from error


def _check_ours(path: Path, told: str) -> None:
    mark = path / MARK
    if not mark.exists():
        foreign = sorted({one.name for one in path.iterdir()} - _OURS)
        if foreign:
            raise CannotServe(
                f"{told} has {foreign[0]!r} in it and was not made by modeldouble; name a new or an empty folder"
            )
        return
    try:
        told_format = json.loads(mark.read_bytes())["format"]
        if type(told_format) is not int:
            raise TypeError(told_format)
    except (ValueError, KeyError, TypeError) as error:
        raise CannotServe(f"{told}: {MARK} cannot be read; name another folder, or empty this one") from error
    if told_format > FORMAT:
        raise CannotServe(
            f"{told} is of format {told_format}, newer than {FORMAT}, which this release knows;"
            " upgrade modeldouble, or name another folder"
        )


def _opened(path: Path) -> tuple[SqliteStore, FolderContents]:
    half = path / f"{MARK}.part"
    try:
        half.unlink(missing_ok=True)
        if not (path / MARK).exists():
            half.write_text(json.dumps({"format": FORMAT}) + "\n", encoding="utf-8")
            os.replace(half, path / MARK)
        contents = FolderContents(path / CONTENTS)
        return SqliteStore(str(path / STATE), time.time), contents
    except (OSError, sqlite3.Error) as error:
        remedy = "name another folder, or empty this one"
        raise CannotServe(f"--data-dir {path} cannot be read ({error}); {remedy}") from error


def _taken(lock: IO[bytes]) -> bool:
    """Take the lock, which the system gives back when the process ends, however it ends; False: another has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            lock.seek(0)
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            # Not lockf, whose locks are the process's: two servers of one process would both have it.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
