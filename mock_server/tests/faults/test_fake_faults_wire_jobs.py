"""Each fault of a job as plain sockets see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Wire

PROGRESS, POP = "get_inference_progress", "pop_inference_results"


def started(wire: Wire, frames: int = 10) -> str:
    """A job over a video at a second a frame."""
    wire.model.pace(1.0)
    uuid: str = wire.json("inference_video_id_async", video_id=wire.model.add_video(frames))["inference_request_uuid"]
    return uuid


def popped(wire: Wire, uuid: str) -> list[int]:
    """The frames that a pop hands out."""
    return [one["frame_index"] for one in wire.json(POP, inference_request_uuid=uuid)["pending_results"]]


def test_a_job_never_starts(wire: Wire) -> None:
    wire.model.fail("never_starts")
    uuid = started(wire)
    wire.model.clock.advance(1000)
    told = wire.json(PROGRESS, inference_request_uuid=uuid)
    assert (told["progress"]["current"], told["is_inferring"], popped(wire, uuid)) == (0, True, [])


def test_a_job_stalls(wire: Wire) -> None:
    wire.model.fail("stalls", frame=4)
    uuid = started(wire)
    wire.model.clock.advance(1000)
    assert popped(wire, uuid) == [0, 1, 2, 3]
    assert wire.json(PROGRESS, inference_request_uuid=uuid)["is_inferring"] is True


def test_a_job_fails_at_a_frame(wire: Wire) -> None:
    wire.model.fail("fails", frame=4, type="ValueError", message="bad frame")
    uuid = started(wire)
    wire.model.clock.advance(1000)
    told = wire.json(POP, inference_request_uuid=uuid)
    assert [one["frame_index"] for one in told["pending_results"]] == [0, 1, 2, 3]
    assert (told["exception"]["type"], told["exception"]["message"]) == ("ValueError", "bad frame")


def test_a_job_is_lost(wire: Wire) -> None:
    wire.model.fail("loses_job", frame=2)
    uuid = started(wire)
    wire.model.clock.advance(1000)
    assert popped(wire, uuid) == [0, 1]
    assert [wire.state(one, inference_request_uuid=uuid).status for one in (PROGRESS, POP)] == [404, 404]


def test_a_job_ends_early(wire: Wire) -> None:
    wire.model.fail("ends_early", frame=3)
    uuid = started(wire)
    wire.model.clock.advance(1000)
    assert popped(wire, uuid) == [0, 1, 2]
    told = wire.json(PROGRESS, inference_request_uuid=uuid)
    assert (told["is_inferring"], told["progress"]["total"]) == (False, 10)


def test_results_come_twice(wire: Wire) -> None:
    wire.model.fail("pop_twice")
    uuid = started(wire, 3)
    wire.model.clock.advance(10)
    assert [popped(wire, uuid) for _ in range(3)] == [[0, 1, 2], [0, 1, 2], []]


def test_results_are_forgotten(wire: Wire) -> None:
    wire.model.fail("pop_forgotten")
    uuid = started(wire, 3)
    wire.model.clock.advance(2)
    assert popped(wire, uuid) == []
    wire.model.clock.advance(10)
    assert popped(wire, uuid) == [2]


@pytest.mark.parametrize(("size", "failed"), [(None, False), (2, False), (3, True)])
def test_memory_is_filled_by_the_frames_of_a_batch(wire: Wire, size: int | None, failed: bool) -> None:
    wire.model.fail("out_of_memory", over=2)
    job = wire.json("inference_video_id_async", video_id=wire.model.add_video(5), batch_size=size)
    told = wire.json(PROGRESS, inference_request_uuid=job["inference_request_uuid"])
    assert (told["exception"] is not None) is failed
