"""Three fakes on one Redis, behind nginx that asks any of them: one serving app, by the whole suite."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import pytest
import requests

from modeldouble_server.default_world import URL, VIDEO_ID

from .topology import Topology, topology

_PATIENCE = 300.0
_FRAMES = 60
_IDS = ("--image-id", "17551748", "--image-id", "171250", "--video-id", str(VIDEO_ID), "--image-url", URL)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Topology]:
    with topology(tmp_path_factory.mktemp("topology")) as started:
        yield started


def test_the_whole_suite_holds(running: Topology) -> None:
    command = [sys.executable, "-m", "modeldouble_server.cli", "contract", running.url, *_IDS]
    judged = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    assert judged.returncode == 0, judged.stdout[-3000:]
    assert "HOLDS: 144 of 148 checks hold, 4 not checked." in judged.stdout


def test_every_replica_took_part(running: Topology) -> None:
    asked = [requests.get(f"{running.direct(at)}/__admin/models", timeout=_PATIENCE).json() for at in range(3)]
    assert min(one["models"][0]["counts"]["requests"] for one in asked) > 100


def test_two_who_pop_the_same_job_get_each_frame_once(running: Topology) -> None:
    state = {"videoId": VIDEO_ID, "framesCount": _FRAMES}
    started = requests.post(f"{running.url}/inference_video_id_async", json={"state": state}, timeout=_PATIENCE)
    asked = {"state": {"inference_request_uuid": started.json()["inference_request_uuid"]}}
    frames: Counter[int] = Counter()
    for _ in range(10_000):
        told = requests.post(f"{running.url}/pop_inference_results", json=asked, timeout=_PATIENCE).json()
        frames.update(one["frame_index"] for one in told["pending_results"])
        if told["finished"] and not told["is_inferring"] and sum(frames.values()) >= told["progress"]["total"]:
            break
    assert set(frames.values()) == {1}
    assert sorted(frames) == list(range(len(frames)))
