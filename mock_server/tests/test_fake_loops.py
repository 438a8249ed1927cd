"""The event loop of a server: asyncio's unless somebody says otherwise."""

import asyncio
import importlib.util
import socket
import subprocess
import sys

import pytest

from modeldouble_server import CannotServe, Server
from modeldouble_server.loops import LOOPS, runner

has_uvloop = importlib.util.find_spec("uvloop") is not None


def test_asyncio_is_the_default() -> None:
    with Server() as server:
        assert server.call(_loop()).startswith("asyncio")


def test_an_unknown_loop_is_told_with_those_that_are_known() -> None:
    with pytest.raises(CannotServe, match="loop is 'trio'; use asyncio or uvloop"):
        Server(loop="trio")


def test_a_loop_that_is_not_installed_is_told_with_how_to_install_it() -> None:
    lines = "import sys; sys.modules['uvloop'] = None; from modeldouble_server import Server; Server(loop='uvloop')"
    ended = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, timeout=60, check=False)
    assert "CannotServe: loop uvloop is not installed: pip install 'modeldouble[uvloop]'" in ended.stderr


@pytest.mark.parametrize("name", LOOPS)
def test_a_server_answers_on_each_loop(name: str) -> None:
    if name == "uvloop" and not has_uvloop:
        pytest.skip("uvloop, which Windows has not, is not installed")
    with Server(loop=name) as server, socket.create_connection((server.host, server.port), timeout=20) as asking:
        assert server.call(_loop()).startswith(name)
        asking.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
        assert asking.recv(100).startswith(b"HTTP/1.1 200 ")


def test_what_runs_a_coroutine_runs_it_to_its_end() -> None:
    ended: list[str] = []

    async def work() -> None:
        await asyncio.sleep(0)
        ended.append("here")

    runner("asyncio")(work())
    assert ended == ["here"]


async def _loop() -> str:
    return type(asyncio.get_running_loop()).__module__
