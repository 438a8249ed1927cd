"""A real serving app is recorded while our client and the official one drive it; a replay then answers without it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any, NamedTuple

import pytest
import requests
import supervisely as sly
from supervisely.nn.inference import SessionJSON

import modeldouble
import modeldouble_server
from modeldouble_server.default_world import DATA
from modeldouble_server.recording.command import record

from .real_app import serving

RIDER, ORANGES, VIDEO = 171250, 17551748, 18635803
FILES = [DATA / "demo" / "astronaut.jpg", DATA / "demo" / "cat.jpg"]
GENEROUS = 60.0


class Seen(NamedTuple):
    """What clients got, each answer as the text of its JSON, and bodies as they were."""

    ours: dict[str, str]
    official: dict[str, str]
    bodies: dict[str, bytes]


@contextmanager
def recording(url: str, output: Path) -> Iterator[str]:
    leave, ready = threading.Event(), Queue[str]()
    thread = threading.Thread(target=record, args=(url, output, leave, ready.put), daemon=True)
    thread.start()
    try:
        yield ready.get(timeout=GENEROUS)
    finally:
        leave.set()
        thread.join(GENEROUS)


def ours(api: modeldouble.Api, url: str) -> dict[str, str]:
    session = modeldouble.Session(api, session_url=url)
    told: dict[str, Any] = {
        "info": session.get_session_info(),
        "settings": session.get_default_inference_settings(),
        "file": session.inference_image_path(FILES[0]),
        "files": session.inference_image_paths(FILES),
        "id": session.inference_image_id(RIDER),
        "ids": session.inference_image_ids([RIDER, ORANGES]),
        "job": list(session.inference_video_id_async(VIDEO)),
        "video": session.inference_video_id(VIDEO, 2, 4),
    }
    session.update_inference_settings(conf_thres=0.5)
    told["surer"] = session.inference_image_path(FILES[1])
    return {name: json.dumps(value) for name, value in told.items()}


def official(api: Any, url: str) -> dict[str, str]:
    session = SessionJSON(api, session_url=url)
    told: dict[str, Any] = {
        "info": session.get_session_info(),
        "settings": session.get_default_inference_settings(),
        "meta": session.get_model_meta(),
        "file": session.inference_image_path(str(FILES[0])),
        "files": session.inference_image_paths([str(one) for one in FILES]),
        "id": session.inference_image_id(RIDER),
        "ids": session.inference_image_ids([RIDER, ORANGES]),
        "job": list(session.inference_video_id_async(VIDEO)),
        "video": session.inference_video_id(VIDEO, 2, 4),
        "part": list(session.inference_video_id_async(VIDEO, start_frame_index=3, frames_count=2)),
    }
    return {name: json.dumps(value) for name, value in told.items()}


def bodies(token: str, url: str) -> dict[str, bytes]:
    """Answers of the routes that answer at once, byte for byte."""
    states: dict[str, dict[str, Any]] = {
        "get_session_info": {}, "get_custom_inference_settings": {}, "get_output_classes_and_tags": {},
        "get_tracking_settings": {}, "get_deploy_settings": {}, "inference_image_id": {"image_id": RIDER},
        "inference_batch_ids": {"batch_ids": [ORANGES, RIDER]},
        "inference_video_id": {"videoId": VIDEO, "startFrameIndex": 1, "framesCount": 3},
    }  # fmt: skip
    found: dict[str, bytes] = {}
    for route, state in states.items():
        said = {"state": {"settings": {}, **state}, "context": {"apiToken": token}, "api_token": token}
        key = {"x-api-key": token}
        answer = requests.post(f"{url}/{route}?token={token}", json=said, headers=key, timeout=GENEROUS)
        assert answer.status_code == 200, answer.text
        found[route] = answer.content
    parts = {"files": ("a.jpg", FILES[1].read_bytes())}
    upload = requests.post(f"{url}/inference_image", files=parts, timeout=GENEROUS)
    return {**found, "inference_image": upload.content}


def drive(platform: modeldouble_server.Server, url: str) -> Seen:
    """The same requests to a proxy and to a replay. Clients know the platform's address, and ask it nothing."""
    where = platform.server_address, platform.api_token
    return Seen(ours(modeldouble.Api(*where), url), official(sly.Api(*where), url), bodies(platform.api_token, url))


class Recorded(NamedTuple):
    """A recording of an app that is gone, and what its clients saw."""

    folder: Path
    seen: Seen
    token: str


@pytest.fixture(scope="module")
def recorded(platform: modeldouble_server.Server, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("recorded")
    (folder / "app").mkdir()
    with (
        serving(platform.server_address, platform.api_token, folder / "app") as app,
        recording(app, folder / "recording") as proxy,
    ):
        return Recorded(folder / "recording", drive(platform, proxy), platform.api_token)


@pytest.fixture(scope="module")
def replayed(recorded: Recorded, platform: modeldouble_server.Server) -> Seen:
    with modeldouble_server.serve(replay=recorded.folder) as server:
        return drive(platform, server.server_address)


def test_our_client_gets_from_a_replay_what_it_got_from_the_app(recorded: Recorded, replayed: Seen) -> None:
    assert len(json.loads(recorded.seen.ours["job"])) == 10
    assert replayed.ours == recorded.seen.ours


def test_the_official_client_gets_from_a_replay_what_it_got_from_the_app(recorded: Recorded, replayed: Seen) -> None:
    assert len(json.loads(recorded.seen.official["job"])) == 10
    assert replayed.official == recorded.seen.official


def test_bodies_of_a_replay_are_the_apps_byte_for_byte(recorded: Recorded, replayed: Seen) -> None:
    assert len(recorded.seen.bodies) == 9
    assert replayed.bodies == recorded.seen.bodies


def test_no_token_is_in_a_recording(recorded: Recorded) -> None:
    files = [one for one in recorded.folder.rglob("*") if one.is_file()]
    assert len(files) >= 4
    assert [one for one in files if recorded.token.encode() in one.read_bytes() or recorded.token in one.name] == []
