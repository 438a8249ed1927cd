"""Every public call x every way in which a server is slow or failing, on paper: only waiting moves the clock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest

from modeldouble import Api, DeadlineExceeded, Session
from modeldouble.answers import Answer
from modeldouble.errors import (
    AnswerLost,
    BadImage,
    CreateUncertain,
    JobStalled,
    NotAServingApp,
    ResultsLost,
    ServerFailed,
    ServerFault,
    StartUncertain,
    TimedOut,
    Unreachable,
)
from modeldouble.lease import GRACE
from modeldouble.transport import LONGEST_ANSWER, READ_TIMEOUT

if TYPE_CHECKING:
    from modeldouble.wire import Ask
    from tests.conftest import JobPlay, PaperTransport, Reply

DEADLINE = 30.0
HOUR = 3600.0
PICTURE = b"\xff\xd8\xff" + bytes(1000)

Way = Callable[["Sick", "Ask", float], Answer]


class Sick:
    """A transport that answers by a script until it falls ill; what it then does takes time on the paper's clock."""

    def __init__(self, paper: PaperTransport) -> None:
        self.paper = paper
        self.way: Way | None = None
        self.only: str | None = None
        self.each = 0.0

    def fall_ill(self, way: Way, only: str | None = None) -> None:
        self.way, self.only = way, only

    def send(self, url: str, ask: Ask, deadline: float) -> Answer:
        if self.paper.now >= deadline:
            raise DeadlineExceeded("on paper")
        if self.way is None or (self.only is not None and ask.route != self.only):
            self.wait(self.each, deadline)
            return self.paper.send(url, ask, deadline)
        return self.way(self, ask, deadline)

    def download(self, url: str, ask: Ask, deadline: float, target: BinaryIO) -> None:
        answer = self.send(url, ask, deadline)
        raise ServerFailed(answer.status, "on paper", ask.route, "", None)

    def wait(self, seconds: float, deadline: float) -> None:
        """As sockets wait: no longer than to the deadline."""
        self.paper.now += min(seconds, max(0.0, deadline - self.paper.now))
        if self.paper.now >= deadline:
            raise DeadlineExceeded("on paper")

    def detached(self) -> Sick:
        return self

    def sleep(self, seconds: float) -> None:
        self.paper.sleep(seconds)

    def clock(self) -> float:
        return self.paper.now

    def close(self) -> None:
        pass


def failing(status: int, **headers: str) -> Way:
    def way(sick: Sick, ask: Ask, deadline: float) -> Answer:
        sick.wait(0.01, deadline)
        return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, b"")

    return way


def refused(sick: Sick, ask: Ask, deadline: float) -> Answer:
    raise Unreachable("refused on paper")


def silent(sick: Sick, ask: Ask, deadline: float) -> Answer:
    sick.wait(ask.read_timeout or READ_TIMEOUT, deadline)
    raise TimedOut("silent on paper")


def dribbling(sick: Sick, ask: Ask, deadline: float) -> Answer:
    sick.wait(max(LONGEST_ANSWER, ask.read_timeout or 0.0), deadline)
    raise TimedOut("too slow on paper")


def lost(sick: Sick, ask: Ask, deadline: float) -> Answer:
    sick.wait(1.0, deadline)
    raise AnswerLost("lost on paper")


def slow_nonsense(sick: Sick, ask: Ask, deadline: float) -> Answer:
    sick.wait(20.0, deadline)
    return Answer(200, {"content-type": "application/json"}, b"17")


