"""A recording in the place of the app: the same answers, whatever the order, and what becomes of others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modeldouble_server import CannotServe, Server
from modeldouble_server.recording import recorded_model
from modeldouble_server.recording.exchange import BLOBS

from .conftest import (
    ASTRONAUT,
    CAT,
    ORANGES,
    RIDER,
    TOKEN,
    VIDEO,
    Client,
    Replay,
    line,
    lines,
    prediction,
    recorded,
    written,
)  # fmt: skip

INFO = ("get_session_info", "get_custom_inference_settings", "get_output_classes_and_tags", "get_model_meta",
        "get_deploy_info", "get_deploy_settings", "list_pretrained_models", "is_deployed")  # fmt: skip


@pytest.fixture(scope="module")
def told(app: Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes], list[Any]]:
    """A recording, the bodies that clients got, and the results of a job."""
    folder = tmp_path_factory.mktemp("r")
    with recorded(app.session_url, folder) as url:
        client = Client(url)
        bodies = {name: ask(client, name) for name in ASKED}
        results = client.job("inference_video_id_async", videoId=VIDEO)
        client.job("inference_project_id_async", projectId=17001)
    return folder, bodies, results


def ask(client: Client, name: str) -> bytes:
    route, *more = name.split()
    if more:
        return client.upload(route, *(CAT, ASTRONAUT)[: len(more)], settings={"conf_thres": 0.3}).content
    return client.post(route, **ASKED[name]).content


ASKED: dict[str, dict[str, Any]] = {
    **{route: {} for route in INFO},
    "inference_image_id": {"image_id": RIDER},
    "inference_batch_ids": {"batch_ids": [RIDER, ORANGES, RIDER]},
    "inference_video_id": {"videoId": VIDEO, "startFrameIndex": 2, "framesCount": 3},
    "inference_image cat": {},
    "inference_batch cat astronaut": {},
}


def test_bodies_are_those_of_the_app(told: Any, replay: Replay) -> None:
    client = replay(told[0])
    assert {name: ask(client, name) for name in reversed(ASKED)} == told[1]


def test_a_job_gives_the_recorded_predictions_backward_and_in_part(told: Any, replay: Replay) -> None:
    client = replay(told[0])
    assert client.job("inference_video_id_async", videoId=VIDEO) == told[2]
    part = client.job("inference_video_id_async", videoId=VIDEO, startFrameIndex=5, framesCount=3, direction="backward")
    assert part == [told[2][at] for at in (5, 4, 3)]


def test_what_was_a_batch_may_be_asked_alone_and_as_a_job(told: Any, replay: Replay) -> None:
    client = replay(told[0])
    cat, astronaut = json.loads(told[1]["inference_batch cat astronaut"])
    assert client.upload("inference_image", ASTRONAUT, settings={"conf_thres": 0.3}).json() == astronaut
    uuid = client.upload("inference_batch_async", CAT, settings={"conf_thres": 0.3}).json()["inference_request_uuid"]
    popped: list[Any] = []
    while not popped:
        popped = client.post("pop_inference_results", inference_request_uuid=uuid).json()["pending_results"]
    assert popped == [cat]


def test_a_project_is_replayed(told: Any, replay: Replay) -> None:
    assert {one["image_id"] for one in replay(told[0]).job("inference_project_id_async", projectId=17001)} >= {RIDER}


def test_other_settings_are_refused_before_anything_begins(told: Any, replay: Replay) -> None:
    client = replay(told[0])
    for route, state in (("inference_image_id", {"image_id": RIDER}), ("inference_video_id_async", {"videoId": VIDEO})):
        answer = client.post(route, **state, settings={"conf_thres": 0.9})
        assert answer.status_code == 400
        assert "recorded with conf_thres 0.25, asked is 0.9" in answer.json()["message"]


def test_an_id_that_was_not_recorded_is_refused(told: Any, replay: Replay) -> None:
    client = replay(told[0])
    for route, state in (("inference_image_id", {"image_id": 5}), ("inference_video_id_async", {"videoId": 5})):
        answer = client.post(route, **state)
        assert (answer.status_code, "id 5 was never recorded" in answer.text) == (400, True)


def test_a_miss_may_be_invented(told: Any, replay: Replay, caplog: pytest.LogCaptureFixture) -> None:
    client = replay(told[0], on_miss="synthetic")
    found = client.upload("inference_image", ASTRONAUT, settings={"conf_thres": 0.01}).json()
    assert found["annotation"]["size"] == {"height": 512, "width": 512}
    assert "what is answered instead is invented" in caplog.text
    assert client.post("inference_image_id", **ASKED["inference_image_id"]).content == told[1]["inference_image_id"]


def test_a_miss_may_be_asked_of_the_app_and_is_recorded(app: Server, tmp_path: Path, replay: Replay) -> None:
    with recorded(app.session_url, tmp_path / "r"):
        pass
    client, direct = replay(tmp_path / "r", on_miss="proxy", proxy_url=app.session_url), Client(app.session_url)
    assert (
        client.post("inference_image_id", image_id=RIDER).content
        == direct.post("inference_image_id", image_id=RIDER).content
    )
    assert client.upload("inference_image", CAT).json() == direct.upload("inference_image", CAT).json()
    assert client.job("inference_video_id_async", videoId=VIDEO) == direct.job(
        "inference_video_id_async", videoId=VIDEO
    )
    assert TOKEN not in (tmp_path / "r" / "exchanges.jsonl").read_text()
    again = replay(tmp_path / "r")
    assert again.upload("inference_image", CAT).json() == direct.upload("inference_image", CAT).json()
    assert len(again.job("inference_video_id_async", videoId=VIDEO)) == 10


def test_what_was_asked_of_the_app_is_not_asked_again(app: Server, tmp_path: Path, replay: Replay) -> None:
    with recorded(app.session_url, tmp_path / "r"):
        pass
    client = replay(tmp_path / "r", on_miss="proxy", proxy_url=app.session_url)
    for _ in range(3):
        assert client.upload("inference_image", CAT).status_code == 200
        assert client.post("inference_image_id", image_id=RIDER).status_code == 200
    routes = [one["route"] for one in lines(tmp_path / "r")]
    assert (routes.count("inference_image"), routes.count("inference_image_id")) == (1, 1)


def test_an_app_that_is_gone_is_told_of_a_miss(tmp_path: Path, replay: Replay) -> None:
    answer = replay(written(tmp_path / "r"), on_miss="proxy").post("inference_image_id", image_id=5)
    assert (answer.status_code, "the app does not answer" in answer.text) == (502, True)


def test_ids_of_the_recording_are_in_the_world(tmp_path: Path, replay: Replay) -> None:
    image = prediction(11, image_id=5, name="a.jpg", dataset_id=2, project_id=3)
    frames = {"ann": [prediction(12, frame_index=at, dataset_id=4, project_id=6) for at in range(3)]}
    folder = written(
        tmp_path / "r",
        line("inference_image_id", {"image_id": 5}, {"json": image}),
        line("inference_video_id", {"videoId": 9}, {"json": frames}),
    )
    client = replay(folder)
    assert client.post("inference_image_id", image_id=5).json() == image
    assert [one["frame_index"] for one in client.job("inference_video_id_async", videoId=9)] == [0, 1, 2]
    assert client.post("inference_video_id", videoId=9).json()["ann"] == frames["ann"]
    assert client.job("inference_project_id_async", projectId=3) == [{**image, "image_name": "a.jpg"}]


def test_an_id_of_the_recording_replaces_that_of_the_default_world(tmp_path: Path, replay: Replay) -> None:
    image = prediction(11, image_id=RIDER, name="other.jpg")
    client = replay(written(tmp_path / "r", line("inference_image_id", {"image_id": RIDER}, {"json": image})))
    assert client.post("inference_image_id", image_id=RIDER).json() == image


def test_a_recorded_failure_fails_again(tmp_path: Path, replay: Replay) -> None:
    oops = {"json": {"detail": {"title": "Oops", "message": "bad picture"}}}
    folder = written(tmp_path / "r", line("inference_image_id", {"image_id": RIDER}, oops, status=500))
    answer = replay(folder).post("inference_image_id", image_id=RIDER)
    assert (answer.status_code, answer.json()["detail"]["message"]) == (500, "bad picture")


def test_a_server_that_is_started_again_replays_again(told: Any) -> None:
    server = Server(replay=told[0])
    for _ in range(2):
        with server:
            assert ask(Client(server.server_address), "inference_image_id") == told[1]["inference_image_id"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"on_miss": "fail"}, "give --replay DIR too"),
        ({"proxy_url": "http://h"}, "give --replay DIR too"),
        ({"replay": "nowhere"}, "is no recording"),
        ({"replay": "nowhere", "scenario": "example:pose"}, "give one"),
        ({"replay": "nowhere", "proxy_url": "http://h"}, "give --on-miss proxy too"),
        ({"replay": "nowhere", "on_miss": "guess"}, "give fail, synthetic or proxy"),
    ],
)
def test_what_cannot_be_replayed_is_told(options: dict[str, Any], why: str) -> None:
    with pytest.raises(CannotServe, match=why):
        Server(**options)


def test_the_token_of_a_recorded_address_has_to_be_given(app: Server, told: Any) -> None:
    with pytest.raises(CannotServe, match="give --proxy-url"):
        recorded_model(told[0], "proxy")


def test_classes_of_a_recording_are_those_of_the_app(told: Any) -> None:
    spec = recorded_model(told[0])
    assert (spec.meta.names[0], len(spec.meta.names), spec.info["model_name"]) == ("person", 80, "YOLOv5")
    assert spec.settings["conf_thres"] == 0.25


def test_an_id_that_the_app_knows_is_known_from_then_on(tmp_path: Path, replay: Replay) -> None:
    with Server() as own:
        image_id = own.add_image(CAT, "cat.jpg")
        with recorded(own.session_url, tmp_path / "r"):
            pass
        client = replay(tmp_path / "r", on_miss="proxy", proxy_url=own.session_url)
        first = client.post("inference_image_id", image_id=image_id).json()
    assert client.post("inference_image_id", image_id=image_id).json() == first
    assert first["image_id"] == image_id


def test_an_image_of_another_size_replaces_that_of_the_default_world(tmp_path: Path) -> None:
    image = prediction(11, image_id=RIDER, name=f"{RIDER}.jpg")
    folder = written(tmp_path / "r", line("inference_image_id", {"image_id": RIDER}, {"json": image}))
    with Server(replay=folder) as server:
        client = Client(f"{server.server_address}/public/api/v3")
        headers = {"x-api-key": server.api_token}
        info = client.http.post(f"{client.url}/images.info", json={"id": RIDER}, headers=headers, timeout=20).json()
    assert (info["width"], info["height"]) == (11, 6)


def test_a_recording_that_cannot_be_added_to_is_told_by_the_option_that_named_it(tmp_path: Path) -> None:
    path = written(tmp_path / "r")
    (path / BLOBS).rmdir()
    (path / BLOBS).touch()
    with pytest.raises(CannotServe, match=r"^--replay .* cannot be written .*; name a folder that you may write"):
        Server(replay=path, on_miss="proxy")
