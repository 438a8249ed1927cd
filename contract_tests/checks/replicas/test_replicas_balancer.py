"""What nginx does with deploy/modeldouble.conf.template, above all when a replica ends over a request."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

from .balancer import balancer
from .program import free_ports, listens
from .topology import topology

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\nbusy"
DIES = b""


class Upstream:
    """A replica made of a socket: it answers every request with the same bytes, or ends the connection over it."""

    def __init__(self, answer: bytes) -> None:
        self.heard: list[bytes] = []
        self._answer = answer
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as reading:
                head = b"".join(iter(reading.readline, b"\r\n"))
                length = re.search(rb"Content-Length: (\d+)", head)
                # Bytes that nobody reads would end the connection with a reset.
                reading.read(int(length[1]) if length else 0)
                self.heard.append(head)
                connection.sendall(self._answer)


@contextmanager
def in_front_of(folder: Path, *ports: int) -> Iterator[int]:
    [port] = free_ports(1)
    nginx = balancer(folder, port, ports)
    with ExitStack() as running:
        running.callback(nginx.kill)
        nginx.start()
        yield port


@contextmanager
def upstreams(*answers: bytes) -> Iterator[list[Upstream]]:
    with ExitStack() as open_:
        made = [Upstream(answer) for answer in answers]
        for one in made:
            open_.callback(one.close)
        yield made


class Said(NamedTuple):
    status: int
    headers: Message
    body: bytes


def ask(port: int, method: str = "POST", path: str = "/pop_inference_results", **more: Any) -> Said:
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request(method, path, **more)
        answer = connection.getresponse()
        return Said(answer.status, answer.headers, answer.read())


def test_a_post_that_was_sent_is_never_sent_again(tmp_path: Path) -> None:
    with upstreams(DIES, DIES, DIES) as dying, in_front_of(tmp_path, *(one.port for one in dying)) as port:
        answer = ask(port)
        assert answer.status == 502
        assert "nginx has no answer" in json.loads(answer.body)["detail"]
        assert sum(len(one.heard) for one in dying) == 1


def test_a_get_that_was_sent_may_be_sent_again(tmp_path: Path) -> None:
    with upstreams(DIES, DIES, DIES) as dying, in_front_of(tmp_path, *(one.port for one in dying)) as port:
        assert ask(port, "GET").status == 502
        assert sum(len(one.heard) for one in dying) == 3


def test_a_post_that_no_replica_took_goes_to_the_next(tmp_path: Path) -> None:
    with upstreams(OK) as [running], in_front_of(tmp_path, *free_ports(2), running.port) as port:
        assert [ask(port, body=b"x" * 2_000_000).status for _ in range(9)] == [200] * 9
        assert len(running.heard) == 9


def test_a_503_of_a_replica_is_the_clients_to_see(tmp_path: Path) -> None:
    with upstreams(BUSY, BUSY) as busy, in_front_of(tmp_path, *(one.port for one in busy)) as port:
        answer = ask(port)
        assert (answer.status, answer.body, answer.headers["Retry-After"]) == (503, b"busy", "1")
        assert sum(len(one.heard) for one in busy) == 1


def test_no_replica_at_all_is_told_as_the_fake_tells_errors(tmp_path: Path) -> None:
    with in_front_of(tmp_path, *free_ports(3)) as port:
        answer = ask(port)
        told = json.loads(answer.body)
    assert answer.status == 502
    assert told["detail"] == told["message"]
    assert told["success"] is False


def test_a_body_over_the_limit_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    with upstreams(OK) as [running], in_front_of(tmp_path, running.port) as port:
        answer = ask(port, headers={"Content-Length": str(256 * 1024**2 + 1), "Connection": "close"})
        assert answer.status == 413
        assert "256 MiB" in json.loads(answer.body)["message"]
        assert running.heard == []


def test_a_replica_is_called_as_nginx_was_with_the_path_as_it_came(tmp_path: Path) -> None:
    with upstreams(OK) as [running], in_front_of(tmp_path, running.port) as port:
        ask(port, path="/net/t//x%2Fy?a=b%20c")
        [head] = running.heard
    assert head.startswith(b"POST /net/t//x%2Fy?a=b%20c HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{port}\r\n".encode() in head
    assert b"Connection: close" not in head


def test_an_answer_goes_out_as_it_comes(tmp_path: Path) -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
    with ExitStack() as opened:
        listening = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = opened.enter_context(in_front_of(tmp_path, listening.getsockname()[1]))
        client = opened.enter_context(socket.create_connection(("127.0.0.1", port), 20))
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        replica = opened.enter_context(listening.accept()[0])
        reading = opened.enter_context(client.makefile("rb"))
        replica.recv(65536)
        replica.sendall(half)
        # The rest is sent only after this was read.
        assert b"".join(iter(reading.readline, b"\r\n")).startswith(b"HTTP/1.1 200")
        assert reading.read(4) == b"half"
        replica.sendall(b" more")
        assert reading.read(5) == b" more"


def test_replicas_are_killed_ended_and_started_again_behind_nginx(tmp_path: Path) -> None:
    with topology(tmp_path, replicas=3, shared=False) as running:
        port = int(running.url.rpartition(":")[2])
        info: dict[str, Any] = {
            "path": "/get_session_info",
            "body": b"{}",
            "headers": {"Content-Type": "application/json"},
        }
        running.replicas[0].kill()
        assert running.replicas[1].end() == 0
        assert {ask(port, **info).status for _ in range(9)} == {200}
        running.replicas[2].kill()
        assert ask(port, **info).status == 502
        running.replicas[1].start()
        assert {ask(port, **info).status for _ in range(9)} == {200}
        pids = [one.pid for one in (*running.replicas, running.nginx)]
    assert [pid is None for pid in pids] == [True, False, True, False]
    assert [one.pid for one in (*running.replicas, running.nginx)] == [None] * 4
    assert not any(map(listens, (port, *running.ports)))
