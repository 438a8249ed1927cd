"""The sockets of workers: one each, all of them on one port, among which the system spreads new connections.

The parent holds them for as long as it lives. So a connection that waits for a worker which ends or is killed is not
reset: it waits for the next worker of its socket.
"""

import socket
import sys
from contextlib import ExitStack
from typing import Any

from ..refusal import CannotServe


def check_shared_ports() -> None:
    """Refuse a system on which a port is one socket's."""
    if not hasattr(socket, "SO_REUSEPORT"):
        raise CannotServe(
            "--workers needs SO_REUSEPORT, which this system has not; start one server for each port, all of them with"
            " the same --redis, or leave --workers out"
        )


def bound(host: str, port: int, count: int) -> list[socket.socket]:
    """So many sockets on one port of the first address of `host`; port 0 is a free one. An OSError if it is taken.

    They do not listen: nobody is let in before a worker has checked that it may serve.
    """
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    if port:
        # As two parents of one user would share a port, and nobody be told.
        _bound(family, address, shared=False).close()
    with ExitStack() as held:
        found = list[socket.socket]()
        for _ in range(count):
            found.append(held.enter_context(_bound(family, address, shared=True)))
            address = found[0].getsockname()
        held.pop_all()
    return found


def anew(sockets: list[socket.socket], at: int) -> None:
    """Put a socket that does not listen in the place of one that does: the system gives new connections to others, and
    those that waited are reset."""
    before = sockets[at]
    sockets[at] = _bound(before.family, before.getsockname(), shared=True)
    before.close()


def only_parent(address: Any) -> socket.socket:
    """A name that one parent of an address has at a time, until it is closed; an OSError if another has it.

    As long as no worker listens, the system lets a second parent of the same user bind the port, too.
    """
    with ExitStack() as held:
        made = held.enter_context(socket.socket(socket.AF_UNIX))
        if sys.platform == "linux":
            made.bind(f"\0modeldouble {address}")
        held.pop_all()
    return made


def _bound(family: int, address: Any, *, shared: bool) -> socket.socket:
    with ExitStack() as held:
        made = held.enter_context(socket.socket(family, socket.SOCK_STREAM))
        # As asyncio does: connections of an earlier server that still fade away do not hold the port.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
        held.pop_all()
    return made