WAYS: dict[str, Way] = {
    "500 for ever": failing(500),
    "503, come back in 1,000 s": failing(503, retry_after="1000"),
    "429, come back in 7 s": failing(429, retry_after="7"),
    "refused": refused,
    "never answers": silent,
    "dribbles": dribbling,
    "breaks off": lost,
    "slow nonsense": slow_nonsense,
}
Call = Callable[[Session, Api, Path], Any]
CALLS: dict[str, Call] = {
    "session by id": lambda session, api, path: Session(api, task_id=7, deadline=DEADLINE, transport=api.transport),
    "info": lambda session, api, path: session.get_session_info(),
    "model meta": lambda session, api, path: session.get_model_meta(),
    "default settings": lambda session, api, path: session.get_default_inference_settings(),
    "set settings": lambda session, api, path: session.set_inference_settings({"conf_thres": 0.5}),
    "update settings": lambda session, api, path: session.update_inference_settings(conf_thres=0.5),
    "image by path": lambda session, api, path: session.inference_image_path(path),
    "images by path": lambda session, api, path: session.inference_image_paths([path, path]),
    "image": lambda session, api, path: session.inference_image(PICTURE),
    "image by id": lambda session, api, path: session.inference_image_id(5),
    "images by id": lambda session, api, path: session.inference_image_ids([5, 6]),
    "image by url": lambda session, api, path: session.inference_image_url("http://elsewhere/a.jpg"),
    "video": lambda session, api, path: session.inference_video_id(5),
    "video job": lambda session, api, path: list(session.inference_video_id_async(5)),
    "images job": lambda session, api, path: list(session.inference_image_ids_async([5])),
    "project job": lambda session, api, path: list(session.inference_project_id_async(5)),
    "task": lambda session, api, path: api.task.get_info_by_id(7),
    "image info": lambda session, api, path: api.image.get_info_by_id(7),
    "image list": lambda session, api, path: api.image.get_list(7),
    "upload": lambda session, api, path: api.image.upload_path(7, "a.jpg", path),
    "uploads": lambda session, api, path: api.image.upload_paths(7, ["a.jpg", "b.jpg"], [path, path]),
    "upload of bytes": lambda session, api, path: api.image.upload_bytes(7, "a.jpg", PICTURE),
    "download": lambda session, api, path: api.image.download_path(7, path.with_name("new.jpg")),
    "downloads": lambda session, api, path: api.image.download_bytes(7, [8, 9]),
    "download as array": lambda session, api, path: api.image.download_np(7),
    "video download": lambda session, api, path: api.video.download_path(7, path.with_name("new.mp4")),
    "video info": lambda session, api, path: api.video.get_info_by_id(7),
    "new project": lambda session, api, path: api.project.create(7, "a", change_name_if_conflict=True),
    "new dataset": lambda session, api, path: api.dataset.create(7, "a", change_name_if_conflict=True),
    "project meta": lambda session, api, path: api.project.get_meta(7),
    "new meta": lambda session, api, path: api.project.update_meta(7, {"classes": [], "tags": []}),
    "annotation": lambda session, api, path: api.annotation.download_json(7),
    "annotations": lambda session, api, path: api.annotation.download_json_batch(7, [8, 9]),
}


@pytest.fixture
def sick(paper: PaperTransport, reply: type[Reply], play: type[JobPlay]) -> Sick:
    play(paper.script)
    paper.script.on("public/api/v3/tasks.info", reply({"id": 7, "meta": {"sessionToken": "s" * 32}}))
    return Sick(paper)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "a.jpg").write_bytes(PICTURE)
    return tmp_path / "a.jpg"


def connected(sick: Sick, deadline: float | None) -> tuple[Session, Api]:
    api = Api("http://paper", "t" * 128, transport=sick, deadline=deadline)
    return Session(api, session_url="http://paper", transport=sick, deadline=deadline), api


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("way", WAYS)
def test_a_call_ends_by_its_deadline(sick: Sick, path: Path, way: str, call: str) -> None:
    session, api = connected(sick, DEADLINE)
    begun = sick.clock()
    sick.fall_ill(WAYS[way])
    # Nonsense for a file is a bad file.
    with pytest.raises((ServerFault, BadImage)):
        CALLS[call](session, api, path)
    assert sick.clock() <= begun + DEADLINE


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("way", WAYS)
def test_a_call_without_a_deadline_ends_too(sick: Sick, path: Path, way: str, call: str) -> None:
    session, api = connected(sick, None)
    begun = sick.clock()
    sick.fall_ill(WAYS[way])
    # Nonsense for a file is a bad file.
    with pytest.raises((ServerFault, BadImage)):
        CALLS[call](session, api, path)
    # The longest: five attempts at an answer that dribbles for as long as it may.
    assert sick.clock() <= begun + 2 * HOUR


