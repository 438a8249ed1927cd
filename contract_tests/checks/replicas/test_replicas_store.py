"""Redis restarted, away and full, under three replicas: what was acknowledged is there, and trouble is told."""

import io
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from PIL import Image

from modeldouble import Session
from modeldouble_server.default_world import API_TOKEN, VIDEO_ID

from .conftest import Tell
from .program import Program
from .topology import Topology, topology

_PATIENCE, _AWAY = 30.0, 30.0
_UPLOADERS = 4
Json = dict[str, Any]


@contextmanager
def started(folder: Path, *redis_options: str) -> Iterator[tuple[Topology, Program]]:
    with topology(folder, redis_options=redis_options) as running:
        assert running.redis is not None
        yield running, running.redis


def platform(running: Topology, method: str, **more: Any) -> requests.Response:
    headers = {"x-api-key": API_TOKEN}
    return requests.post(f"{running.url}/public/api/v3/{method}", headers=headers, timeout=_PATIENCE, **more)


def ask(running: Topology, route: str, **state: Any) -> requests.Response:
    return requests.post(f"{running.url}/{route}", json={"state": state}, timeout=_PATIENCE)


def picture(number: int) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((64, 64), 50 + number % 7).save(out, "PNG")
    return out.getvalue() + number.to_bytes(4, "big")


def uploading(running: Topology, over: threading.Event, first: int) -> tuple[dict[str, bytes], Counter[int]]:
    """Upload pictures until it is over: those that were acknowledged, by hash, and all statuses."""
    kept: dict[str, bytes] = {}
    statuses = Counter[int]()
    while not over.is_set():
        content = picture(first + sum(statuses.values()))
        answer = platform(running, "images.bulk.upload", files={"0-file": ("0", content)})
        statuses[answer.status_code] += 1
        if answer.ok:
            kept[answer.json()[0]["hash"]] = content
    return kept, statuses


def test_no_acknowledged_upload_is_lost_when_redis_is_killed_and_started_again(tmp_path: Path, tell: Tell) -> None:
    over = threading.Event()
    with started(tmp_path) as (running, redis), ThreadPoolExecutor(_UPLOADERS) as threads:
        asked = [threads.submit(uploading, running, over, at * 10**6) for at in range(_UPLOADERS)]
        for _ in range(3):
            time.sleep(1.0)
            redis.kill()
            time.sleep(0.5)
            redis.start()
        time.sleep(1.0)
        over.set()
        outcomes = [one.result() for one in asked]
        kept = {sha: content for found, _ in outcomes for sha, content in found.items()}
        known = platform(running, "images.internal.hashes.list", json=list(kept)).json()
        statuses = sum((one for _, one in outcomes), Counter[int]())
    tell(f"uploads by status: {dict(statuses)}; known afterwards: {len(known)} of {len(kept)}")
    assert set(statuses) == {200, 503}
    assert sorted(known) == sorted(kept)
    assert len(kept) > 20


def test_a_job_of_our_client_goes_on_when_redis_is_back(tmp_path: Path) -> None:
    with started(tmp_path) as (running, redis), Session(session_url=running.url, deadline=60.0) as session:
        job, frames = session.inference_video_id_async(VIDEO_ID), 0
        for at, _ in enumerate(job):
            frames += 1
            if at == 2:
                redis.kill()
                redis.start()
    assert frames == len(job)


def test_while_redis_is_away_answers_say_so_and_then_work_goes_on(tmp_path: Path, tell: Tell) -> None:
    with started(tmp_path) as (running, redis):
        uuid = ask(running, "inference_video_id_async", videoId=VIDEO_ID).json()["inference_request_uuid"]
        redis.kill()
        until, answers = time.monotonic() + _AWAY, list[requests.Response]()
        while time.monotonic() < until:
            answers.append(ask(running, "get_inference_progress", inference_request_uuid=uuid))
            answers.append(platform(running, "projects.list", json={"workspaceId": 1}))
            time.sleep(0.5)
        redis.start()
        assert ask(running, "get_inference_progress", inference_request_uuid=uuid).status_code == 200
    tell(f"{len(answers)} answers in {_AWAY:.0f} s: {answers[0].text}")
    assert {one.status_code for one in answers} == {503}
    assert all("Redis" in one.text and "redis://127.0.0.1" in one.text for one in answers)


def test_while_redis_hangs_answers_say_so_in_time(tmp_path: Path) -> None:
    with started(tmp_path) as (running, redis):
        redis.freeze()
        try:
            answer = ask(running, "inference_video_id_async", videoId=VIDEO_ID)
        finally:
            redis.thaw()
        assert (answer.status_code, answer.elapsed.total_seconds() < _PATIENCE) == (503, True)
        assert ask(running, "inference_video_id_async", videoId=VIDEO_ID).status_code == 200


def filled(running: Topology, one: Callable[[int], requests.Response]) -> requests.Response:
    """The first answer that is not a 200."""
    for at in range(5000):
        answer = one(at)
        if not answer.ok:
            return answer
    raise AssertionError("Redis is never full")


def test_a_full_redis_is_told_and_drops_no_live_job(tmp_path: Path, tell: Tell) -> None:
    with started(tmp_path, "--maxmemory", "6mb") as (running, _):
        early = ask(running, "inference_video_id_async", videoId=VIDEO_ID).json()["inference_request_uuid"]
        big = 300_000

        def upload(at: int) -> requests.Response:
            content = picture(at) + bytes(big)
            return platform(running, "images.bulk.upload", files={"0-file": ("0", content)})

        refused = filled(running, upload)
        tell(refused.text)
        assert (refused.status_code, "full" in refused.text or "memory" in refused.text) == (503, True), refused.text
        assert ask(running, "get_inference_progress", inference_request_uuid=early).status_code == 200
