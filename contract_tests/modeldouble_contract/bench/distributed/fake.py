"""`modeldouble serve` as an operator starts it: with workers on a Redis, or alone with its own store."""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import psutil

from .asking import FRAMES_OF_VIDEO, PACE, POPPED, VIDEO_ID
from .family import last_words, started

SERVE = (sys.executable, "-m", "modeldouble_server.cli", "serve")
SCENARIO = f"""\
models:
  - {{name: bench, preset: detection, pace: {PACE}}}
platform:
  projects:
    - name: bench
      datasets:
        - {{name: long, videos: [{{video_id: {VIDEO_ID}, frames: {FRAMES_OF_VIDEO}}}]}}
"""
_READY = 60.0
"""Seconds."""
_LAST = "MODELDOUBLE_SESSION_URL"
"""Of the lines that are printed."""


class Fake(NamedTuple):
    """A running fake. `processes` are its workers and their parent, or the one process that it is."""

    port: int
    path: str
    """Before the route, without a slash at its end."""
    processes: Sequence[Any]

    @property
    def url(self) -> str:
        """Where the model answers."""
        return f"http://127.0.0.1:{self.port}{self.path}"

    @property
    def processor_seconds(self) -> float:
        """Time of the processor that all processes together have used; psutil's NoSuchProcess if one has ended."""
        times = [one.cpu_times() for one in self.processes]
        return float(sum(one.user + one.system for one in times))

    @property
    def resident_bytes(self) -> float:
        """Memory that a worker holds, on average; their parent is none, where there is one."""
        serving = self.processes[1:] or self.processes
        return float(sum(one.memory_info().rss for one in serving)) / len(serving)


def options(workers: int, redis: str | None) -> list[str]:
    """Those of `serve`; without a Redis it is one process."""
    shared = [] if redis is None else ["--redis", redis, "--workers", str(workers)]
    return ["--port", "0", "--scenario", "scenario.yaml", "--limit", f"pop={POPPED}", *shared]


@contextmanager
def serving(
    folder: Path, workers: int = 1, redis: str | None = None, more: Mapping[str, str] | None = None
) -> Iterator[Fake]:  # fmt: skip
    """Start one with files in a folder of its own, and end it. `more` is added to the environment."""
    folder.mkdir(exist_ok=True)
    (folder / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    log = folder / "serve.log"
    with started([*SERVE, *options(workers, redis)], folder, log, more) as child:
        where = urlsplit(_ready(child, log)[_LAST])
        assert where.port is not None
        yield Fake(where.port, where.path.rstrip("/"), [psutil.Process(child.pid), *child.children(recursive=True)])


def variables(text: str) -> dict[str, str]:
    """The whole lines NAME=value of what was printed."""
    lines = (line.rstrip("\r\n").partition("=") for line in text.splitlines(keepends=True) if line.endswith("\n"))
    return {name: value for name, equals, value in lines if equals and name.isidentifier()}


def _ready(child: Any, log: Path) -> Mapping[str, str]:
    until = time.monotonic() + _READY
    while time.monotonic() < until and child.poll() is None:
        found = variables(log.read_text("utf-8", "replace"))
        if _LAST in found:
            return found
        time.sleep(0.02)
    raise RuntimeError(f"the fake is not ready: {last_words(log)}")
