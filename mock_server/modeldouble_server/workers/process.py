"""A worker's process, as its parent has it."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ..refusal import CannotServe
from .told import Told, read

# Not `-m`, which would look for every module in the working folder first: a file redis.py of the user's would be taken
# for the library. The worker finds modules where its parent does.
_CODE = """\
import sys
sys.path[:] = filter(None, sys.path)
import json
told = json.loads(sys.stdin.readline() or sys.exit(1))
sys.path[:] = told["path"]
from modeldouble_server.workers.child import main
main(told["options"], told["listener"])
"""
LEAVES: tuple[signal.Signals, ...] = tuple(one for one in signal.Signals if one.name == "SIGHUP")
"""The signal by which a worker is asked to leave; none on Windows."""
_MOST = 1024 * 1024
"""Bytes that a worker may tell."""


class Process:
    """One worker, started. A process that cannot be is a CannotServe.

    `options` are those of `modeldouble serve`. They go over its stdin, as others can read a command line. That pipe
    stays open, and its end tells the worker that its parent is gone.
    """

    def __init__(self, name: str, listener: socket.socket, options: Mapping[str, Any]) -> None:
        try:
            # A session of its own: what a terminal sends, it sends to the parent, who passes it on once.
            self._process = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-c", _CODE, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                pass_fds=(listener.fileno(),), start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            remedy = "let this user have more processes, or give fewer --workers"
            raise CannotServe(f"{name} cannot be started ({error.strerror}); {remedy}") from error
        self.pid = self._process.pid
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        os.set_blocking(self._out.fileno(), False)
        self._said = b""
        told = {"path": list(map(str, sys.path)), "options": dict(options), "listener": listener.fileno()}
        # One that has died already has no more to be told.
        with suppress(BrokenPipeError):
            self._in.write(json.dumps(told).encode() + b"\n")
            self._in.flush()

    def told(self) -> Told | None:
        """What it has told; None as long as it has told nothing."""
        if not self._out.closed:
            with suppress(BlockingIOError):
                while len(self._said) < _MOST and (piece := os.read(self._out.fileno(), 65536)):
                    self._said += piece
        return read(self._said)

    def status(self) -> int | None:
        """How it ended: an exit status, or the negative number of a signal; None while it runs."""
        status = self._process.poll()
        if status is not None and not self._out.closed:
            self.told()
            self._out.close()
            with suppress(BrokenPipeError):
                self._in.close()
        return status

    def end(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def leave(self) -> None:
        """Ask it to end, as another one has taken its place: it bids its callers farewell."""
        self._process.send_signal(*LEAVES)

    def kill(self) -> None:
        """End it as it is."""
        self._process.kill()