@pytest.mark.parametrize("route", ["get_inference_progress", "pop_inference_results"])
@pytest.mark.parametrize("way", WAYS)
def test_a_job_ends_by_its_deadline_and_what_it_may_take_to_leave(sick: Sick, way: str, route: str) -> None:
    session, _ = connected(sick, DEADLINE)
    begun = sick.clock()
    sick.fall_ill(WAYS[way], route)
    with pytest.raises(ServerFault):
        list(session.inference_video_id_async(5))
    assert sick.clock() <= begun + DEADLINE + GRACE


@pytest.mark.parametrize("way", WAYS)
def test_a_job_that_cannot_be_cleared_gives_all_its_frames(sick: Sick, way: str) -> None:
    session, _ = connected(sick, DEADLINE)
    begun = sick.clock()
    sick.fall_ill(WAYS[way], "clear_inference_request")
    assert len(list(session.inference_video_id_async(5))) == 5
    assert sick.clock() <= begun + DEADLINE


@pytest.mark.parametrize("way", WAYS)
def test_the_length_of_a_job_ends_by_its_deadline(sick: Sick, reply: type[Reply], way: str) -> None:
    session, _ = connected(sick, DEADLINE)
    state = {"progress": {"current": 0, "total": 1}, "is_inferring": True, "result": None, "pending_results": 1}
    sick.paper.script.on("get_inference_progress", reply(state))
    job = session.inference_video_id_async(5)
    begun = sick.clock()
    sick.fall_ill(WAYS[way])
    with pytest.raises(ServerFault):
        len(job)
    assert sick.clock() <= begun + DEADLINE + GRACE


@pytest.mark.parametrize("way", WAYS)
def test_a_stop_takes_no_longer_than_it_takes_to_leave(sick: Sick, way: str) -> None:
    session, _ = connected(sick, DEADLINE)
    job = session.inference_video_id_async(5)
    begun = sick.clock()
    sick.fall_ill(WAYS[way])
    with pytest.raises(ServerFault):
        session.stop_async_inference()
    assert sick.clock() <= begun + GRACE
    job.close()
    assert sick.clock() <= begun + 2 * GRACE


@pytest.mark.parametrize("seconds", [DEADLINE, None])
def test_a_job_that_never_progresses_stalls_or_meets_its_deadline(
    sick: Sick, reply: type[Reply], seconds: float | None
) -> None:
    session, _ = connected(sick, seconds)
    stuck = {"progress": {"current": 0, "total": 9}, "is_inferring": True, "result": None, "pending_results": []}
    for route in ("get_inference_progress", "pop_inference_results"):
        sick.paper.script.on(route, reply(stuck))
    begun = sick.clock()
    with pytest.raises(JobStalled if seconds is None else DeadlineExceeded):
        list(session.inference_video_id_async(5))
    assert sick.clock() <= begun + (600.0 if seconds is None else seconds) + 1.0


def test_pops_that_are_always_lost_end_as_lost_results(sick: Sick) -> None:
    session, _ = connected(sick, DEADLINE)
    sick.fall_ill(lost, "pop_inference_results")
    begun = sick.clock()
    with pytest.raises(ResultsLost):
        list(session.inference_video_id_async(5))
    assert sick.clock() <= begun + DEADLINE


def test_a_session_by_id_has_one_deadline_for_all_that_it_asks(sick: Sick) -> None:
    api = Api("http://paper", "t" * 128, transport=sick)
    sick.each = DEADLINE * 0.4
    begun = sick.clock()
    with pytest.raises(DeadlineExceeded):
        Session(api, task_id=7, inference_settings={"conf_thres": 0.5}, deadline=DEADLINE)
    assert sick.clock() <= begun + DEADLINE


@pytest.mark.parametrize(
    ("call", "way", "error"),
    [
        ("video job", silent, StartUncertain),
        ("video job", refused, Unreachable),
        ("new project", lost, ServerFault),
        ("info", slow_nonsense, NotAServingApp),
        ("image by id", silent, DeadlineExceeded),
        ("upload", silent, DeadlineExceeded),
        ("new dataset", dribbling, (DeadlineExceeded, CreateUncertain)),
    ],
)
def test_the_error_says_what_is_to_be_done(sick: Sick, path: Path, call: str, way: Way, error: Any) -> None:
    session, api = connected(sick, DEADLINE)
    sick.fall_ill(way)
    with pytest.raises(error):
        CALLS[call](session, api, path)
