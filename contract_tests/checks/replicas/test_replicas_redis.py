"""Redis as deploy/redis.conf sets it: what was written outlives a kill, and what is full says so."""

import socket
from pathlib import Path

from .program import free_ports
from .topology import redis_server


def say(port: int, line: str) -> str:
    with socket.create_connection(("127.0.0.1", port), 20) as asking, asking.makefile("rb") as reading:
        asking.sendall(line.encode() + b"\r\n")
        told = reading.readline().decode().strip()
        return reading.readline().decode().strip() if told.startswith("$") and told != "$-1" else told


def test_what_was_acknowledged_is_there_after_a_kill(tmp_path: Path) -> None:
    [port] = free_ports(1)
    redis = redis_server(tmp_path, port)
    try:
        redis.start()
        assert say(port, "SET job 1 EX 600") == "+OK"
        redis.kill()
        redis.start()
        assert say(port, "GET job") == "1"
    finally:
        redis.kill()


def test_a_full_redis_refuses_and_throws_nothing_away(tmp_path: Path) -> None:
    [port] = free_ports(1)
    redis = redis_server(tmp_path, port, ("--maxmemory", "3mb"))
    try:
        redis.start()
        assert say(port, "SET first 1 EX 600") == "+OK"
        said = [say(port, f"SET key{n} {'x' * 60_000} EX 600") for n in range(100)]
        assert said[-1].startswith("-OOM")
        assert say(port, "GET first") == "1"
    finally:
        redis.kill()
