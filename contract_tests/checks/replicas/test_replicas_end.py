"""Replicas that end while two hundred jobs are popped: killed, no frame comes twice; asked to end, each comes once."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from modeldouble import ResultsLost, Session

from .conftest import Tell
from .popping import Course, pop_all
from .program import Program
from .topology import Topology, topology

JOBS, FRAMES = 200, 500
_SCENARIO = f"""
platform:
  projects:
    - name: long
      datasets: [{{videos: [{{name: v.mp4, frames: {FRAMES}, video_id: 77}}]}}]
"""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Topology]:
    scenario = tmp_path / "long.yaml"
    scenario.write_text(_SCENARIO)
    with topology(tmp_path, options=("--scenario", str(scenario), "--grace", "10")) as started:
        yield started


@contextmanager
def meanwhile(running: Topology, happens: Callable[[Program], object], every: float = 1.0) -> Iterator[list[str]]:
    """Let it happen to one replica after the other, each of which is started again, until the block ends."""
    over, happened = threading.Event(), list[str]()

    def go_on() -> None:
        while not over.wait(every):
            replica = running.replicas[len(happened) % len(running.replicas)]
            happens(replica)
            replica.start()
            happened.append(replica.name)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield happened
    finally:
        over.set()
        thread.join()


def popped(running: Topology) -> list[Course]:
    return asyncio.run(pop_all(running.url, 77, JOBS, FRAMES))


def told(courses: list[Course], happened: list[str]) -> str:
    frames, refused = sum(len(one.frames) for one in courses), sum((one.refused for one in courses), Counter[int]())
    return f"{frames:,} frames of {JOBS * FRAMES:,}, {len(happened)} replicas ended, pops refused: {dict(refused)}"


def test_no_frame_comes_twice_while_replicas_are_killed(running: Topology, tell: Tell) -> None:
    with meanwhile(running, Program.kill) as happened:
        courses = popped(running)
    tell(told(courses, happened))
    assert len(happened) >= 3
    assert max(max(one.frames.values()) for one in courses) == 1
    # Only an answer on its way out of a killed replica can be lost.
    assert all(one.refused[0] + one.refused[502] for one in courses if len(one.frames) < FRAMES)
    assert sum(len(one.frames) == FRAMES for one in courses) > JOBS / 2


def test_every_frame_comes_once_while_replicas_are_restarted(running: Topology, tell: Tell) -> None:
    with meanwhile(running, Program.end) as happened:
        courses = popped(running)
    tell(told(courses, happened))
    assert len(happened) >= 3
    assert [dict(one.frames) for one in courses] == [dict.fromkeys(range(FRAMES), 1)] * JOBS
    # A replica that ends says so to whoever comes too late. One that has closed an idle connection can say nothing to a
    # request that nginx sends on it in the same moment: it was not begun, but only the client may know that it can ask
    # again.
    assert {status for one in courses for status in one.refused} <= {502, 503}


def test_the_replicas_are_one_again_afterwards(running: Topology) -> None:
    running.replicas[0].kill()
    assert requests.post(f"{running.url}/get_session_info", json={}, timeout=30).status_code == 200
    running.replicas[0].start()
    assert requests.post(f"{running.direct(0)}/get_session_info", json={}, timeout=30).status_code == 200


def whole(url: str) -> str:
    """What our client makes of one job: every frame in its order, or the error by which it says that some are gone."""
    frames = []
    with Session(session_url=url, deadline=120.0) as session:
        try:
            for prediction in session.inference_video_id_async(77):
                frames.append(prediction["frame_index"])
        except ResultsLost:
            return "lost"
        finally:
            assert frames == sorted(set(frames))
    assert frames == list(range(FRAMES))
    return "whole"


def test_our_client_gives_every_frame_or_says_that_some_are_lost(running: Topology, tell: Tell) -> None:
    with meanwhile(running, Program.kill, 0.5) as happened, ThreadPoolExecutor(16) as threads:
        came = Counter(threads.map(whole, [running.url] * 48))
    tell(f"{len(happened)} replicas killed, jobs of our client: {dict(came)}")
    assert (came.total(), len(happened) >= 3) == (48, True)
    assert came["whole"] > 0
