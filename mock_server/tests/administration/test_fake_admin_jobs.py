"""Jobs as a person looks at them: how far they are, what they are about, and the end of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server import Clock
from modeldouble_server.default_world import VIDEO_ID

if TYPE_CHECKING:
    from .conftest import Caller, Start

JOBS = "models/1/jobs"


def begin(caller: Caller, route: str = "inference_video_id_async", **state: Any) -> str:
    """Start a job and give its uuid."""
    uuid: str = caller.post(route, **(state or {"video_id": VIDEO_ID})).json()["inference_request_uuid"]
    return uuid


def test_a_job_says_what_it_is_about_and_how_far_it_is(fake: Caller) -> None:
    uuid = begin(fake, video_id=VIDEO_ID, startFrameIndex=8, framesCount=4, framesDirection="backward")
    [told] = fake.ask("GET", JOBS)["jobs"]
    assert (told["uuid"], told["state"], told["inferred"], told["total"]) == (uuid, "running", 0, 4)
    assert (told["name"], told["video_id"], told["frames"]) == ("18635803.mp4", VIDEO_ID, [8, 4, -1])
    assert (told["route"], told["over"], told["stopped"]) == ("inference_video_id_async", False, False)


def test_what_was_inferred_and_handed_out_is_counted(start: Start) -> None:
    caller = start(clock=(clock := Clock(lambda: 1_700_000_000.0)))
    uuid = begin(caller)
    clock.advance(0.1)
    caller.post("pop_inference_results", inference_request_uuid=uuid)
    clock.advance(0.04)
    [told] = caller.ask("GET", JOBS)["jobs"]
    assert (told["inferred"], told["handed_out"], told["over"]) == (7, 5, False)


def test_the_newest_come_first_and_only_so_many(start: Start) -> None:
    caller = start(clock=(clock := Clock(lambda: 1_700_000_000.0)))
    uuids = []
    for _ in range(4):
        clock.advance(1)
        uuids.append(begin(caller))
    found = caller.ask("GET", f"{JOBS}?most=3")
    assert [one["uuid"] for one in found["jobs"]] == uuids[:0:-1]
    assert found["counts"]["finished"] + found["counts"]["running"] == 4
    assert caller.refused(400, "GET", f"{JOBS}?most=0")


def test_jobs_over_pictures_are_named_by_them(fake: Caller) -> None:
    begin(fake, "inference_image_id_async", image_id=171250)
    [told] = fake.ask("GET", JOBS)["jobs"]
    assert (told["name"], told["video_id"], told["frames"]) == ("171250.jpg", None, None)
    fake.ask("POST", "models/1/reset")
    begin(fake, "inference_batch_ids_async", image_ids=[171250, 17551748])
    assert fake.ask("GET", JOBS)["jobs"][0]["name"] == "2 pictures"


def test_a_job_that_failed_at_its_start_has_nothing_to_tell(fake: Caller) -> None:
    begin(fake, video_id=1)
    [told] = fake.ask("GET", JOBS)["jobs"]
    assert (told["state"], told["route"], told["name"], told["over"]) == ("error", None, None, True)


def test_a_secret_in_a_name_is_cut(fake: Caller) -> None:
    uuid = fake.http.post(
        f"{fake.server.session_url}/inference_batch_async",
        files=[("files", (f"{fake.server.session_token}.png", png()))], timeout=20,
    ).json()["inference_request_uuid"]  # fmt: skip
    [told] = fake.ask("GET", JOBS)["jobs"]
    assert (told["uuid"], told["name"]) == (uuid, "***.png")


def png() -> bytes:
    """A small picture."""
    from modeldouble_server.picture_file import drawn

    return drawn("a.png", (8, 8))


def test_a_stop_ends_a_job_and_no_other(fake: Caller) -> None:
    first, second = begin(fake), begin(fake)
    assert fake.ask("POST", f"{JOBS}/{first}/stop") == {"stopped": first}
    found = {one["uuid"]: (one["state"], one["stopped"]) for one in fake.ask("GET", JOBS)["jobs"]}
    assert found == {first: ("cancelled", True), second: ("running", False)}


def test_a_stop_over_the_admin_api_is_no_request_to_the_model(fake: Caller) -> None:
    uuid = begin(fake)
    fake.ask("POST", f"{JOBS}/{uuid}/stop")
    assert [one["route"] for one in fake.ask("GET", "models/1/journal")["entries"]] == ["inference_video_id_async"]


@pytest.mark.parametrize("uuid", ["x", "0" * 32, "%2e%2e"])
def test_a_job_that_is_not_known_cannot_be_stopped(fake: Caller, uuid: str) -> None:
    assert "is not known" in fake.refused(404, "POST", f"{JOBS}/{uuid}/stop")


def test_a_page_of_another_site_stops_nothing(fake: Caller) -> None:
    uuid = begin(fake)
    fake.refused(403, "POST", f"{JOBS}/{uuid}/stop", headers={"Origin": "http://evil.example"})
    fake.refused(403, "POST", f"{JOBS}/{uuid}/stop", headers={"Host": "evil.example"})
    assert not fake.ask("GET", JOBS)["jobs"][0]["stopped"]


def test_without_the_token_nothing_is_stopped(start: Start) -> None:
    caller = start(admin_token="a-token-of-ours")
    uuid = begin(caller)
    caller.refused(401, "POST", f"{JOBS}/{uuid}/stop")
    told = caller.ask("GET", JOBS, headers={"Authorization": "Bearer a-token-of-ours"})
    assert not told["jobs"][0]["stopped"]
