"""Workers as they are: a parent, its processes, a Redis, real sockets. And children made of nothing, for the rest."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from queue import Queue
from typing import Any, NamedTuple

import psutil
import pytest

from modeldouble_server.workers.slot import Patience, Slot
from modeldouble_server.workers.told import Ready, Refusal, Told

from ..store.redis_fixtures import redis, shared_redis
from ..store.redis_server import RedisServer

__all__ = ["redis", "shared_redis"]

GENEROUS = 60.0
"""Seconds after which a test gives up: never what is measured."""
MAIN = """
import signal, sys
# As of a script that pip has made.
sys.path[:] = filter(None, sys.path)
# A shell has the commands that it runs in the background ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
from modeldouble_server.cli import main
main()
"""


def until(holds: Callable[[], bool], what: str) -> None:
    """Return when it holds."""
    end = time.monotonic() + GENEROUS
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.02)


class Answer(NamedTuple):
    """What came back."""

    status: int
    content: Any
    closes: bool


class Caller:
    """One connection, which is made anew when the server has ended it."""

    def __init__(self, port: int) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=GENEROUS)

    def ask(self, route: str, **state: Any) -> Answer:
        """A question to the default model."""
        headers = {"Content-Type": "application/json"}
        self._http.request("POST", f"/{route}", json.dumps({"state": state}), headers)
        told = self._http.getresponse()
        return Answer(told.status, json.loads(told.read()), told.getheader("Connection") == "close")

    @property
    def port(self) -> int:
        """This end's."""
        number: int = self._http.sock.getsockname()[1]
        return number

    def close(self) -> None:
        """End the connection."""
        self._http.close()


def ask_once(port: int, route: str, **state: Any) -> Answer:
    """A question on a connection of its own."""
    caller = Caller(port)
    try:
        return caller.ask(route, **state)
    finally:
        caller.close()


class Together:
    """A `serve --workers` that runs in a folder."""

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        self._errors = folder / f"stderr{len(list(folder.glob('stderr*')))}.txt"
        # To the end of the file, whoever writes: it is read meanwhile.
        with self._errors.open("ab") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-c", MAIN, "serve", "--port", "0", *options], cwd=folder, stdout=subprocess.PIPE,
                stderr=stderr, text=True, start_new_session=True, env={**os.environ, **environment},
            )  # fmt: skip
        self._lines = Queue[str]()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._known: dict[int, psutil.Process] = {}
        self.ready: list[str] = []

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put("")

    def line(self) -> str:
        """The next line on stdout; empty at the end."""
        return self._lines.get(timeout=GENEROUS)

    def started(self) -> Together:
        """Return when its lines were printed."""
        self.ready = [self.line() for _ in range(6)]
        assert self.ready[-1], self.errors()
        self.workers()
        return self

    @property
    def port(self) -> int:
        """Of all workers."""
        return int(self.ready[0].rpartition(":")[2])

    def workers(self) -> list[psutil.Process]:
        """Those that run."""
        found = psutil.Process(self.process.pid).children()
        self._known.update({one.pid: one for one in found})
        return sorted((one for one in found if one.status() != psutil.STATUS_ZOMBIE), key=lambda one: one.pid)

    def pids(self) -> list[int]:
        """Of the workers that run."""
        return [one.pid for one in self.workers()]

    def worker_of(self, port: int) -> psutil.Process:
        """Who has the connection whose other end has this port."""
        for one in self.workers():
            if any(found.raddr and found.raddr[1] == port for found in one.net_connections("tcp")):
                return one
        raise AssertionError("no worker has this connection")

    def ask(self, route: str, **state: Any) -> Answer:
        """A question on a connection of its own."""
        return ask_once(self.port, route, **state)

    def signal(self, number: int) -> None:
        """To the parent."""
        self.process.send_signal(number)

    def status(self) -> int:
        """How it ended; none of its workers is left then."""
        status = self.process.wait(GENEROUS)
        assert not any(map(runs, self._known.values()))
        return status

    def said(self, text: str) -> bool:
        """It stands on stderr."""
        return text in self.errors()

    def errors(self) -> str:
        """What stands on stderr."""
        return self._errors.read_text("utf-8")

    def close(self) -> None:
        """Leave nothing behind: workers end when their parent is gone."""
        if self.process.poll() is None:
            self.workers()
            self.process.kill()
        self.process.wait(GENEROUS)
        until(lambda: not any(map(runs, self._known.values())), "workers outlive their parent")
        self._reader.join(GENEROUS)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def begun(redis: RedisServer, tmp_path: Path) -> Iterator[Callable[..., Together]]:
    """Runs `serve --workers 2` with these options more, and does not wait for it."""
    with ExitStack() as stack:

        def begin(*options: str, **environment: str) -> Together:
            together = Together(tmp_path, "--workers", "2", "--redis", redis.url, *options, **environment)
            stack.callback(together.close)
            return together

        yield begin


@pytest.fixture
def two(begun: Callable[..., Together]) -> Together:
    """Two workers that serve."""
    return begun().started()


class FakeChild:
    """A child that does what a test says."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.ended: int | None = None
        self.says: Told | None = None
        self.asked: list[str] = []

    def told(self) -> Told | None:
        return self.says

    def status(self) -> int | None:
        return self.ended

    def end(self) -> None:
        self.asked.append("end")

    def leave(self) -> None:
        self.asked.append("leave")

    def kill(self) -> None:
        self.asked.append("kill")

    def serve(self) -> None:
        """Tell that it is ready."""
        self.says = Ready({"SERVER_ADDRESS": f"of {self.pid}"})

    def refuse(self, text: str) -> None:
        """Tell that it cannot, and end."""
        self.says, self.ended = Refusal(text), 1


class FakeSlot:
    """A slot of fake children, and its clock."""

    def __init__(self) -> None:
        self.children: list[FakeChild] = []
        self.now = 1000.0
        self.raises: Exception | None = None
        self.shut: list[int] = []
        """After how many children nobody was let wait for the next."""
        patience = Patience(start=100.0, end=50.0)
        self.slot = Slot("worker 7", self._start, self._shut, lambda: self.now, patience)

    def _start(self) -> FakeChild:
        if self.raises is not None:
            raise self.raises
        self.children.append(FakeChild(len(self.children)))
        return self.children[-1]

    def _shut(self) -> None:
        self.shut.append(len(self.children))

    def serving(self) -> FakeSlot:
        """With its first child serving."""
        self.slot.begin()
        self.children[-1].serve()
        assert self.slot.step() == []
        return self

    def step(self, seconds: float = 0.0) -> list[str]:
        """Some seconds later."""
        self.now += seconds
        return self.slot.step()


def serving_slots(count: int) -> list[FakeSlot]:
    """So many slots whose children serve."""
    return [FakeSlot().serving() for _ in range(count)]


def kill(processes: Sequence[psutil.Process]) -> None:
    """As kill -9, and wait for it."""
    for one in processes:
        one.send_signal(signal.SIGKILL)
    until(lambda: not any(map(runs, processes)), "a process that was killed runs on")


def runs(process: psutil.Process) -> bool:
    """It is there, and no zombie."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
