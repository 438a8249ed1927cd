"""tracking_by_detection: the answer of a real app, with a word that nothing was tracked."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller, Start

    Refused = Callable[[Response, int], str]

VIDEO = 18635803
TRACK = {"videoId": VIDEO, "trackId": "t-1", "startFrameIndex": 0, "framesCount": 3}


def test_the_answer_is_the_real_one_and_warns_that_nothing_is_tracked(fake: Caller) -> None:
    answer = fake.ask("tracking_by_detection", TRACK)
    assert answer["message"] == "Track task started."
    assert "nothing will be tracked" in answer["warning"]
    assert set(answer) == {"message", "warning"}


def test_the_log_tells_it_too(fake: Caller, caplog: pytest.LogCaptureFixture) -> None:
    fake.ask("tracking_by_detection", TRACK)
    told = [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]
    assert ["video 18635803 was to be tracked" in one and "[tracks-nothing]" in one for one in told] == [True]


def test_an_unknown_video_is_told_in_the_log_only(fake: Caller, caplog: pytest.LogCaptureFixture) -> None:
    assert fake.ask("tracking_by_detection", videoId=1)["message"] == "Track task started."
    assert "video 1, which does not exist, was to be tracked" in caplog.text


def test_keys_of_the_context_count_as_the_states(fake: Caller, refused: Refused) -> None:
    body = {"state": {}, "context": {"video_id": VIDEO, "trackId": "t-1"}}
    assert fake.send("POST", "tracking_by_detection", json=body).status_code == 200
    body["context"]["framesCount"] = -1
    assert "framesCount" in refused(fake.send("POST", "tracking_by_detection", json=body), 400)


def test_a_release_answers_the_message_alone(start: Start) -> None:
    assert start(dialect="6.74.51").ask("tracking_by_detection", TRACK) == {"message": "Track task started."}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"state": None}, "state"),
        ({"state": {}}, "videoId"),
        ({"state": {"videoId": "7"}}, "videoId"),
        ({"state": {**TRACK, "startFrameIndex": -1}}, "startFrameIndex"),
        ({"state": {**TRACK, "framesCount": 0.5}}, "framesCount"),
        ({"state": {**TRACK, "settings": {"conf": 2}}}, "conf"),
        ({"state": TRACK, "context": ["t-1"]}, "context"),
    ],
    ids=str,
)
def test_bad_input_is_refused_by_its_name(fake: Caller, refused: Refused, body: dict[str, Any], named: str) -> None:
    assert named in refused(fake.send("POST", "tracking_by_detection", json=body), 400)
