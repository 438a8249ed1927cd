"""What our client does when a job goes wrong: every frame once, or an error that says which are missing.

Client and fake share one clock, which moves only when the client sleeps, so nothing waits.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from modeldouble import (
    Api,
    JobError,
    JobFailed,
    JobForgotten,
    JobStalled,
    ResultsLost,
    Session,
)
from modeldouble.transport import HttpTransport
from modeldouble_server import Clock, ServedModel, Server

FRAMES = 10
STALL = 30.0


class Shared:
    """A model of ten frames, a second each, and the client's session with it."""

    def __init__(self, model: ServedModel) -> None:
        self.model = model
        self.now = 0.0
        self.session = self.connect(stall_after=STALL)
        self.video = model.add_video(FRAMES)

    def connect(self, **options: Any) -> Session:
        """A session on the shared clock; with a token, which early apps want."""
        transport = HttpTransport(sleep=self.sleep, clock=lambda: self.now)
        api = Api(self.model.server_address, self.model.api_token, transport=transport)
        return Session(api, session_url=self.model.session_url, **options)

    def sleep(self, seconds: float) -> None:
        """Let time pass, for both."""
        self.now += seconds
        self.model.clock.advance(seconds)

    def run(self) -> tuple[list[int], JobError | None]:
        """The frames that came, and the error that ended the job."""
        came: list[int] = []
        try:
            for frame in self.session.inference_video_id_async(self.video):
                came.append(frame["frame_index"])
        except JobError as error:
            return came, error
        return came, None

    def calls(self, route: str) -> list[int]:
        """The statuses of the calls of a route, as the fake's journal has them."""
        return [one.status for one in self.model.journal(route=route)]


@pytest.fixture
def shared() -> Iterator[Shared]:
    with Server(clock=Clock(lambda: 1_700_000_000.0)) as server, server.add_model(pace=1.0) as model:
        yield Shared(model)


def test_without_a_fault_every_frame_comes_once(shared: Shared) -> None:
    assert shared.run() == (list(range(FRAMES)), None)


def test_a_job_that_never_starts_is_given_up_and_cleared(shared: Shared) -> None:
    shared.model.fail("never_starts")
    came, error = shared.run()
    assert isinstance(error, JobStalled)
    assert (came, error.received, error.seconds) == ([], 0, STALL)
    assert STALL <= shared.now < STALL + 10
    assert shared.calls("clear_inference_request") == [200]


@pytest.mark.parametrize("frame", [0, 1, 4, 9])
def test_a_stalled_job_is_given_up_after_the_frames_that_came(shared: Shared, frame: int) -> None:
    shared.model.fail("stalls", frame=frame)
    came, error = shared.run()
    assert isinstance(error, JobStalled)
    assert (came, error.received) == (list(range(frame)), frame)
    assert shared.now < FRAMES + STALL + 10


@pytest.mark.parametrize("frame", [1, 4, 9])
def test_a_lost_job_is_forgotten_and_the_missing_frames_are_named(shared: Shared, frame: int) -> None:
    shared.model.fail("loses_job", frame=frame)
    came, error = shared.run()
    assert isinstance(error, JobForgotten)
    assert (came, error.missing) == (list(range(frame)), list(range(frame, FRAMES)))


def test_a_job_that_was_never_known_is_forgotten_with_all_frames(shared: Shared) -> None:
    shared.model.fail("loses_job", frame=0)
    came, error = shared.run()
    assert isinstance(error, JobForgotten)
    assert (came, error.received) == ([], 0)


@pytest.mark.parametrize("frame", [0, 1, 4, 9])
def test_a_job_that_ends_early_is_no_success_and_the_missing_frames_are_named(shared: Shared, frame: int) -> None:
    shared.model.fail("ends_early", frame=frame)
    came, error = shared.run()
    assert isinstance(error, ResultsLost)
    assert (came, error.missing, error.announced) == (list(range(frame)), list(range(frame, FRAMES)), FRAMES)


@pytest.mark.parametrize("frame", [0, 4, 9])
def test_a_job_that_fails_gives_its_frames_and_the_servers_words(shared: Shared, frame: int) -> None:
    shared.model.fail("fails", frame=frame, type="ValueError", message="no luck")
    came, error = shared.run()
    assert isinstance(error, JobFailed)
    assert (came, error.received, error.type, error.reason) == (list(range(frame)), frame, "ValueError", "no luck")


@pytest.mark.parametrize("call", [1, 2, 5])
def test_results_that_come_twice_are_given_once(shared: Shared, call: int) -> None:
    shared.model.fail("pop_twice", calls=call)
    assert shared.run() == (list(range(FRAMES)), None)


