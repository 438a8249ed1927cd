"""A child process and those that it starts itself: how all of them are ended, by their ids."""

import contextlib
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

PATIENCE = 10.0
"""Seconds that processes are given to end by themselves."""


@contextmanager
def started(
    line: Sequence[str | Path], folder: Path, log: Path, more: Mapping[str, str] | None = None
) -> Iterator[Any]:  # fmt: skip
    """A process as `psutil.Popen`, which writes all that it says into a file; at the end it and its children end."""
    with log.open("wb") as told:
        child = psutil.Popen(
            [str(one) for one in line],
            cwd=folder,
            env=environment(more or {}),
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=told,
        )
    try:
        yield child
    finally:
        end(child)


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """Ours without proxies, so that loopback is asked directly."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
    return {**kept, "NO_PROXY": "*", "PYTHONHASHSEED": "0", "PYTHONUNBUFFERED": "1", **more}


def end(child: Any, patience: float = PATIENCE) -> None:
    """Ask the parent to end, as an operator does; whoever is left then is killed."""
    if child.poll() is not None:
        return
    # Listed first: those of a parent that has ended cannot be found any more.
    family = [*child.children(recursive=True), child]
    child.terminate()
    _, left = psutil.wait_procs(family, patience)
    for one in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    psutil.wait_procs(left, patience)


def last_words(log: Path, most: int = 2000) -> str:
    """The end of what a process said."""
    return log.read_text("utf-8", "replace")[-most:]
