"""One worker: a server on a socket that its parent holds too."""

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NoReturn

from ..handover import Asked, leave, own_tokens, signals, variables
from ..redaction import cut_log
from ..refusal import CannotServe
from .process import LEAVES
from .told import Ready, Refusal, Told, written

Tell = Callable[[Told], None]
_STDIN, _STDOUT = 0, 1
_FAREWELL = 4.0
"""Seconds for which a worker whose place is taken answers on the connections that it has. Whoever polls comes by, and a
busy caller has asked on a connection that it has just made: with one second, thirty of some 20,000 had not."""


def main(options: Mapping[str, Any], listener: int) -> NoReturn:
    """Serve until the parent asks to end, or is gone; ends the process.

    `options` are those of `modeldouble serve`, `listener` is the number of the socket's file.
    """
    tell = _telling()
    logging.basicConfig(level=logging.WARNING, handlers=[cut_log(sys.stderr, os.environ)])
    with signals(asked := Asked(), (signal.SIGINT, signal.SIGTERM, *LEAVES)):
        threading.Thread(target=_follow, args=(asked,), daemon=True).start()
        status = _serve(options, listener, asked, tell)
    leave(status)
    sys.exit(status)


def _telling() -> Tell:
    """The way to the parent. What a predictor prints goes nowhere from now on: nobody would read it."""
    parent = os.dup(_STDOUT)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDOUT)
    os.close(nowhere)

    def tell(told: Told) -> None:
        # A parent that is gone is noticed by `_follow`.
        with suppress(BrokenPipeError):
            os.write(parent, written(told))
        os.close(parent)

    return tell


def _follow(asked: Asked) -> None:
    """Ask to end when the parent is gone, however it ended."""
    # Not by sys.stdin, whose lock would be held by this thread at the end of the process.
    while os.read(_STDIN, 4096):
        pass
    # Not as a signal: it would be the second one, which forces, if the parent has sent one before.
    if asked.by is None:
        asked.by = signal.SIGTERM


def _serve(options: Mapping[str, Any], listener: int, asked: Asked, tell: Tell) -> int:
    try:
        from ..guards.options import read_limits
        from ..server import Server
    except ModuleNotFoundError as error:
        tell(Refusal(f"a part is not installed, pip install 'modeldouble[server]' ({error})"))
        return 1
    try:
        given = {**options, "limits": read_limits(options["limits"]), **own_tokens()}
        with socket.socket(fileno=listener) as taken:
            # Or processes that a predictor starts would hold the port.
            taken.set_inheritable(False)
            with Server(**given, listener=taken) as server:
                tell(Ready(variables(server)))
                asked.wait()
                server.stop(_FAREWELL if asked.by in LEAVES else 0.0)
    except CannotServe as error:
        tell(Refusal(str(error)))
        return 1
    return 0
