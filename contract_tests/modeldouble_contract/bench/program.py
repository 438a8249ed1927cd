"""A child process that is measured, on a core of its own: it says what it is, then answers each line with a line."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

_PATIENCE = 10.0
"""Seconds that a program is given to end."""


class Program:
    """A running program. It has printed `{"ready": ...}` as its first line of JSON, which is `ready`."""

    def __init__(self, child: Any, log: Path) -> None:
        self._child, self._log = child, log
        self._seen = psutil.Process(child.pid)
        self.ready: Any = self._answer()["ready"]

    def ask(self, **question: Any) -> Any:
        """One line of JSON to its stdin, one from its stdout; what it prints in between and is no JSON is passed by."""
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(question) + "\n")
        self._child.stdin.flush()
        return self._answer()

    @property
    def processor_seconds(self) -> float:
        """Time of the processor that it and its children have used."""
        times = [one.cpu_times() for one in (self._seen, *self._seen.children(recursive=True))]
        return sum(one.user + one.system for one in times)

    @property
    def resident_bytes(self) -> int:
        """Memory that it and its children hold."""
        return sum(one.memory_info().rss for one in (self._seen, *self._seen.children(recursive=True)))

    def _answer(self) -> Any:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            if line.startswith("{"):
                return json.loads(line)
        told = self._log.read_text("utf-8", "replace")[-2000:]
        raise RuntimeError(f"{self._child.args!r} ended with {self._child.wait()} before it answered:\n{told}")


@contextmanager
def running(
    line: Sequence[str | Path], folder: Path, core: int | None = None, more: Mapping[str, str] | None = None
) -> Iterator[Program]:
    """Start a program, pinned to a core, and end it afterwards. `more` is added to the environment."""
    descriptor, log = tempfile.mkstemp(".log", dir=folder)
    with os.fdopen(descriptor, "w", encoding="utf-8") as errors:
        child = psutil.Popen(
            [str(one) for one in line], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
            cwd=folder, env=_environment(more or {}),
        )  # fmt: skip
    try:
        if core is not None:
            child.cpu_affinity([core])
        yield Program(child, Path(log))
    finally:
        _end(child)


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
    return {**kept, "PYTHONHASHSEED": "0", "NO_PROXY": "*", **more}


def _end(child: Any) -> None:
    for stream in (child.stdin, child.stdout):
        stream.close()
    family = [*child.children(recursive=True), child] if child.is_running() else []
    for one in family:
        one.terminate()
    _, left = psutil.wait_procs(family, _PATIENCE)
    for one in left:
        one.kill()
    child.wait(_PATIENCE)
