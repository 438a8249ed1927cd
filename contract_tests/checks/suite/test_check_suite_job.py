"""A job is followed until it ends or nothing new comes; what it started is stopped and cleared."""

import json
from typing import Any

import pytest

from modeldouble_contract.exchange import File
from modeldouble_contract.finding import Finding
from modeldouble_contract.job import Job, Video, ended, started
from modeldouble_contract.judge import Judge
from modeldouble_contract.target import Target
from modeldouble_contract.truth import Release, load

from .said import STARTED, UUID, poll, prediction
from .scripted import Reply, Scripted, Turns, scripted

POP, STOP, CLEAR = "pop_inference_results", "stop_inference", "clear_inference_request"


class Clock:
    """Time that passes with each look and each sleep."""

    def __init__(self, step: float = 0.001) -> None:
        self.now, self._step = 0.0, step
        self.slept: list[float] = []

    def __call__(self) -> float:
        self.now += self._step
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def job_on(
    app: Scripted, clock: Clock | None = None, release: str = "6.74.51", patience: float = 30.0, deadline: float = 300.0
) -> Job:
    time = clock or Clock()
    target = Target(app.url, patience=patience, deadline=deadline, clock=time, sleep=time.sleep)
    return Job(target, Judge(load(), Release.parse(release)), UUID)


def frame(index: int) -> dict[str, Any]:
    return prediction(frame_index=index, video_id=1)


def test_a_job_is_drained_to_its_end() -> None:
    turns = Turns(
        [
            poll([frame(0)], 1, 3),
            poll([], 1, 3),
            poll([frame(1)], 2, 3),
            poll([frame(2)], 3, 3, finished=True),
            poll([], 3, 3, finished=True),
        ]
    )
    clock = Clock()
    with scripted({POP: turns}) as app:
        drained = job_on(app, clock).drain()
    assert [one["frame_index"] for one in drained.results] == [0, 1, 2]
    assert [one["current"] for one in drained.progress] == [1, 1, 2, 3, 3]
    assert drained.last["finished"] is True
    assert json.loads(app.asked[0].body)["state"]["inference_request_uuid"] == UUID
    assert clock.slept == [0.02]


def test_a_job_is_drained_until_enough_came() -> None:
    with scripted({POP: Turns([poll([frame(0)], 1, 9), poll([frame(1), frame(2)], 3, 9), poll([], 3, 9)])}) as app:
        assert len(job_on(app).drain(until=2).results) == 3
    assert len(app.asked) == 2


def test_a_job_that_never_ends_is_a_finding() -> None:
    clock = Clock()
    with scripted({POP: poll([], 1, 9)}) as app, pytest.raises(Finding) as raised:
        job_on(app, clock).drain(code="some.end")
    assert raised.value.code == "some.end"
    assert "'is_inferring': True" in raised.value.got
    assert raised.value.at is not None
    assert 30.0 <= clock.now < 32.0
    assert max(clock.slept) == 0.2


def test_a_job_that_shows_something_new_is_waited_for() -> None:
    news = [poll([], at, 90) for at in range(90)]
    clock = Clock(1.0)
    with scripted({POP: Turns([*news, poll([], 90, 90, finished=True)])}) as app:
        assert job_on(app, clock, deadline=1e6).drain().last["finished"] is True
    assert clock.now > 10 * 30.0


def test_news_without_end_are_ended_by_the_deadline() -> None:
    news = [poll([], at, 10_000) for at in range(2000)]
    clock = Clock(0.02)
    with scripted({POP: Turns(news)}) as app, pytest.raises(Finding) as raised:
        job_on(app, clock, deadline=20.0).drain()
    assert raised.value.expected == "an end before that of the run (--deadline)"
    assert 18.0 < clock.now < 21.0


def test_a_slow_model_is_given_the_time_of_a_batch() -> None:
    clock = Clock()
    with scripted({POP: poll([], 0, 9), "inference_image": {}}) as app:
        target = Target(app.url, patience=10.0, deadline=1e6, clock=clock, sleep=clock.sleep)
        app.answers["inference_image"] = Slow(clock, 5.0)
        target.form("inference_image", [File("a", b"")])
        with pytest.raises(Finding):
            Job(target, Judge(load(), None), UUID).drain()
    assert 90.0 < clock.now < 100.0


class Slow(Turns):
    """An answer that takes time."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        super().__init__([{}])
        self._clock, self._seconds = clock, seconds

    def __getitem__(self, at: Any) -> Any:
        self._clock.now += self._seconds
        return super().__getitem__(at)


def test_a_poll_of_the_wrong_shape_is_a_finding() -> None:
    with scripted({POP: {"pending_results": []}}) as app, pytest.raises(Finding) as raised:
        job_on(app).pop()
    assert raised.value.code == f"shape.{POP}"


@pytest.mark.parametrize(("told", "expected"), [
    ({"finished": True, "is_inferring": True}, True), ({"finished": False, "is_inferring": False}, False),
    ({"is_inferring": True}, False), ({"is_inferring": False}, True),
])  # fmt: skip
def test_the_end_is_told_as_new_and_as_old_releases_do(told: dict[str, bool], expected: bool) -> None:
    assert ended(told) is expected


def test_a_job_of_2023_is_drained_too() -> None:
    first = {"progress": {"current": 1, "total": 1}, "is_inferring": True, "cancel_inference": False, "result": None}
    turns = Turns([{**first, "pending_results": []}, {**first, "is_inferring": False, "pending_results": []}])
    with scripted({POP: turns}) as app:
        assert job_on(app, release="6.69.57").drain().last["is_inferring"] is False


def test_a_start_gives_a_job() -> None:
    with scripted({"inference_video_id_async": STARTED}) as app:
        target = Target(app.url)
        job = started(target, Judge(load(), None), Video(id=5).start(target, {"framesCount": 2}))
    assert job.uuid == UUID
    assert json.loads(app.asked[0].body)["state"] == {"settings": {}, "framesCount": 2, "videoId": 5}


def test_a_start_without_a_uuid_is_a_finding() -> None:
    with scripted({"inference_video_id_async": {"message": "Inference has started."}}) as app:
        target = Target(app.url)
        with pytest.raises(Finding):
            started(target, Judge(load(), None), Video(id=5).start(target, {}))


def test_a_video_file_has_a_name_of_its_own_each_time() -> None:
    video = Video(file=File("v.mp4", b"123"))
    with scripted({"inference_video_async": STARTED}) as app:
        for _ in range(2):
            video.start(Target(app.url), {})
    names = [one.body.split(b'filename="')[1].split(b'"')[0] for one in app.asked]
    assert names[0] != names[1]
    assert all(name.endswith(b"-v.mp4") for name in names)


def test_a_job_that_is_left_is_stopped_and_cleared() -> None:
    with scripted({}) as app:
        job_on(app).leave()
    assert app.routes() == [STOP, CLEAR]


def test_a_job_that_ended_is_only_cleared() -> None:
    with scripted({POP: poll([], 3, 3, finished=True)}) as app:
        job = job_on(app)
        job.drain()
        job.leave()
    assert app.routes() == [POP, CLEAR]


def test_leaving_is_not_judged() -> None:
    with scripted({STOP: Reply(b"nonsense", 500), CLEAR: Reply(b"", 404)}) as app:
        job_on(app).leave()
    assert app.routes() == [STOP, CLEAR]
    job_on(app).leave()
