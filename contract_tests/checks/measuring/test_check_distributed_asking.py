"""What the distributed benchmark asks of a fake, and which answers it takes for right."""

import io
import json
from typing import Any

import pytest
from PIL import Image

from modeldouble_contract.bench.distributed.asking import (
    FRAMES_OF_JOB,
    IMAGE,
    INFO,
    MOST_JOBS,
    POP,
    POPPED,
    PROGRESS,
    ROUTES,
    NotRight,
    least,
    marked,
    requests,
    starts,
)
from modeldouble_contract.bench.load.wire import Request
from modeldouble_contract.bench.workloads.inference_image import picture


def state(request: Request) -> Any:
    """What a JSON request has in it."""
    return json.loads(request.content.partition(b"\r\n\r\n")[2])["state"]


def frames(count: int, objects: int = 3) -> list[dict[str, Any]]:
    """Results as a pop hands them out."""
    one = {"annotation": {"objects": [{"classTitle": "car"}] * objects, "tags": []}, "data": {}, "frame_index": 7}
    return [one] * count


def body(**told: object) -> bytes:
    return json.dumps(told, separators=(",", ":")).encode()


def test_no_two_jobs_are_of_the_same_frames() -> None:
    asked = [state(one) for one in starts("/net/x", MOST_JOBS)]
    assert asked[1]["startFrameIndex"] == FRAMES_OF_JOB == asked[0]["framesCount"]
    assert len({one["startFrameIndex"] for one in asked}) == MOST_JOBS
    assert starts("/net/x", 1)[0].content.startswith(b"POST /net/x/inference_video_id_async HTTP/1.1\r\n")


@pytest.mark.parametrize("route", [PROGRESS, POP])
def test_polls_are_of_every_job_in_turn(route: str) -> None:
    asked = requests(route, "/net/x", ["a", "b"], "mark")
    assert [state(one)["inference_request_uuid"] for one in asked] == ["a", "b"]
    assert asked[0].content.startswith(f"POST /net/x/{route} ".encode())


def test_pictures_of_two_marks_and_two_numbers_differ() -> None:
    [first], [second] = (requests(IMAGE, "", [], mark) for mark in ("one", "two"))
    assert first.content != second.content
    assert first.mark is not None
    assert 15_000 < len(first.content) < 30_000


def test_a_mark_leaves_the_picture_as_it_is() -> None:
    plain, made = picture(20_000), marked(picture(20_000), "mark")
    assert b"mark" in made
    assert Image.open(io.BytesIO(made)).tobytes() == Image.open(io.BytesIO(plain)).tobytes()


@pytest.mark.parametrize(
    ("route", "told"),
    [(INFO, {"app_name": "x"}), (PROGRESS, {"is_inferring": True}), (IMAGE, {"annotation": {}})],
)
def test_a_right_answer_has_no_least_length(route: str, told: dict[str, object]) -> None:
    assert least(route, body(**told)) == 0


def test_a_pop_has_the_bytes_of_all_its_frames_without_objects() -> None:
    found = least(POP, body(pending_results=frames(POPPED)))
    assert len(body(pending_results=frames(POPPED - 2, 0))) < found < len(body(pending_results=frames(POPPED, 0)))


@pytest.mark.parametrize(
    ("route", "told"),
    [(INFO, {}), (PROGRESS, {"is_inferring": False}), (IMAGE, {"error": "no"}), (POP, {"pending_results": frames(9)})],
)
def test_another_answer_is_told(route: str, told: dict[str, object]) -> None:
    with pytest.raises(NotRight, match=f"an answer to {route} has to be one that"):
        least(route, body(**told))


def test_every_route_has_requests() -> None:
    assert [len(requests(route, "", ["a"], "mark")) for route in ROUTES] == [1, 1, 1, 1]
