"""What deploy/compose.yaml describes, as plain processes on free ports of loopback: redis-server, replicas, nginx.

with topology(folder, replicas=3) as running:
    running.replicas[0].kill()
    requests.post(f"{running.url}/get_session_info", json={})
"""

import shutil
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NamedTuple

from .balancer import REPO, balancer
from .program import Program, free_ports

REDIS = shutil.which("redis-server")
CONFIGURATION = REPO / "deploy" / "redis.conf"


class Topology(NamedTuple):
    """All processes run. `ports` are the replicas', in order; `redis` is None where each keeps its own state."""

    url: str
    nginx: Program
    replicas: Sequence[Program]
    ports: Sequence[int]
    redis: Program | None
    redis_url: str | None

    def direct(self, number: int) -> str:
        """The address of one replica, past nginx."""
        return f"http://127.0.0.1:{self.ports[number]}"


@contextmanager
def topology(
    folder: Path, *, replicas: int = 3, shared: bool = True, options: Sequence[str] = (),
    environment: Mapping[str, str] | None = None, redis_options: Sequence[str] = (),
) -> Iterator[Topology]:  # fmt: skip
    """Start all, Redis first and nginx last; at the end, end what still runs.

    `shared` is whether the replicas have their state in Redis. `options` are those of `modeldouble serve`,
    `redis_options` those of redis-server, such as ("--maxmemory", "3mb").
    """
    front, store, *ports = free_ports(2 + replicas)
    url = f"redis://127.0.0.1:{store}/0" if shared else None
    redis = redis_server(folder, store, redis_options) if shared else None
    given = [*options, *(("--redis", url) if url else ())]
    fakes = [replica(folder, number, port, given, environment) for number, port in enumerate(ports)]
    nginx = balancer(folder, front, ports)
    with ExitStack() as running:
        for program in filter(None, (redis, *fakes, nginx)):
            # Before its start, as one that does not become ready must go, too.
            running.callback(program.kill)
            program.start()
        yield Topology(f"http://127.0.0.1:{front}", nginx, fakes, ports, redis, url)


def redis_server(folder: Path, port: int, options: Sequence[str] = ()) -> Program:
    """Redis with the configuration of the containers and its files in `folder`, not started yet."""
    assert REDIS, "redis-server is not installed: apt-get install redis-server"
    data = folder / "redis"
    data.mkdir(exist_ok=True)
    command = [REDIS, str(CONFIGURATION), "--bind", "127.0.0.1", "--port", str(port), "--dir", str(data), *options]
    return Program("redis", command, folder, lambda: _pong(port))


def replica(
    folder: Path, number: int, port: int, options: Sequence[str], environment: Mapping[str, str] | None = None
) -> Program:  # fmt: skip
    """One `modeldouble serve`, not started yet."""
    command = [sys.executable, "-m", "modeldouble_server.cli", "serve", "--port", str(port), *options]
    # Its output is a file, which Python would fill by the block: a log that is read while it runs lacks its end.
    return Program(
        f"replica-{number}", command, folder, lambda: _ready(port), {"PYTHONUNBUFFERED": "1", **(environment or {})}
    )


def _ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _pong(port: int) -> bool:
    """Redis answers; while it still loads its files it says so instead."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as asking:
            asking.sendall(b"PING\r\n")
            return asking.recv(64).startswith(b"+PONG")
    except OSError:
        return False
