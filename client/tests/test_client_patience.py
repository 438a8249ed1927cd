"""Sockets that dribble, fall silent or never read: what is waited for ends by the deadline, on each way out."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from modeldouble import Api, DeadlineExceeded, HttpTransport, Session, StartUncertain, TimedOut
from modeldouble.patience import Bounds, Patience, patient

SHORT = 0.2
WATCHDOG = 30.0
"""Seconds after which a call counts as one that never ends; none is measured."""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"

Play = Callable[[socket.socket, threading.Event], None]


def hangs(peer: socket.socket, over: threading.Event) -> None:
    over.wait(WATCHDOG)


def _dribble(peer: socket.socket, over: threading.Event, byte: bytes) -> None:
    while not over.wait(0.05):
        peer.sendall(byte)


def dribbles_headers(peer: socket.socket, over: threading.Event) -> None:
    peer.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _dribble(peer, over, b"x")


def dribbles_a_body(peer: socket.socket, over: threading.Event) -> None:
    peer.sendall(HEAD)
    _dribble(peer, over, b" ")


def dribbles_chunks(peer: socket.socket, over: threading.Event) -> None:
    peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    _dribble(peer, over, b"1\r\n \r\n")


def dribbles_a_chunk_size(peer: socket.socket, over: threading.Event) -> None:
    peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    _dribble(peer, over, b"0")


def goes_on_for_ever(peer: socket.socket, over: threading.Event) -> None:
    """One interim answer after the other."""
    _dribble(peer, over, b"HTTP/1.1 100 Continue\r\n\r\n")


PLAYS: list[Play] = [
    hangs, dribbles_headers, dribbles_a_body, dribbles_chunks, dribbles_a_chunk_size, goes_on_for_ever,
]  # fmt: skip


class Slow:
    """A socket at which every connection is played to; `healthy` answers come first."""

    def __init__(self, play: Play, healthy: int = 0) -> None:
        self._play, self._healthy, self.over = play, healthy, threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        self._listening.settimeout(0.05)
        while not self.over.is_set():
            with contextlib.suppress(TimeoutError):
                peer, _ = self._listening.accept()
                peer.settimeout(WATCHDOG)
                self._threads.append(threading.Thread(target=self._serve, args=(peer,), daemon=True))
                self._threads[-1].start()

    def _serve(self, peer: socket.socket) -> None:
        with peer, contextlib.suppress(OSError):
            while self._healthy:
                peer.recv(65536)
                self._healthy -= 1
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
            self._play(peer, self.over)

    def stop(self) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join(WATCHDOG)
        self._listening.close()


@pytest.fixture
def slow() -> Iterator[Callable[..., Slow]]:
    made: list[Slow] = []

    def make(*arguments: Any) -> Slow:
        made.append(Slow(*arguments))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def ended(call: Callable[[], object]) -> BaseException:
    """What a call raises; that it ends at all is seen from outside."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001  whatever it is, it is looked at
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(WATCHDOG)
    assert not thread.is_alive(), "it has not ended"
    return raised[0]


@pytest.mark.parametrize("play", PLAYS)
def test_a_connection_meets_its_deadline(slow: Callable[..., Slow], play: Play) -> None:
    url = slow(play).url
    assert isinstance(ended(lambda: Session(session_url=url, deadline=SHORT)), DeadlineExceeded)


@pytest.mark.parametrize("play", PLAYS)
@pytest.mark.parametrize("call", ["image", "big", "video", "job", "meta"])
def test_each_kind_of_call_meets_its_deadline(slow: Callable[..., Slow], play: Play, call: str, tmp_path: Path) -> None:
    # The big one fills what the system buffers for a server that does not read.
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff" + bytes(1 << 24 if call == "big" else 10))
    session = Session(session_url=slow(play, 1).url, deadline=SHORT)
    calls: dict[str, Callable[[], object]] = {
        "image": lambda: session.inference_image_path(tmp_path / "a.jpg"),
        "big": lambda: session.inference_image_path(tmp_path / "a.jpg"),
        "video": lambda: session.inference_video_id(5),
        "job": lambda: session.inference_video_id_async(5),
        "meta": session.get_model_meta,
    }
    error = ended(calls[call])
    assert isinstance(error, StartUncertain if call == "job" else DeadlineExceeded)
    session.close()


@pytest.mark.parametrize("play", PLAYS)
def test_a_download_meets_its_deadline_and_leaves_nothing(
    slow: Callable[..., Slow], play: Play, tmp_path: Path
) -> None:
    api = Api(slow(play).url, "t" * 128, deadline=SHORT)
    assert isinstance(ended(lambda: api.image.download_path(7, tmp_path / "a.jpg")), DeadlineExceeded)
    assert list(tmp_path.iterdir()) == []
    api.close()


def test_headers_that_never_end_are_bounded_without_a_deadline(slow: Callable[..., Slow]) -> None:
    readings = iter(range(0, 10**9, 60))
    transport = HttpTransport(sleep=lambda seconds: None, clock=lambda: float(next(readings)))
    error = ended(lambda: Session(session_url=slow(dribbles_headers).url, transport=transport))
    assert isinstance(error, TimedOut)
    assert "too slowly" in str(error)
    transport.close()


def test_each_wait_is_as_long_as_what_is_left() -> None:
    now = [100.0]
    patience = Patience(lambda: now[0])
    patience.bounds = Bounds(end=130.0, sending=5.0, silence=20.0, answer=25.0)
    assert (patience.to_send(), patience.to_read()) == (5.0, 20.0)
    now[0] = 127.0
    assert (patience.to_send(), patience.to_read(), patience.spent) == (3.0, 3.0, False)
    now[0] = 130.0
    with pytest.raises(TimeoutError):
        patience.to_read()
    assert patience.spent


def test_an_answer_is_bounded_from_where_it_begins() -> None:
    patience = Patience(lambda: 100.0)
    patience.bounds = Bounds(end=float("inf"), answer=25.0)
    patience.answer_begins()
    assert patience.bounds.end == 125.0
    patience.bounds = Bounds(end=110.0, answer=25.0)
    patience.answer_begins()
    assert patience.bounds.end == 110.0


def test_the_socket_is_told_before_each_wait() -> None:
    now = [100.0]
    patience = Patience(lambda: now[0])
    patience.bounds = Bounds(end=130.0, sending=5.0, silence=20.0)
    connection = patient(HTTPConnection, patience)("unused")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection.sock = ours
        now[0] = 128.0
        connection.request("POST", "/", b"x")
        assert ours.gettimeout() == 2.0
        theirs.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
        now[0] = 129.0
        response = connection.getresponse()
        assert ours.gettimeout() == 1.0
        theirs.sendall(b"late")
        now[0] = 129.5
        assert response.read() == b"late"
        assert ours.gettimeout() == 0.5
