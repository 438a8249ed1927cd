"""smart_cache and smart_cache_files: answered at once, and what is wrong is told in the log."""

from __future__ import annotations

import hashlib
import json
import logging
from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.default_world import DATA

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller

    Refused = Callable[[Response, int], str]

STARTED = {"message": "Cache task started."}
RIDER, VIDEO = 171250, 18635803
HASH = b64encode(hashlib.sha256((DATA / "world" / "171250.jpg").read_bytes()).digest()).decode()


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]


@pytest.mark.parametrize(
    "state",
    [
        {"image_ids": [RIDER, 17551748], "dataset_id": 53001},
        {"image_ids": []},
        {"image_hashes": [HASH]},
        {"video_id": VIDEO},
        {"video_id": VIDEO, "frame_indexes": [0, 9]},
        {"video_id": VIDEO, "frame_ranges": [[0, 3], [9, 7]]},
        {"video_id": VIDEO, "frame_ranges": [], "server_address": "http://x", "api_token": "y"},
    ],
    ids=str,
)
def test_what_is_there_is_cached_without_a_word(
    fake: Caller, caplog: pytest.LogCaptureFixture, state: dict[str, Any]
) -> None:
    assert fake.ask("smart_cache", state) == STARTED
    assert warnings(caplog) == []


@pytest.mark.parametrize(
    ("state", "named"),
    [
        ({"image_ids": [RIDER, 1]}, "image 1 "),
        ({"image_hashes": [HASH, "bm90IHRoZXJl"]}, "image hash 'bm90IHRoZXJl' "),
        ({"image_hashes": ["no base64"]}, "image hash 'no base64' "),
        ({"video_id": 1}, "video 1 "),
        ({"video_id": 1, "frame_indexes": [0]}, "video 1 "),
        ({"video_id": VIDEO, "frame_indexes": [3, 10]}, "frame 10 of video 18635803 "),
        ({"video_id": VIDEO, "frame_ranges": [[10, 3]]}, "frame 10 of video 18635803 "),
    ],
    ids=str,
)
def test_what_is_not_there_is_answered_the_same_and_told_in_the_log(
    fake: Caller, caplog: pytest.LogCaptureFixture, state: dict[str, Any], named: str
) -> None:
    assert fake.ask("smart_cache", state) == STARTED
    assert [named in one and "[cache-unseen]" in one for one in warnings(caplog)] == [True]


@pytest.mark.parametrize(
    ("state", "named"),
    [
        ({}, "image_ids, image_hashes or video_id"),
        ({"image_ids": "x"}, "image_ids"),
        ({"image_ids": [1.5]}, "image_ids"),
        ({"image_ids": [True]}, "image_ids"),
        ({"image_ids": [1] * 10_001}, "image_ids"),
        ({"image_hashes": [1]}, "image_hashes"),
        ({"video_id": "7"}, "video_id"),
        ({"video_id": VIDEO, "frame_indexes": 3}, "frame_indexes"),
        ({"video_id": VIDEO, "frame_ranges": [[0, 1, 2]]}, "frame_ranges"),
        ({"video_id": VIDEO, "frame_ranges": [[0, "1"]]}, "frame_ranges"),
        ({"video_id": VIDEO, "frame_ranges": [[0, 1]] * 10_001}, "frame_ranges"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_input_is_refused_by_its_name(fake: Caller, refused: Refused, state: dict[str, Any], named: str) -> None:
    assert named in refused(fake.post("smart_cache", state), 400)


def test_a_range_of_a_million_million_frames_costs_nothing(fake: Caller) -> None:
    assert fake.ask("smart_cache", video_id=VIDEO, frame_ranges=[[0, 10**12]]) == STARTED


@pytest.mark.parametrize(
    "state",
    [
        {"image_ids": [RIDER, 1]},
        {"image_hashes": ["a", "b"]},
        {"video_id": VIDEO, "frame_indexes": [0, 4]},
        {"video_id": VIDEO, "frame_ranges": [[4, 3]]},
    ],
    ids=str,
)
def test_files_are_taken_with_the_names_of_each(
    fake: Caller, rider: bytes, png: Callable[..., bytes], state: dict[str, Any]
) -> None:
    assert fake.upload("smart_cache_files", rider, png(), **state).json() == STARTED


def test_one_file_is_a_whole_video(fake: Caller, street: bytes) -> None:
    assert fake.upload("smart_cache_files", street, video_id=VIDEO).json() == STARTED


def test_cached_files_are_not_what_is_inferred_and_that_is_told(
    fake: Caller, caplog: pytest.LogCaptureFixture, png: Callable[..., bytes]
) -> None:
    before = fake.ask("inference_image_id", image_id=RIDER)
    fake.upload("smart_cache_files", png(), image_ids=[RIDER])
    assert fake.ask("inference_image_id", image_id=RIDER) == before
    assert ["[cache-kept-nothing]" in one for one in warnings(caplog)] == [True]


@pytest.mark.parametrize(
    ("state", "named"),
    [
        ({}, "image_ids, image_hashes or video_id"),
        ({"image_ids": [1, 2]}, "1 parts for 2 names"),
        ({"video_id": VIDEO, "frame_indexes": []}, "1 parts for 0 names"),
    ],
    ids=str,
)
def test_files_that_no_name_stands_for_are_refused(
    fake: Caller, refused: Refused, rider: bytes, state: dict[str, Any], named: str
) -> None:
    assert named in refused(fake.upload("smart_cache_files", rider, **state), 400)


def test_a_file_that_is_no_picture_is_refused(fake: Caller, refused: Refused) -> None:
    assert "unsupported format" in refused(fake.upload("smart_cache_files", b"text", image_ids=[1]), 400)


def test_a_form_without_files_is_422_and_settings_that_are_no_json_400(fake: Caller, refused: Refused) -> None:
    settings = ("settings", (None, json.dumps({"image_ids": [1]}), "text/plain"))
    refused(fake.send("POST", "smart_cache_files", files=[settings]), 422)
    broken = [("files", ("a.png", b"x")), ("settings", (None, "{", "text/plain"))]
    assert "Cannot decode settings" in refused(fake.send("POST", "smart_cache_files", files=broken), 400)
