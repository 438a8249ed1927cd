"""Videos over HTTP: by id and as a file, at once and as jobs, and which frames a range means."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server import Limits
from modeldouble_server.default_world import VIDEO_ID, VIDEOS_DATASET_ID, VIDEOS_PROJECT_ID

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller, Start

    Refused = Callable[[Response, int], str]

SYNC, JOB, FILE = "inference_video_id", "inference_video_id_async", "inference_video_async"
TUTORIAL_CLASSES = {0: ["car"], 1: ["car", "truck", "car"]}


def frames(fake: Caller, **keys: Any) -> list[int]:
    """Frame indices that a job over the default video gives, in order."""
    uuid = fake.start(JOB, videoId=VIDEO_ID, **keys)
    fake.clock.advance(60)
    return [one["frame_index"] for one in fake.poll("pop_inference_results", uuid)["pending_results"]]


def test_a_synchronous_answer_has_all_frames_and_no_video_annotation(fake: Caller) -> None:
    answer = fake.ask(SYNC, videoId=VIDEO_ID)
    assert answer.keys() == {"ann", "video_ann"}
    assert answer["video_ann"] is None
    assert [one["frame_index"] for one in answer["ann"]] == list(range(10))


def test_a_synchronous_answer_takes_as_long_as_the_model(fake: Caller) -> None:
    fake.ask(SYNC, videoId=VIDEO_ID)
    fake.ask(SYNC, videoId=VIDEO_ID, framesCount=3)
    assert fake.slept == pytest.approx([0.2, 0.06])


def test_a_synchronous_answer_takes_the_models_preparation_too(fake: Caller) -> None:
    model = fake.server.fake.root_model
    assert model is not None
    fake.server.fake.add_model("slow", model.spec._replace(preparation=5.0, pace=0.5), model.world)
    fake.ask(f"/net/slow/{SYNC}", videoId=VIDEO_ID)
    assert fake.slept == pytest.approx([10.0])


def test_frames_say_whose_they_are(fake: Caller) -> None:
    first = fake.ask(SYNC, videoId=VIDEO_ID, framesCount=1)["ann"][0]
    ids = (first["video_id"], first["dataset_id"], first["project_id"], first["image_id"], first["name"])
    assert ids == (VIDEO_ID, VIDEOS_DATASET_ID, VIDEOS_PROJECT_ID, None, None)
    assert first["annotation"]["size"] == {"height": 360, "width": 640}


@pytest.mark.parametrize("frame", TUTORIAL_CLASSES)
def test_the_first_frames_are_what_the_seed_printed(fake: Caller, frame: int) -> None:
    found = fake.ask(SYNC, videoId=VIDEO_ID, startFrameIndex=frame, framesCount=1)["ann"][0]["annotation"]
    assert [one["classTitle"] for one in found["objects"]] == TUTORIAL_CLASSES[frame]


def test_the_seeds_threshold_loses_nothing_of_the_video(fake: Caller) -> None:
    with_it = fake.ask(SYNC, videoId=VIDEO_ID, settings={"conf_thres": 0.55})
    assert with_it == fake.ask(SYNC, videoId=VIDEO_ID)


def test_a_job_gives_what_the_synchronous_answer_gives(fake: Caller) -> None:
    uuid = fake.start(JOB, videoId=VIDEO_ID)
    fake.clock.advance(1)
    assert fake.poll("pop_inference_results", uuid)["pending_results"] == fake.ask(SYNC, videoId=VIDEO_ID)["ann"]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, list(range(10))),
        ({"startFrameIndex": 3, "framesCount": 2}, [3, 4]),
        ({"start_frame_index": 3, "frames_count": 2}, [3, 4]),
        ({"start_frame": 3, "num_frames": 2}, [3, 4]),
        ({"startFrameIndex": None, "framesCount": None}, list(range(10))),
        ({"startFrameIndex": 8}, [8, 9]),
        ({"startFrameIndex": 8, "framesCount": 10}, [8, 9]),
        ({"framesCount": 2**70}, list(range(10))),
        ({"startFrameIndex": 9, "framesCount": 1}, [9]),
        ({"startFrameIndex": 10}, []),
        ({"startFrameIndex": 10**9}, []),
        ({"startFrameIndex": 2**70, "framesCount": 2**70}, []),
        ({"framesCount": 0}, []),
        ({"startFrameIndex": 5, "framesCount": 3, "framesDirection": "backward"}, [5, 4, 3]),
        ({"startFrameIndex": 5, "framesCount": 3, "direction": "backward"}, [5, 4, 3]),
        ({"startFrameIndex": 1, "framesCount": 9, "framesDirection": "backward"}, [1, 0]),
        ({"framesDirection": "backward", "framesCount": 2}, [9, 8]),
        ({"framesDirection": "forward", "framesCount": 2}, [0, 1]),
        ({"framesDirection": None, "framesCount": 1}, [0]),
    ],
)
def test_a_range_is_clipped_to_the_video(fake: Caller, keys: dict[str, Any], expected: list[int]) -> None:
    assert frames(fake, **keys) == expected
    assert [one["frame_index"] for one in fake.ask(SYNC, videoId=VIDEO_ID, **keys)["ann"]] == expected


def test_a_job_over_nothing_is_finished_from_the_start(fake: Caller) -> None:
    poll = fake.poll("get_inference_progress", fake.start(JOB, videoId=VIDEO_ID, framesCount=0))
    assert (poll["stage"], poll["finished"], poll["is_inferring"], poll["result"]) == ("Finished", True, False, True)
    assert (poll["progress"]["current"], poll["progress"]["total"]) == (0, 0)


@pytest.mark.parametrize("route", [SYNC, JOB])
@pytest.mark.parametrize("value", [-1, -(10**9), -(2**70), 1.5, 3.0, True, "3", [], {}, 1e300])
@pytest.mark.parametrize("key", ["startFrameIndex", "framesCount", "num_frames"])
def test_a_range_that_is_no_whole_number_of_at_least_0_is_400(
    fake: Caller, refused: Refused, route: str, key: str, value: object
) -> None:
    text = refused(fake.post(route, videoId=VIDEO_ID, **{key: value}), 400)
    assert text.startswith("state.startFrameIndex" if key == "startFrameIndex" else "state.framesCount")
    assert "send a whole number" in text


@pytest.mark.parametrize("direction", ["up", "Backward", 1, True, ["backward"]])
@pytest.mark.parametrize("key", ["framesDirection", "direction"])
def test_an_unknown_direction_is_400(fake: Caller, refused: Refused, key: str, direction: object) -> None:
    assert "send forward or backward" in refused(fake.post(JOB, videoId=VIDEO_ID, **{key: direction}), 400)


def test_a_bad_range_is_400_even_of_an_unknown_video(fake: Caller, refused: Refused) -> None:
    assert refused(fake.post(JOB, videoId=999, framesCount=-1), 400)


@pytest.mark.parametrize("route", [SYNC, JOB])
@pytest.mark.parametrize("key", ["videoId", "video_id"])
def test_a_video_id_has_two_names(fake: Caller, route: str, key: str) -> None:
    assert fake.post(route, {key: VIDEO_ID, "framesCount": 1}).status_code == 200


@pytest.mark.parametrize("route", [SYNC, JOB])
def test_a_missing_video_id_is_400(fake: Caller, refused: Refused, route: str) -> None:
    assert "state.videoId is missing" in refused(fake.post(route, videoId=None), 400)


@pytest.mark.parametrize("video_id", [999, 2**70, 10**4000])
def test_an_unknown_video_id_is_404_at_once(fake: Caller, refused: Refused, video_id: int) -> None:
    assert refused(fake.post(SYNC, videoId=video_id), 404).startswith("video id 9" if video_id == 999 else "video id 1")
    assert fake.slept == []


def test_more_frames_than_one_answer_holds_are_400_and_name_the_job_route(start: Start, refused: Refused) -> None:
    fake = start(limits=Limits(sync_frames=5))
    assert JOB in refused(fake.post(SYNC, videoId=VIDEO_ID), 400)
    assert len(fake.ask(SYNC, videoId=VIDEO_ID, framesCount=5)["ann"]) == 5


def test_going_backward_and_being_clipped_are_told_once_each(fake: Caller, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        frames(fake, framesDirection="backward", startFrameIndex=3, framesCount=99)
    told = [one.getMessage().rpartition("[")[2] for one in caplog.records]
    assert sorted(told) == ["backward]", "range-clipped]"]


def test_an_uploaded_video_is_inferred_as_the_one_of_the_world(fake: Caller, street: bytes) -> None:
    uuid = fake.upload(FILE, street).json()["inference_request_uuid"]
    fake.clock.advance(1)
    found = fake.poll("pop_inference_results", uuid)["pending_results"]
    expected = fake.ask(SYNC, videoId=VIDEO_ID)["ann"]
    assert [one["annotation"] for one in found] == [one["annotation"] for one in expected]
    assert [(one["frame_index"], one["video_id"], one["image_id"]) for one in found][9] == (9, None, None)


@pytest.mark.parametrize("keys", [{"startFrameIndex": 4, "framesCount": 2}, {"start_frame": 4, "num_frames": 2}])
def test_an_uploaded_video_takes_a_range_beside_the_settings(fake: Caller, street: bytes, keys: dict[str, int]) -> None:
    uuid = fake.upload(FILE, street, **keys).json()["inference_request_uuid"]
    fake.clock.advance(1)
    popped = fake.poll("pop_inference_results", uuid)["pending_results"]
    assert [one["frame_index"] for one in popped] == [4, 5]


def test_a_bad_range_of_an_uploaded_video_names_the_form_part(fake: Caller, refused: Refused, street: bytes) -> None:
    assert "settings.framesCount" in refused(fake.upload(FILE, street, framesCount=-1), 400)


@pytest.mark.parametrize("content", [b"", b"not a video", b"\x00" * 5000, b"RIFF\x00\x00\x00\x00AVI "])
def test_what_is_no_video_is_400(fake: Caller, refused: Refused, content: bytes) -> None:
    assert "unsupported format" in refused(fake.upload(FILE, content, names=("a.mp4",)), 400)


def test_half_a_video_has_the_frames_that_are_there(fake: Caller, street: bytes) -> None:
    uuid = fake.upload(FILE, street[: len(street) // 2]).json()["inference_request_uuid"]
    assert 0 < fake.poll("get_inference_progress", uuid)["progress"]["total"] < 10


def test_a_video_without_a_frame_is_400(fake: Caller, refused: Refused, street: bytes) -> None:
    assert refused(fake.upload(FILE, street[: street.index(b"mdat") + 4]), 400)


def test_a_video_over_the_pixel_limit_is_400(start: Start, refused: Refused, street: bytes) -> None:
    fake = start(limits=Limits(pixels=640 * 360 - 1))
    assert "640 x 360 pixels" in refused(fake.upload(FILE, street), 400)


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile {url}\n",
        "ffconcat version 1.0\nfile /etc/passwd\n",
        "<?xml version='1.0'?><MPD><Period><BaseURL>{url}</BaseURL></Period></MPD>",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
    ],
)
def test_a_playlist_is_no_video_and_nothing_that_it_names_is_opened(
    fake: Caller, refused: Refused, playlist: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as trap:
        content = playlist.format(url=f"http://127.0.0.1:{trap.getsockname()[1]}/x.ts").encode()
        assert "unsupported format" in refused(fake.upload(FILE, content, names=("a.m3u8",)), 400)
        trap.setblocking(False)
        with pytest.raises(BlockingIOError):
            trap.accept()
