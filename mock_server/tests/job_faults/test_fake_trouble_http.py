"""Jobs that go wrong, over a socket: every look at one tells the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.job_faults.conftest import Asked, Serving

OLD, MIDDLE, NEW = "6.69.57", "6.73.100", "6.74.51"
JOB, PROGRESS, POP, STOP, CLEAR = (
    "inference_video_id_async", "get_inference_progress", "pop_inference_results", "stop_inference",
    "clear_inference_request",
)  # fmt: skip
RESULT, STATUS, PREPARING = "get_inference_result", "get_inference_status", "get_preparing_progress"
LOOKS = [PROGRESS, STATUS, PREPARING, RESULT, POP, STOP]
PREPARES, RUNS, DONE = "Preparing model for inference...", "Running inference...", "Finished"


def facts(asked: Asked, uuid: str) -> tuple[Any, ...]:
    """What progress tells, after a check that the other looks tell the same."""
    told = asked.poll(PROGRESS, uuid)
    status = asked.poll(STATUS, uuid)
    assert asked.poll(PREPARING, uuid) == told["progress"] == told["preparing_progress"]
    assert status["progress"] == {"message": told["stage"], **told["progress"]}
    for key in ("stage", "exception", "is_inferring", "finished", "stopped"):
        assert status[key] == told[key]
    progress = told["progress"]
    return told["stage"], progress["current"], progress["total"], told["is_inferring"], told["finished"]


def test_a_job_that_never_starts_prepares_for_ever(asked: Asked) -> None:
    uuid = asked.start("never_starts", after=3500)
    assert facts(asked, uuid) == (PREPARES, 0, 10, True, False)
    assert asked.popped(uuid) == []
    assert asked.poll(RESULT, uuid) is None
    asked.poll(STOP, uuid)
    assert facts(asked, uuid) == ("Cancelled", 0, 10, False, True)


def test_a_stalled_job_runs_for_ever_with_the_results_before(asked: Asked) -> None:
    uuid = asked.start("stalls", after=1000, frame=4)
    assert facts(asked, uuid) == (RUNS, 4, 10, True, False)
    assert [asked.popped(uuid), asked.popped(uuid)] == [[0, 1, 2, 3], []]
    asked.model.clock.advance(3599)
    assert facts(asked, uuid) == (RUNS, 4, 10, True, False)
    asked.model.clock.advance(1)
    assert set(asked.statuses(uuid, LOOKS)) == {404}


def test_a_stalled_job_can_be_stopped_and_cleared(asked: Asked) -> None:
    uuid = asked.start("stalls", after=1000, frame=4)
    asked.poll(STOP, uuid)
    assert facts(asked, uuid) == ("Cancelled", 4, 10, True, False)
    assert asked.popped(uuid) == [0, 1, 2, 3]
    asked.poll(CLEAR, uuid)
    assert facts(asked, uuid) == (DONE, 4, 10, False, True)


def test_a_job_that_ends_early_says_finished_with_fewer_results(asked: Asked) -> None:
    uuid = asked.start("ends_early", after=6.5, frame=4)
    assert facts(asked, uuid) == (DONE, 4, 10, True, False)
    assert asked.poll(RESULT, uuid) == {"video_ann": None}
    popped = asked.poll(POP, uuid)
    assert [one["frame_index"] for one in popped["pending_results"]] == [0, 1, 2, 3]
    assert (popped["is_inferring"], popped["finished"], popped["exception"]) == (False, True, None)
    assert facts(asked, uuid) == (DONE, 4, 10, False, True)


def test_a_lost_job_is_as_never_known(asked: Asked) -> None:
    uuid = asked.start("loses_job", after=6.5, frame=4)
    assert asked.popped(uuid) == [0, 1, 2, 3]
    assert facts(asked, uuid) == (RUNS, 4, 10, True, False)
    asked.model.clock.advance(1)
    assert set(asked.statuses(uuid, LOOKS)) == {404}
    never = asked.send(PROGRESS, inference_request_uuid="0" * 32).json()
    said = asked.send(PROGRESS, inference_request_uuid=uuid).json()
    assert said["message"].replace(uuid, "0" * 32) == never["message"]
    assert asked.statuses(uuid, [CLEAR]) == [200]


@pytest.mark.parametrize("route", LOOKS)
def test_a_job_that_is_lost_from_the_start_is_not_known_to_any_look(asked: Asked, route: str) -> None:
    assert asked.statuses(asked.start("loses_job", frame=0), [route]) == [404]


def test_a_job_fails_at_the_frame_it_was_told_to(asked: Asked) -> None:
    uuid = asked.start("fails", after=100, frame=4, type="ValueError", message="no luck")
    told = asked.poll(POP, uuid)
    assert [one["frame_index"] for one in told["pending_results"]] == [0, 1, 2, 3]
    assert (told["stage"], told["progress"]["current"], told["finished"]) == ("Error", 4, True)
    assert (told["exception"]["type"], told["exception"]["message"]) == ("ValueError", "no luck")


def test_a_fault_of_a_job_is_about_the_next_job_alone(asked: Asked) -> None:
    troubled, healthy = asked.start("stalls", frame=1), asked.start()
    asked.model.clock.advance(100)
    assert asked.popped(troubled) == [0]
    assert asked.popped(healthy) == list(range(10))


def test_results_come_twice_and_then_go_on(asked: Asked) -> None:
    uuid = asked.start(after=5.5)
    asked.model.fail("pop_twice")
    first = asked.poll(POP, uuid)
    assert [one["frame_index"] for one in first["pending_results"]] == [0, 1, 2]
    assert asked.poll(POP, uuid)["pending_results"] == first["pending_results"]
    asked.model.clock.advance(100)
    assert [asked.popped(uuid), asked.popped(uuid)] == [[3, 4, 5, 6, 7, 8, 9], []]


def test_forgotten_results_are_in_no_answer_and_progress_still_counts_them(asked: Asked) -> None:
    uuid = asked.start(after=5.5)
    asked.model.fail("pop_forgotten")
    told = asked.poll(POP, uuid)
    assert (told["pending_results"], told["progress"]["current"]) == ([], 3)
    asked.model.clock.advance(100)
    assert asked.popped(uuid) == [3, 4, 5, 6, 7, 8, 9]
    assert facts(asked, uuid) == (DONE, 10, 10, False, True)


def test_a_pop_without_results_owes_its_fault_to_the_next(asked: Asked) -> None:
    uuid = asked.start()
    asked.model.fail("pop_twice")
    assert asked.popped(uuid) == []
    asked.model.clock.advance(4.5)
    assert [asked.popped(uuid) for _ in range(3)] == [[0, 1], [0, 1], []]


@pytest.mark.parametrize(
    ("dialect", "answer"), [(OLD, {"is_inferring": False}), (NEW, {"is_inferring": False, "finished": True})]
)
def test_a_job_that_ends_early_in_a_dialect(serving: Serving, dialect: str, answer: dict[str, Any]) -> None:
    asked = serving(dialect)
    uuid = asked.start("ends_early", after=2 + 10, frame=4)
    told = asked.poll(POP, uuid)
    assert (len(told["pending_results"]), told["progress"]["current"], told["progress"]["total"]) == (4, 4, 10)
    assert {key: told[key] for key in answer} == answer


@pytest.mark.parametrize(("dialect", "current"), [(OLD, 4), (MIDDLE, 4), (NEW, 4)])
def test_a_stalled_job_in_a_dialect(serving: Serving, dialect: str, current: int) -> None:
    asked = serving(dialect)
    uuid = asked.start("stalls", after=500, frame=4)
    told = asked.poll(PROGRESS, uuid)
    assert (told["is_inferring"], told["progress"]["current"], told["progress"]["total"]) == (True, current, 10)
    assert [len(asked.poll(POP, uuid)["pending_results"]) for _ in range(2)] == [4, 0]
    assert asked.statuses(uuid, [STOP]) == [200]
    assert asked.poll(PROGRESS, uuid)["is_inferring"] is False


@pytest.mark.parametrize("dialect", [OLD, MIDDLE, NEW])
def test_a_job_that_never_starts_in_a_dialect(serving: Serving, dialect: str) -> None:
    asked = serving(dialect)
    uuid = asked.start("never_starts", after=500)
    told = asked.poll(POP, uuid)
    assert (told["pending_results"], told["progress"]["current"], told["progress"]["total"]) == ([], 0, 1)
    assert told["is_inferring"] is (dialect != NEW)


@pytest.mark.parametrize("dialect", [OLD, MIDDLE, NEW])
def test_a_lost_job_in_a_dialect_is_answered_as_an_unknown_one(serving: Serving, dialect: str) -> None:
    asked = serving(dialect)
    uuid = asked.start("loses_job", after=100, frame=4)
    assert len(asked.poll(POP, uuid)["pending_results"]) == 4
    for route in (PROGRESS, POP, STOP):
        said, never = [asked.send(route, inference_request_uuid=one) for one in (uuid, "0" * 32)]
        assert (said.status_code, said.text.replace(uuid, "0" * 32)) == (500, never.text)


def test_a_run_of_pictures_goes_wrong_as_a_video_does(asked: Asked) -> None:
    images = [asked.model.add_image(asked.model.picture(f"{at}.png"), f"{at}.png") for at in range(4)]
    asked.model.fail("ends_early", frame=2)
    uuid = asked.send("inference_batch_ids_async", batch_ids=images).json()["inference_request_uuid"]
    asked.model.clock.advance(100)
    assert len(asked.poll(POP, uuid)["pending_results"]) == 2
    assert facts(asked, uuid) == (DONE, 2, 4, False, True)
