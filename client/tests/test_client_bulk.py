"""Many pictures in one call: in order, a few at a time, and what happens to the others when one fails."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from modeldouble import BadArgument, BadImage, DeadlineExceeded, Prediction, Refused, Session

if TYPE_CHECKING:
    from tests.conftest import Json, PaperTransport, Received, Reply, RoughServer

    Connect = Callable[..., Session]

PICTURE = b"\xff\xd8\xff"
WATCHDOG = 20.0


def named(request: Received) -> int:
    """The number in the file name of an upload."""
    return int(request.body.partition(b'filename="')[2].partition(b".jpg")[0])


class Counting:
    """Answers with the number of the picture, and counts how many are in flight; `open` lets them be answered."""

    def __init__(self, reply: type[Reply], predict: Callable[..., Json]) -> None:
        self._reply, self._predict, self._lock = reply, predict, threading.Lock()
        self.now = self.most = 0
        self.open = threading.Event()

    def __call__(self, request: Received) -> Reply:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.open.wait(WATCHDOG)
        with self._lock:
            self.now -= 1
        return self._reply(self._predict(named(request)))


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number}.jpg" for number in range(12)]
    for path in paths:
        path.write_bytes(PICTURE)
    return paths


@pytest.fixture
def answering(paper: PaperTransport, reply: type[Reply], predict: Callable[..., Json]) -> Callable[..., Session]:
    """A session on paper, whose server answers with the length of the picture, and refuses those of `bad` bytes."""

    def make(bad: tuple[int, ...] = (), **arguments: Any) -> Session:
        def answer(request: Received) -> Reply:
            size = paper.sent[-1][1].parts[0].size
            return reply({"detail": "no"}, 400) if size in bad else reply(predict(size))

        paper.script.on("inference_image", answer)
        return Session(session_url="http://paper", transport=paper, **arguments)

    return make


def frames(results: list[Prediction]) -> list[int]:
    return [result["frame_index"] for result in results]


def sized(*sizes: int) -> list[bytes]:
    return [bytes(size) for size in sizes]


def slow_script(rough: RoughServer, waiting: Callable[[Received], Reply]) -> None:
    """The script plays one request at a time: a plan that waits is kept out of its lock."""
    play = rough.play

    def free(request: Received) -> Reply:
        return waiting(request) if request.route == "inference_image" else play(request)

    rough.play = free  # type: ignore[method-assign]


def test_answers_come_in_the_order_of_the_pictures(
    rough: RoughServer, connect: Connect, reply: type[Reply], predict: Callable[..., Json], files: list[Path]
) -> None:
    first = threading.Event()

    def answer(request: Received) -> Reply:
        # The first is answered after another one.
        if named(request) == 0:
            assert first.wait(WATCHDOG)
        first.set()
        return reply(predict(named(request)))

    slow_script(rough, answer)
    assert frames(connect().infer_many(files, concurrency=3)) == list(range(12))


@pytest.mark.parametrize("concurrency", [1, 4])
def test_no_more_are_in_flight_than_was_said(
    rough: RoughServer, connect: Connect, reply: type[Reply], predict: Callable[..., Json], files: list[Path],
    concurrency: int,
) -> None:  # fmt: skip
    counting, taken = Counting(reply, predict), 0
    slow_script(rough, counting)
    session = connect()

    def pictures() -> Iterator[Path]:
        nonlocal taken
        for path in files:
            taken += 1
            # All that may be in flight are: nothing more is taken before one of them was answered.
            if taken == concurrency:
                threading.Timer(0.2, counting.open.set).start()
            assert taken <= concurrency or counting.open.is_set()
            yield path

    assert frames(session.infer_many(pictures(), concurrency=concurrency)) == list(range(12))
    assert (counting.most, taken) == (concurrency, 12)


def test_a_file_is_opened_at_its_turn(
    answering: Callable[..., Session], paper: PaperTransport, reply: type[Reply], predict: Callable[..., Json],
    tmp_path: Path,
) -> None:  # fmt: skip
    session = answering()

    def write(request: Received) -> Reply:
        # Only the answer to the first puts the second where it is looked for.
        (tmp_path / "late.jpg").write_bytes(PICTURE)
        return reply(predict())

    paper.script.on("inference_image", write)
    assert len(session.infer_many([b"12", tmp_path / "late.jpg"], concurrency=1)) == 2


def test_the_first_error_says_which_picture_it_was(answering: Callable[..., Session], tmp_path: Path) -> None:
    with pytest.raises(BadImage, match=r"^picture 1 \(.*missing\.jpg\): path = .* no such file"):
        answering().infer_many([b"1", tmp_path / "missing.jpg", b"333"], concurrency=1)


def test_and_what_has_not_begun_does_not_begin(answering: Callable[..., Session], paper: PaperTransport) -> None:
    with pytest.raises(Refused, match=r"^picture 1 \(bytes\): inference_image answered 400: no"):
        answering(bad=(2,)).infer_many(sized(1, 2, 3, 4), concurrency=1)
    assert [ask.parts[0].size for _, ask in paper.sent if ask.parts] == [1, 2]


def test_errors_stand_in_the_place_of_what_failed(answering: Callable[..., Session]) -> None:
    results = answering(bad=(2, 3)).infer_many([*sized(1, 2, 3, 4), 7], errors="return", concurrency=1)
    assert [type(one) for one in results] == [Prediction, Refused, Refused, Prediction, BadImage]
    assert str(results[2]).startswith("picture 2 (bytes): ")


@pytest.mark.parametrize("mode", ["raise", "return"])
def test_progress_is_told_in_the_callers_thread(answering: Callable[..., Session], mode: Literal["raise"]) -> None:
    told: list[tuple[int, int, object]] = []
    session = answering()
    here = threading.current_thread()

    def tell(done: int, total: int) -> None:
        told.append((done, total, threading.current_thread()))

    session.infer_many(iter(sized(1, 2, 3)), errors=mode, progress=tell)
    assert told == [(1, 3, here), (2, 3, here), (3, 3, here)]


def test_an_iterator_is_emptied_only_to_be_counted(answering: Callable[..., Session], paper: PaperTransport) -> None:
    before: list[int] = []

    def sent_before() -> Iterator[bytes]:
        for size in (1, 2, 3):
            before.append(len(paper.sent) - 1)
            yield bytes(size)

    answering().infer_many(sent_before(), concurrency=1)
    assert before == [0, 1, 2]
    before.clear()
    answering().infer_many(sent_before(), concurrency=1, progress=lambda done, total: None)
    assert len(set(before)) == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("mode", ["raise", "return"])
def test_an_interrupt_ends_it_with_the_requests_under_way(
    answering: Callable[..., Session], paper: PaperTransport, error: type[BaseException], mode: Literal["raise"]
) -> None:
    def interrupt(done: int, total: int) -> None:
        raise error

    with pytest.raises(error):
        answering().infer_many(sized(*range(1, 100)), concurrency=1, errors=mode, progress=interrupt)
    assert len([ask for _, ask in paper.sent if ask.parts]) <= 2
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("modeldouble_")]


def test_an_interrupt_does_not_wait_for_an_attempt_that_is_to_be_repeated(
    answering: Callable[..., Session], paper: PaperTransport, reply: type[Reply], predict: Callable[..., Json]
) -> None:
    session = answering()
    busy = threading.Event()

    def answer(request: Received) -> Reply:
        if paper.sent[-1][1].parts[0].size == 1:
            assert busy.wait(WATCHDOG)
            return reply(predict(1))
        busy.set()
        return reply({}, 429, {"retry-after": "50"})

    free = paper.script.play
    paper.script.play = lambda request: answer(request) if "image" in request.route else free(request)  # type: ignore[method-assign]
    naps, sleep = threading.Event(), paper.sleep

    def nap(seconds: float) -> None:
        sleep(seconds)
        naps.set()
        # Long enough in all for the other thread to get its turn, which is what ends this.
        threading.Event().wait(0.05)

    paper.sleep = nap  # type: ignore[method-assign]

    def interrupt(done: int, total: int) -> None:
        assert naps.wait(WATCHDOG)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        session.infer_many(sized(1, 2), concurrency=2, progress=interrupt)
    assert max(paper.slept) < 1.0
    assert len([ask for _, ask in paper.sent if ask.parts]) == 2


def test_the_deadline_is_that_of_all(answering: Callable[..., Session], paper: PaperTransport) -> None:
    session = answering(deadline=10.0)
    limits: list[float] = []
    send = paper.send

    def sent(url: str, ask: Any, deadline: float) -> Any:
        limits.append(deadline)
        paper.now += 4.0
        if paper.now > deadline:
            raise DeadlineExceeded("late")
        return send(url, ask, deadline)

    paper.send = sent  # type: ignore[method-assign]
    begun = paper.now
    results = session.infer_many(sized(1, 2, 3, 4), concurrency=1, errors="return")
    assert [type(one) for one in results] == [Prediction, Prediction, DeadlineExceeded, DeadlineExceeded]
    assert limits == [begun + 10.0] * 4


def test_settings_are_those_of_the_beginning(answering: Callable[..., Session], paper: PaperTransport) -> None:
    session = answering()
    other = {"conf_thres": 0.5}
    session.infer_many(sized(1, 2, 3), concurrency=1, progress=lambda *_: session.set_inference_settings(other))
    assert {ask.parts[1].content for _, ask in paper.sent if ask.parts} == {b'{"settings": {}}'}


def test_none_is_an_answer_too(answering: Callable[..., Session], paper: PaperTransport) -> None:
    assert answering().infer_many([]) == []
    assert len(paper.sent) == 1


@pytest.mark.parametrize(
    ("pictures", "named", "arguments"),
    [
        ("street.jpg", "pictures", {}),
        (b"\xff\xd8", "pictures", {}),
        (Path("street.jpg"), "pictures", {}),
        ([], "concurrency", {"concurrency": 0}),
        ([], "concurrency", {"concurrency": "8"}),
        ([], "errors", {"errors": "ignore"}),
    ],
)
def test_what_cannot_be_meant_is_refused(
    answering: Callable[..., Session], pictures: Any, named: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(BadArgument, match=f"^{named} = "):
        answering().infer_many(pictures, **arguments)


def test_an_error_of_the_callers_own_iterator_is_raised(answering: Callable[..., Session]) -> None:
    def broken() -> Iterator[bytes]:
        yield b"1"
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        answering().infer_many(broken(), errors="return")


class Broken:
    def read(self) -> bytes:
        raise LookupError("mine")


def test_and_so_is_one_of_a_picture_that_is_the_callers_own(answering: Callable[..., Session]) -> None:
    with pytest.raises(LookupError, match="mine"):
        answering().infer_many([b"1", Broken()], errors="return")