def test_a_job_whose_results_come_again_for_ever_is_given_up(shared: Shared) -> None:
    shared.model.fail("pop_twice", times=None)
    came, error = shared.run()
    assert isinstance(error, JobStalled)
    assert came == list(range(FRAMES))


def test_pictures_that_come_twice_are_no_success(shared: Shared) -> None:
    images = [shared.model.add_image(shared.model.picture(f"{at}.png"), f"{at}.png") for at in range(4)]
    shared.model.fail("pop_twice")
    with pytest.raises(ResultsLost, match="8 of 4 frames came, some came twice") as lost:
        list(paused(shared, shared.session.inference_image_ids_async(images)))
    assert lost.value.missing is None


def paused(shared: Shared, job: Any) -> Iterator[Any]:
    """The results of a job that is looked at only when all are there."""
    shared.sleep(FRAMES)
    yield from job


@pytest.mark.parametrize("call", [1, 3])
def test_forgotten_results_are_named_as_missing(shared: Shared, call: int) -> None:
    shared.model.fail("pop_forgotten", calls=call)
    came, error = shared.run()
    assert isinstance(error, ResultsLost)
    assert error.missing
    assert sorted([*came, *error.missing]) == list(range(FRAMES))


@pytest.mark.parametrize("frame", [1, 4, 9])
@pytest.mark.parametrize("fault", ["stalls", "ends_early", "loses_job", "fails"])
def test_a_job_without_pace_goes_wrong_at_the_same_frame(shared: Shared, fault: str, frame: int) -> None:
    shared.model.pace(0.0)
    shared.model.fail(fault, frame=frame)
    came, error = shared.run()
    assert came == list(range(frame))
    assert error is not None
    assert error.received == frame


@pytest.mark.parametrize("fault", [{"fault": "never_starts"}, {"fault": "stalls", "frame": 3}])
def test_a_deadline_ends_a_job_that_stands_still(shared: Shared, fault: dict[str, Any]) -> None:
    shared.model.fail(**fault)
    session = shared.connect(stall_after=1e9, deadline=20.0)
    with pytest.raises(TimeoutError, match="deadline"):
        list(session.inference_video_id_async(shared.video))
    assert shared.now <= 20.0


def test_the_next_job_of_the_session_is_whole(shared: Shared) -> None:
    for fault in ("stalls", "loses_job", "ends_early"):
        shared.model.fail(fault, frame=4)
        assert shared.run()[1] is not None
        assert shared.run() == (list(range(FRAMES)), None)


def test_a_lost_job_cannot_be_stopped_and_that_is_no_error(shared: Shared) -> None:
    shared.model.fail("loses_job", frame=2)
    job = shared.session.inference_video_id_async(shared.video)
    assert [next(job)["frame_index"] for _ in range(2)] == [0, 1]
    shared.sleep(FRAMES)
    assert job.stop() == {}


@pytest.fixture
def early() -> Iterator[Shared]:
    """The same with an app whose release does not number its results, and answers 500 about an unknown job."""
    clock = Clock(lambda: 1_700_000_000.0)
    with Server(clock=clock, dialect="6.69.57") as server, server.add_model(pace=1.0) as model:
        yield Shared(model)


def frames_of(shared: Shared) -> list[Any]:
    """Results that have no numbers, and are never as many as this."""
    job = shared.session.inference_video_id_async(shared.video, frames_count=FRAMES)
    return [found for found, _ in zip(job, range(1000), strict=False)]


@pytest.mark.parametrize("times", [1, None])
def test_results_without_numbers_that_come_twice_are_no_success_and_have_an_end(
    early: Shared, times: int | None
) -> None:
    early.model.fail("pop_twice", times=times)
    with pytest.raises(ResultsLost, match=r"1\d of 10 frames came, some came twice") as lost:
        frames_of(early)
    assert lost.value.missing is None


@pytest.mark.parametrize("frame", [0, 4])
def test_a_lost_job_of_an_early_app_is_forgotten_too(early: Shared, frame: int) -> None:
    early.model.fail("loses_job", frame=frame)
    with pytest.raises(JobForgotten) as forgotten:
        frames_of(early)
    assert forgotten.value.received == frame


def test_early_apps_end_early_without_a_success(early: Shared) -> None:
    early.model.fail("ends_early", frame=4)
    with pytest.raises(ResultsLost, match="4 of 10 frames came"):
        frames_of(early)


def test_forgotten_results_without_numbers_are_counted(early: Shared) -> None:
    early.model.fail("pop_forgotten", calls=3)
    with pytest.raises(ResultsLost, match="9 of 10 frames came"):
        frames_of(early)
