"""Why a socket cannot be listened on."""

import errno
import socket


def not_listening(host: str, port: int, error: Exception) -> str:
    """The text of a CannotServe, after an error that `host` and `port` have brought about."""
    taken = "another process may have the port: use --port 0 for a free one"
    wrong = "use --host 127.0.0.1, or an address of this machine"
    # Without an errno: no address could be bound, as asyncio says it since 3.12.
    nowhere = isinstance(error, OSError) and error.errno in (errno.EADDRNOTAVAIL, None)
    off = nowhere or isinstance(error, (socket.gaierror, UnicodeError))
    return f"cannot listen on {host}:{port} ({error}); {wrong if off else taken}"
