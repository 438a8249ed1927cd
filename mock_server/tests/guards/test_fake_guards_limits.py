"""Each limit: a test that goes past it, sees what is documented, and leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server import Limits
from modeldouble_server.default_world import PICTURES_PROJECT_ID, VIDEO_ID

if TYPE_CHECKING:
    from tests.guards.conftest import Guarded, Start

    Png = Callable[..., bytes]
    Past = Callable[[Guarded, Png], tuple[int, str]]

RIDER = 171250
JSON = {"Content-Type": "application/json"}


def told(answer: Any) -> tuple[int, str]:
    """Status and text of a refusal."""
    body = answer.json()
    assert body["success"] is False
    return answer.status_code, body["detail"]


def raw(fake: Guarded, data: bytes) -> tuple[int, str]:
    """Likewise of what comes back over a bare socket, which is closed then."""
    plug = fake.plug()
    plug.sendall(data)
    head, _, body = b"".join(iter(lambda: plug.recv(65536), b"")).partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["detail"]


def files(*contents: bytes, **more: Any) -> list[tuple[str, Any]]:
    """Parts of a form."""
    return [*(("files", ("a.png", one)) for one in contents), *((name, (None, text)) for name, text in more.items())]


def upload(fake: Guarded, *contents: bytes) -> tuple[int, str]:
    """Pictures to the platform."""
    return told(fake.send("POST", "images.bulk.upload", files=files(*contents)))


def live_jobs(fake: Guarded, _: Png) -> tuple[int, str]:
    assert fake.post("inference_image_id_async", image_id=RIDER).status_code == 200
    return told(fake.post("inference_image_id_async", image_id=RIDER))


def name(fake: Guarded, _: Png) -> tuple[int, str]:
    return told(fake.send("POST", "projects.add", json={"workspaceId": 662, "name": "x" * 11}))


def classes(fake: Guarded, _: Png) -> tuple[int, str]:
    made = fake.send("POST", "projects.add", json={"workspaceId": 662, "name": "x"}).json()["id"]
    meta = {"classes": [{"title": f"c{at}", "shape": "rectangle", "color": "#000000"} for at in range(3)], "tags": []}
    return told(fake.send("POST", "projects.meta.update", json={"id": made, "meta": meta}))


def entities(fake: Guarded, _: Png) -> tuple[int, str]:
    first, second = (fake.send("POST", "projects.add", json={"workspaceId": 662, "name": one}) for one in "ab")
    assert first.status_code == 200
    return told(second)


def held_bytes(fake: Guarded, png: Png) -> tuple[int, str]:
    assert fake.send("POST", "images.bulk.upload", files=files(png())).status_code == 200
    return upload(fake, png(color=9))


def iterations(fake: Guarded, _: Png) -> tuple[int, str]:
    return told(fake.post("run_speedtest", projectId=PICTURES_PROJECT_ID, batch_size=1, num_iterations=3))


def uploading_bytes(fake: Guarded, _: Png) -> tuple[int, str]:
    first = fake.begin(size=900)
    fake.until(lambda: fake.uploading == 900)
    answer = told(fake.send("POST", "inference_image", data=b"x" * 101))
    first.close()
    return answer


PAST: dict[str, tuple[dict[str, Any], Past, int, str]] = {
    "body_bytes": ({"body_bytes": 999}, lambda f, _: told(f.send("POST", "inference_image", data=b"x" * 1000)), 413,
                   "999"),
    "json_bytes": ({"json_bytes": 99}, lambda f, _: told(f.post("inference_image_id", x="y" * 100)), 413, "99"),
    "json_depth": ({"json_depth": 5}, lambda f, _: told(f.post("inference_image_id", x=[[[[1]]]])), 400, "5 levels"),
    "files": ({"files": 1}, lambda f, p: told(f.send("POST", "inference_batch", files=files(p(), p()))), 400,
              "files is 1"),
    "parts": ({"parts": 1}, lambda f, p: told(f.send("POST", "inference_batch", files=files(p(), a="", b=""))), 400,
              "more than 1 parts"),
    "pixels": ({"pixels": 1199}, lambda f, p: told(f.send("POST", "inference_image", files=files(p()))), 400, "1,199"),
    "ids": ({"ids": 1}, lambda f, _: told(f.post("inference_batch_ids", batch_ids=[RIDER] * 2)), 400, "limit of 1"),
    "iterations": ({"iterations": 2}, iterations, 400, "at most 2"),
    "sync_frames": ({"sync_frames": 9}, lambda f, _: told(f.post("inference_video_id", videoId=VIDEO_ID)), 400,
                    "10 frames"),
    "live_jobs": ({"live_jobs": 1}, live_jobs, 400, "limit is 1"),
    "entities": ({"entities": 1}, entities, 400, "limit is 1"),
    "batch": ({"batch": 1}, lambda f, p: upload(f, p(), p()), 400, "more than 1 "),
    "held_bytes": ({"held_bytes": 150}, held_bytes, 413, "at most 150"),
    "name": ({"name": 10}, name, 400, "10"),
    "classes": ({"classes": 2}, classes, 400, "2"),
    "uploading_bytes": ({"uploading_bytes": 1000}, uploading_bytes, 429, "1,000"),
    "line_bytes": ({"line_bytes": 500}, lambda f, _: raw(f, b"GET /" + b"y" * 600 + b" HTTP/1.1\r\n\r\n"), 400, "500"),
    "headers": ({"headers": 5}, lambda f, _: raw(f, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 6 + b"\r\n"), 400, "eaders"),
    "head_seconds": ({"head_seconds": 0.1}, lambda f, _: raw(f, b"GET / HTTP/1.1\r\n"), 408, "0.1 s"),
    "body_silence_seconds": ({"body_silence_seconds": 0.1}, lambda f, _: stalled(f), 408, "0.1 s without a byte"),
    "body_seconds": ({"body_seconds": 0.1}, lambda f, _: stalled(f), 408, "0.1 s in all"),
}  # fmt: skip
ELSEWHERE = {
    "pop": "test_one_pop_hands_out_as_many_as_the_limit_says",
    "per_page": "test_a_page_has_as_many_as_the_limit_says",
    "images_per_page": "test_a_page_has_as_many_as_the_limit_says",
    "faults": "test_one_fault_too_many_is_a_clear_error",
    "journal_entries": "test_the_journal_forgets_its_oldest",
    "journal_bytes": "test_the_journal_forgets_its_oldest",
    "models": "test_one_model_too_many_is_a_clear_error",
    "stubs": "test_one_stub_too_many_is_a_clear_error",
    "connections": "test_the_last_connection_is_the_one_that_is_served",
    "idle_seconds": "test_an_idle_connection_is_closed",
    "answer_silence_seconds": "test_an_answer_that_nobody_takes_is_given_up",
    "linger_seconds": "test_a_refused_body_is_not_read_for_ever",
}
"""Limits past which nothing is refused over HTTP."""


def stalled(fake: Guarded) -> tuple[int, str]:
    """A body that never comes."""
    return raw(fake, b"POST /inference_image_id HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")


def test_every_limit_has_a_test() -> None:
    assert sorted([*PAST, *ELSEWHERE]) == sorted(Limits._fields)
    assert [one for one in ELSEWHERE.values() if one not in globals()] == []


@pytest.mark.parametrize("limit", PAST)
def test_past_a_limit_is_a_clear_refusal_and_no_lasting_cost(start: Start, png: Png, limit: str) -> None:
    limits, past, status, text = PAST[limit]
    fake = start(**limits)
    answered = past(fake, png)
    assert (answered[0], text in answered[1]) == (status, True), answered
    assert fake.send("GET", "livez").status_code == 200
    fake.until(lambda: fake.uploading == 0)


def test_one_pop_hands_out_as_many_as_the_limit_says(start: Start) -> None:
    fake = start(pop=3)
    job = fake.post("inference_video_id_async", videoId=VIDEO_ID).json()["inference_request_uuid"]
    fake.server.clock.advance(1000)
    sizes = [
        len(fake.post("pop_inference_results", inference_request_uuid=job).json()["pending_results"]) for _ in range(4)
    ]
    assert sizes == [3, 3, 3, 1]


def test_a_page_has_as_many_as_the_limit_says(start: Start) -> None:
    fake = start(per_page=1, images_per_page=2)
    projects = fake.send("POST", "projects.list", json={"workspaceId": 661}).json()
    assert (projects["perPage"], len(projects["entities"])) == (1, 1)
    images = fake.send("POST", "images.list", json={"projectId": PICTURES_PROJECT_ID}).json()
    assert (images["perPage"], len(images["entities"])) == (2, 2)


def test_one_fault_too_many_is_a_clear_error(start: Start) -> None:
    model = start(faults=2).server.add_model()
    for _ in range(2):
        model.fail(503)
    with pytest.raises(ValueError, match="limit is 2"):
        model.fail(503)


@pytest.mark.parametrize("limits", [{"journal_entries": 2}, {"journal_bytes": 900}])
def test_the_journal_forgets_its_oldest(start: Start, limits: dict[str, int]) -> None:
    fake = start(**limits)
    for _ in range(20):
        fake.post("get_session_info")
    journal = fake.server.fake.models[fake.server.session_token].journal
    assert [one.number for one in journal][-1] == 20
    assert len(list(journal)) < 4


def test_one_model_too_many_is_a_clear_error(start: Start) -> None:
    fake = start(models=2)
    model = fake.server.add_model()
    with pytest.raises(ValueError, match="2 models"):
        fake.server.add_model()
    model.close()
    fake.server.add_model().close()


def test_one_stub_too_many_is_a_clear_error(start: Start) -> None:
    model = start(stubs=2).server.add_model()
    for name in ("a", "b"):
        model.when(image=name).predict()
    with pytest.raises(ValueError, match="2 stubs"):
        model.when(image="c").predict()
    model.reset()
    model.when(image="c").predict()


def test_the_last_connection_is_the_one_that_is_served(start: Start) -> None:
    fake = start(connections=1)
    first = fake.plug()
    fake.until(lambda: fake.connections == 1 and next(iter(fake.gate.all)).is_resting)
    assert fake.send("GET", "livez").status_code == 200
    with suppress(ConnectionError):
        assert first.recv(1) == b""


def test_an_idle_connection_is_closed(start: Start) -> None:
    fake = start(idle_seconds=0.1)
    fake.plug()
    fake.until(lambda: fake.gate.all == {})


def test_an_answer_that_nobody_takes_is_given_up(start: Start) -> None:
    fake = start(answer_silence_seconds=0.1, idle_seconds=100.0)
    plug = fake.large()
    assert fake.connections == 1
    fake.until(lambda: fake.connections == 0)
    plug.close()


def test_a_refused_body_is_not_read_for_ever(start: Start) -> None:
    fake = start(linger_seconds=0.1, body_bytes=100)
    plug = fake.begin(size=10**12)
    assert plug.recv(12) == b"HTTP/1.1 413"
    fake.until(lambda: fake.connections == 0)
