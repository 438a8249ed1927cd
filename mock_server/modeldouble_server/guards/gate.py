"""Who may come in: a bounded number of connections, of which the longest idle one makes room for a new one."""

import asyncio
import logging
from collections import OrderedDict
from itertools import islice
from typing import TYPE_CHECKING

from aiohttp import web

from ..limits import Limits
from .turned import Turned
from .uploading import Uploading

if TYPE_CHECKING:
    from ..connection import Connection

log = logging.getLogger("modeldouble_server")
_RESERVE = 100
"""Open files that are not connections: the store, pictures being read, connections that are being turned away."""
_LEAST = 16
_TURNED = 50
"""Connections that are turned away with an answer at a time; more are closed."""
_TRIES = 64
"""Connections that are looked at before none counts as idle. Busy ones go to the end, so the next look sees others."""


class Gate:
    """The connections of one server, and the bytes that their requests hold."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.most = affordable(limits.connections)
        self.uploading = Uploading(limits.uploading_bytes)
        self.all: OrderedDict[Connection, None] = OrderedDict()
        """Connections that are served now, in the order of their last answer."""
        self._turned: dict[Turned, None] = {}
        self._told = False

    def admit(self, manager: web.Server, loop: asyncio.AbstractEventLoop) -> asyncio.Protocol:
        """The protocol of a connection that was just accepted."""
        from ..connection import Connection

        if len(self.all) < self.most or self._make_room():
            return Connection(manager, loop=loop, gate=self)
        if not self._told:
            self._told = True
            log.warning("all %d connections are taken, and none is idle; new ones are answered with 503", self.most)
        return Turned(self, loop)

    def enter(self, connection: "Connection") -> None:
        """Count a connection."""
        self.all[connection] = None

    def leave(self, connection: "Connection") -> None:
        """Count a connection no longer."""
        self.all.pop(connection, None)

    def turn(self, turned: Turned) -> bool:
        """Keep a connection that is turned away until it was answered, unless there are too many."""
        self._turned[turned] = None
        return len(self._turned) <= _TURNED

    def forget(self, turned: Turned) -> None:
        """Keep it no longer."""
        self._turned.pop(turned, None)

    def close(self) -> None:
        """End those that are being turned away; the others are aiohttp's to end."""
        for turned in list(self._turned):
            turned.abort()

    def _make_room(self) -> bool:
        for connection in list(islice(self.all, _TRIES)):
            if connection.is_resting:
                connection.drop()
                return True
            self.all.move_to_end(connection)
        return False


def affordable(most: int) -> int:
    """As many connections as the process may open files for, less a reserve, and `most` at most."""
    try:
        import resource
    except ImportError:  # Windows, which has no such limit
        return most
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return most
    return min(most, max(_LEAST, soft - _RESERVE))
