"""`modeldouble serve --workers N`."""

import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from ..handover import check_env_file, signals, write_env_file
from ..listening import not_listening
from ..refusal import CannotServe
from .parent import RESTARTS, Parent, Wishes
from .process import Process
from .slot import Patience, Slot
from .sockets import anew, bound, check_shared_ports, only_parent

log = logging.getLogger("modeldouble_server")
Options = Mapping[str, Any]
_START = 120.0
"""Seconds in which a worker must serve: those of one Redis start one after the other."""
_MOST_GRACE, _MORE = 3600.0, 15.0
"""A worker waits for its threads beyond its grace period, and must then have ended."""


def serve_together(count: int, options: Options, env_file: Path | None, echo: Callable[[str], None]) -> int:
    """Serve by `count` processes until SIGINT or SIGTERM; the exit status. What cannot be is a CannotServe.

    `options` are those of `modeldouble serve`, `echo` is given what it prints.
    """
    _check(count, options)
    if env_file is not None:
        check_env_file(env_file)
    # A grace period that is none is told by the workers.
    patience = Patience(_START, min(_MOST_GRACE, max(0.0, options["grace"])) + _MORE)
    # Before the lines are printed: whoever reads them may send a signal at once.
    with signals(wishes := Wishes(), (signal.SIGINT, signal.SIGTERM, *RESTARTS)), ExitStack() as held:
        sockets, alone = _sockets(options, count)
        held.enter_context(alone)
        held.callback(_close, sockets)
        parent = Parent(_slots(sockets, options, patience), wishes, partial(log.warning, "%s"))
        try:
            if (found := parent.start()) is not None:
                if env_file is not None:
                    write_env_file(env_file, found)
                echo(_ready(found, count))
                parent.serve()
        finally:
            # First, so that the port is closed from the first signal on.
            held.close()
            status = parent.end(patience.end)
    return status


def _check(count: int, options: Options) -> None:
    if options["data_dir"] is not None:
        raise CannotServe(f"--workers {count}: one process at a time has a --data-dir; give --redis URL instead")
    if options["redis"] is None:
        raise CannotServe(
            f"--workers {count}: processes share their state in a Redis; give --redis URL too, or leave --workers out"
        )
    check_shared_ports()


def _sockets(options: Options, count: int) -> tuple[list[socket.socket], socket.socket]:
    host, port = options["host"], options["port"]
    try:
        found = bound(host, port, count)
        return found, only_parent(found[0].getsockname())
    except (OSError, UnicodeError) as error:
        raise CannotServe(not_listening(host, port, error)) from error


def _slots(sockets: list[socket.socket], options: Options, patience: Patience) -> list[Slot]:
    served = {**options, "port": sockets[0].getsockname()[1]}
    return [
        Slot(
            f"worker {at + 1}", partial(_started, sockets, at, served), partial(anew, sockets, at), time.monotonic,
            patience,
        )
        for at in range(len(sockets))
    ]  # fmt: skip


def _started(sockets: list[socket.socket], at: int, served: Options) -> Process:
    # The socket that stands there now, as it is replaced where no worker comes.
    return Process(f"worker {at + 1}", sockets[at], served)


def _close(sockets: list[socket.socket]) -> None:
    for one in sockets:
        one.close()


def _ready(found: Mapping[str, str], count: int) -> str:
    lines = [f"modeldouble ready: {found['SERVER_ADDRESS']}", *map("=".join, found.items())]
    return "\n".join([*lines, f"{count} workers of process {os.getpid()}: SIGHUP restarts them, one after the other"])
