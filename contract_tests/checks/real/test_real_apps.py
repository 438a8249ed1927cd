"""Apps of every listed release and task start and answer by their rule, in development and as on a platform."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

import modeldouble_server

from ..environments import SERVING
from .real_app import NEWEST, TASKS, serving

VIDEO, PATIENCE = 18635803, 60.0
FOUND = {
    "detection": ["person", "horse"],
    "instance_segmentation": ["person", "horse"],
    "semantic_segmentation": ["background", "person", "horse"],
    "pose": ["person"],
}
MODES: list[tuple[str, str, int | None]] = [
    *((release, "detection", None) for release in SERVING),
    *((NEWEST, task, None) for task in TASKS[1:]),
    (NEWEST, "detection", 27209),
]


def infer(url: str, picture: Path, **settings: Any) -> requests.Response:
    parts: dict[str, Any] = {"settings": (None, json.dumps({"settings": settings}))}
    with picture.open("rb") as file:
        return requests.post(f"{url}/inference_image", files={**parts, "files": file}, timeout=PATIENCE)


def classes(answer: requests.Response) -> list[str]:
    return [one["classTitle"] for one in answer.json()["annotation"]["objects"]]


@pytest.mark.parametrize(("release", "task", "production"), MODES)
def test_an_app_starts_and_finds_what_its_rule_says(
    platform: modeldouble_server.Server, tmp_path: Path, photographs: list[Path], release: str, task: str,
    production: int | None,
) -> None:  # fmt: skip
    how: Any = {"release": release, "task": task, "production": production}
    with serving(platform.server_address, platform.api_token, tmp_path / "app", **how) as url:
        body = {"state": {}, "context": {}, "api_token": platform.api_token}
        info = requests.post(f"{url}/get_session_info", json=body, timeout=PATIENCE).json()
        assert (info["session_id"], info["model_name"]) == (production, "rule")
        assert classes(infer(url, photographs[0])) == FOUND[task]
        assert "horse" not in classes(infer(url, photographs[0], conf_thres=0.5))
        failed = infer(url, photographs[0], fail=True)
        assert failed.status_code == 500
        assert ("the rule was told to fail" in failed.text) == (production is not None or release.startswith("6.69."))


@pytest.fixture(scope="module")
def slow(platform: modeldouble_server.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app that takes its time for each picture, and four pictures at once at most."""
    folder = tmp_path_factory.mktemp("slow")
    with serving(platform.server_address, platform.api_token, folder, seconds=0.3, batch=4) as url:
        yield url


def poll(url: str, route: str, uuid: str) -> Any:
    body = {"state": {"inference_request_uuid": uuid}, "context": {}}
    return requests.post(f"{url}/{route}", json=body, timeout=PATIENCE).json()


def wait(url: str, uuid: str, key: str) -> Any:
    end = time.monotonic() + PATIENCE
    while not (seen := poll(url, "get_inference_progress", uuid))[key]:
        assert time.monotonic() < end, seen
    return seen


def test_a_slow_app_can_be_stopped(slow: str) -> None:
    body = {"state": {"videoId": VIDEO, "batch_size": 1}, "context": {}}
    uuid = requests.post(f"{slow}/inference_video_id_async", json=body, timeout=PATIENCE).json()[
        "inference_request_uuid"
    ]
    wait(slow, uuid, "pending_results")
    poll(slow, "stop_inference", uuid)
    assert wait(slow, uuid, "finished")["stage"] == "Cancelled"
    frames = [one["frame_index"] for one in poll(slow, "pop_inference_results", uuid)["pending_results"]]
    assert frames == list(range(len(frames)))
    assert 0 < len(frames) < 10


def test_an_app_that_takes_batches_says_so_and_what_it_deployed(slow: str) -> None:
    info, deployed = (requests.post(f"{slow}/{route}", json={}, timeout=PATIENCE).json()
                      for route in ("get_session_info", "get_deploy_info"))  # fmt: skip
    assert (info["batch_inference_support"], info["max_batch_size"]) == (True, 4)
    assert deployed["checkpoint_name"] == "rule-1"


def test_an_app_that_cannot_start_tells_its_log(platform: modeldouble_server.Server, tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError, match="no_such_task"),
        serving(platform.server_address, platform.api_token, tmp_path / "app", task="no_such_task"),
    ):
        pytest.fail("it started")
