"""Every answer is looked at, however it comes, and a wrong one ends the measurement."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest

from modeldouble_contract.bench.load.callers import Callers, Wanted, Wrong
from modeldouble_contract.bench.load.closed import closed, gather
from modeldouble_contract.bench.load.wire import MARK, Request, form_request, json_request

from .answering import Seen, answering, whole

ONE = json_request("/", {"state": {}})
SECONDS = 0.02


@contextmanager
def asking(seen: Seen, requests: list[Request], wanted: Wanted = Wanted()) -> Iterator[Callers]:  # noqa: B008
    callers = Callers(seen.port, requests, wanted, count(1))
    try:
        yield callers
    finally:
        callers.close()


def test_every_answer_is_counted_and_none_is_left_open() -> None:
    with answering(lambda number, body: [whole(b"{}")]) as seen, asking(seen, [ONE]) as callers:
        found = closed(callers, 3, SECONDS)
        assert found.answered == len(seen.bodies)
        # Each connection's first answer, and what was under way at the end.
        assert 3 <= found.answered - found.counted <= 6
        assert seen.connections == 3
        assert found.rate == found.counted / found.seconds > 0


def test_a_slow_server_is_asked_once_on_each_connection_and_not_again() -> None:
    with answering(lambda number, body: [whole(b"{}")]) as seen, asking(seen, [ONE]) as callers:
        found = closed(callers, 3, 0.0)
        assert (found.counted, found.answered, len(seen.bodies)) == (3, 6, 6)


def test_requests_go_round_and_round() -> None:
    requests = [json_request("/", at) for at in range(3)]
    with answering(lambda number, body: [whole(b"{}")]) as seen, asking(seen, requests) as callers:
        closed(callers, 1, SECONDS)
        assert seen.bodies[:6] == [b"0", b"1", b"2", b"0", b"1", b"2"]


def test_no_two_marked_requests_are_alike() -> None:
    marked = form_request("/", "a.jpg", b"<" + MARK + b">")
    with answering(lambda number, body: [whole(b"{}")]) as seen, asking(seen, [marked]) as callers:
        closed(callers, 2, SECONDS)
    assert len(set(seen.bodies)) == len(seen.bodies)
    assert {len(one) for one in seen.bodies} == {len(marked.content.partition(b"\r\n\r\n")[2])}
    assert b"<0000000000000001>" in seen.bodies[0] + seen.bodies[1]


@pytest.mark.parametrize("request_", [Request, lambda content: Request(content, content.index(MARK))])
def test_a_request_that_no_buffer_takes_at_once_is_sent_whole(request_: type[Request]) -> None:
    large = request_(form_request("/", "a.jpg", MARK + bytes(range(1, 48)) * 300_000).content)
    with answering(lambda number, body: [whole(b"{}")]) as seen, asking(seen, [large]) as callers:
        callers.connect(2)
    sent = large.content.partition(b"\r\n\r\n")[2]
    numbers = (str(at).encode().zfill(16) if large.mark else MARK for at in (1, 2))
    assert set(seen.bodies) == {sent.replace(MARK, number) for number in numbers}


@pytest.mark.parametrize("at", [0, 1, 4])
def test_a_wrong_status_is_found_whenever_it_comes(at: int) -> None:
    with (
        answering(lambda number, body: [whole(b"{}", 500 if number == at else 200)]) as seen,
        asking(seen, [ONE]) as callers,
        pytest.raises(Wrong, match=r"status 500"),
    ):
        closed(callers, 1, 5.0)


def test_the_first_body_is_compared() -> None:
    wanted = Wanted(body=b"[1]")
    with (
        answering(lambda number, body: [whole(b"[2]")]) as seen,
        asking(seen, [ONE], wanted) as callers,
        pytest.raises(Wrong, match=r"not what is wanted: b'\[2\]'"),
    ):
        callers.connect(1)


def test_a_later_body_has_the_same_length() -> None:
    wanted = Wanted(body=b"[1]")
    with (
        answering(lambda number, body: [whole(b"[1]" if number < 3 else b"[10]")]) as seen,
        asking(seen, [ONE], wanted) as callers,
        pytest.raises(Wrong, match=r"4 bytes"),
    ):
        closed(callers, 1, 5.0)


def test_a_body_that_is_too_small_is_wrong() -> None:
    with (
        answering(lambda number, body: [whole(b"[]")]) as seen,
        asking(seen, [ONE], Wanted(least=3)) as callers,
        pytest.raises(Wrong, match=r"2 bytes"),
    ):
        callers.connect(1)


def test_an_answer_in_pieces_is_one_answer() -> None:
    def pieces(number: int, body: bytes) -> list[bytes]:
        text = whole(b"0123456789")
        return [text[at : at + 1] for at in range(len(text))]

    with answering(pieces) as seen, asking(seen, [ONE], Wanted(body=b"0123456789")) as callers:
        assert gather(callers, 1, 3) == [b"0123456789"] * 3


def test_a_connection_that_the_server_closes_is_opened_anew() -> None:
    answer = whole(b"{}", more="Connection: close\r\n")
    with answering(lambda number, body: [answer, b""]) as seen, asking(seen, [ONE]) as callers:
        found = closed(callers, 2, SECONDS)
    assert found.answered == len(seen.bodies) == seen.connections > 2


def test_half_an_answer_is_wrong() -> None:
    with (
        answering(lambda number, body: [whole(b"0123456789")[:-3], b""]) as seen,
        asking(seen, [ONE]) as callers,
        pytest.raises(Wrong, match=r"ended before its answer|broke"),
    ):
        callers.connect(1)


def test_more_than_an_answer_is_wrong() -> None:
    with (
        answering(lambda number, body: [whole(b"{}") + b"more"]) as seen,
        asking(seen, [ONE]) as callers,
        pytest.raises(Wrong, match=r"4 bytes came that belong to no answer"),
    ):
        callers.connect(1)


def test_what_is_no_http_is_wrong() -> None:
    with (
        answering(lambda number, body: [b"220 mail\r\n\r\n"]) as seen,
        asking(seen, [ONE]) as callers,
        pytest.raises(Wrong, match=r"220 mail"),
    ):
        callers.connect(1)


@pytest.mark.parametrize(("connections", "wanted"), [(1, 5), (4, 4), (4, 9), (8, 2)])
def test_so_many_bodies_are_gathered(connections: int, wanted: int) -> None:
    with answering(lambda number, body: [whole(str(number).encode())]) as seen, asking(seen, [ONE]) as callers:
        assert sorted(map(int, gather(callers, connections, wanted))) == list(range(wanted))


def test_a_server_that_is_slow_is_asked_until_each_connection_has_an_answer() -> None:
    with answering(lambda number, body: [whole(b"{}")]) as seen, asking(seen, [ONE]) as callers:
        assert closed(callers, 3, 0.0).counted >= 3
