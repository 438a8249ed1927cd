"""So much of Redis's protocol as a benchmark needs: a command, its one answer, and what others ask meanwhile.

It is no client of ours, so that nothing of what is measured takes part in the measuring.
"""

import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO

PATIENCE = 20.0
_END = "modeldouble-bench-so-far"
"""Is echoed after what is counted."""
_OWN = frozenset({"AUTH", "CLIENT", "ECHO", "HELLO", "INFO", "MONITOR", "PING", "SELECT"})
"""What is asked of a connection or by this benchmark, and not for a request."""
# https://redis.io/docs/latest/commands/monitor/ has the form; what a script asks has `lua` for an address.
_LINE = re.compile(r'\+[\d.]+ \[\d+ (\S+)\] "([^"]+)"')


class Refused(Exception):
    """An answer that is an error, or no answer at all."""


def packed(words: Iterable[str]) -> bytes:
    """A command as it is sent."""
    every = [word.encode() for word in words]
    return b"".join((b"*%d\r\n" % len(every), *(b"$%d\r\n%s\r\n" % (len(word), word) for word in every)))


def answer(stream: IO[bytes]) -> str:
    """The next answer that is a line or one text; raises `Refused`."""
    line = stream.readline()
    kind, told = line[:1], line[1:].rstrip(b"\r\n").decode("utf-8", "replace")
    if kind == b"$" and told != "-1":
        length = int(told)
        return stream.read(length + 2)[:length].decode("utf-8", "replace")
    if kind in (b"+", b":"):
        return told
    raise Refused(f"Redis answered {line[:200]!r}")


def facts(text: str) -> dict[str, str]:
    """The lines of an INFO: `name:value`."""
    parts = (line.partition(":") for line in text.splitlines() if not line.startswith("#"))
    return {name: value.strip() for name, colon, value in parts if colon}


def operations(lines: Iterable[str]) -> int:
    """How many commands clients sent, of a MONITOR's lines: what scripts ask is a part of the script's run."""
    seen = (_LINE.match(line) for line in lines)
    return sum(one is not None and one[1] != "lua" and one[2].upper() not in _OWN for one in seen)


class Connection:
    """A connection to a Redis on a port of loopback."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._stream = self._socket.makefile("rb")

    def ask(self, *words: str) -> str:
        """What is answered to one command; raises `Refused`."""
        self._socket.sendall(packed(words))
        return answer(self._stream)

    def until(self, mark: str) -> Iterator[str]:
        """Lines up to the one that holds the mark."""
        while mark not in (line := self._stream.readline().decode("utf-8", "replace")):
            if not line:
                raise Refused("Redis ended a connection")
            yield line

    def close(self) -> None:
        """End it."""
        self._stream.close()
        self._socket.close()


class Watched:
    """How many operations there were in a block; it is known after it."""

    operations = 0


@contextmanager
def watched(port: int) -> Iterator[Watched]:
    """Count what clients ask in the block. Redis keeps the lines until the end of it: it must be short."""
    found, watching, asking = Watched(), Connection(port), Connection(port)
    try:
        watching.ask("MONITOR")
        yield found
        asking.ask("ECHO", _END)
        found.operations = operations(watching.until(_END))
    finally:
        watching.close()
        asking.close()
