"""A rolling restart under load: every frame of every job once, and nobody is refused."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from modeldouble_server.default_world import API_TOKEN, WORKSPACE_ID

from .conftest import GENEROUS, Caller, until

if TYPE_CHECKING:
    from .conftest import Answer, Together

    Begun = Callable[..., Together]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGHUP")
FRAMES = 60
SCENARIO = """
platform:
  projects:
    - name: long
      datasets: [{videos: [{name: v.mp4, frames: 60, video_id: 77}]}]
    - name: NAME
"""


class Popping:
    """A caller that runs jobs, one after the other, until it is told to stop."""

    def __init__(self, port: int, keeps: bool) -> None:
        """`keeps`: one connection for all requests, or one for each."""
        self.jobs: list[Counter[int]] = []
        self.later = 0
        """Requests that were told to come again."""
        self._port, self._keeps = port, keeps
        self._caller = Caller(port)

    def run(self, over: threading.Event) -> None:
        """One job at least."""
        while not (over.is_set() and self.jobs):
            self.jobs.append(self._job())
        self._caller.close()

    def _job(self) -> Counter[int]:
        uuid = self._ask("inference_video_id_async", videoId=77, framesCount=FRAMES)["inference_request_uuid"]
        frames = Counter[int]()
        while True:
            told = self._ask("pop_inference_results", inference_request_uuid=uuid)
            frames.update(one["frame_index"] for one in told["pending_results"])
            if not told["is_inferring"] and not told["pending_results"]:
                return frames
            time.sleep(0.02)

    def _ask(self, route: str, **state: Any) -> Any:
        while True:
            answer = self._once(route, **state)
            if answer.status == 200:
                return answer.content
            assert answer.status == 503, answer
            self.later += 1
            time.sleep(0.05)

    def _once(self, route: str, **state: Any) -> Answer:
        if not self._keeps:
            with closing(Caller(self._port)) as caller:
                return caller.ask(route, **state)
        try:
            return self._caller.ask(route, **state)
        except ConnectionError:
            # A kept connection may be closed while nothing is asked. Had something been asked, frames would lack.
            self._caller.close()
            return self._caller.ask(route, **state)


def restarted(together: Together, times: int = 1) -> bool:
    """So many restarts are over."""
    return together.errors().count("2 workers were restarted") == times


def scenario(folder: Path, name: str) -> str:
    """A scenario with a project of that name, and a video of sixty frames."""
    path = folder / "s.yaml"
    path.write_text(SCENARIO.replace("NAME", name), "utf-8")
    return str(path)


def test_every_frame_of_every_job_comes_once_while_workers_are_restarted(begun: Begun, tmp_path: Path) -> None:
    together = begun("--scenario", scenario(tmp_path, "Long")).started()
    before, over = together.pids(), threading.Event()
    popping = [Popping(together.port, keeps=at % 2 == 0) for at in range(8)]
    with ThreadPoolExecutor(len(popping)) as threads:
        running = [threads.submit(one.run, over) for one in popping]
        together.signal(signal.SIGHUP)
        until(lambda: restarted(together), "the restart is not over")
        over.set()
        for each in running:
            each.result(GENEROUS)
    assert set(before).isdisjoint(together.pids())
    assert len(together.pids()) == 2
    for one in popping:
        assert [dict(job) for job in one.jobs] == [dict.fromkeys(range(FRAMES), 1)] * len(one.jobs)


def projects(together: Together) -> list[str]:
    """Names of those of the workspace."""
    found = requests.post(
        f"http://127.0.0.1:{together.port}/public/api/v3/projects.list", json={"workspaceId": WORKSPACE_ID},
        headers={"x-api-key": API_TOKEN}, timeout=GENEROUS,
    ).json()  # fmt: skip
    return [one["name"] for one in found["entities"]]


def test_new_workers_of_another_scenario_do_not_join_those_of_before(begun: Begun, tmp_path: Path) -> None:
    together = begun("--scenario", scenario(tmp_path, "Before")).started()
    before = together.pids()
    scenario(tmp_path, "After")
    together.signal(signal.SIGHUP)
    until(lambda: together.said("restart stopped, and the workers of before go on: "), "nothing was refused")
    assert "servers of one store must be alike" in together.errors()
    assert "Before" in projects(together)
    assert together.pids() == before


def test_the_other_worker_answers_all_while_one_cannot_be_replaced(begun: Begun, tmp_path: Path) -> None:
    together = begun("--scenario", scenario(tmp_path, "Before")).started()
    scenario(tmp_path, "After")
    together.workers()[0].kill()
    until(lambda: together.said("does not start: "), "a worker of another scenario joined")
    assert [together.ask("get_session_info").status for _ in range(16)] == [200] * 16


def test_workers_that_would_be_refused_leave_those_of_before_in_place(begun: Begun, tmp_path: Path) -> None:
    together = begun("--scenario", scenario(tmp_path, "Good")).started()
    before = together.pids()
    (tmp_path / "s.yaml").write_text("modles: []", "utf-8")
    together.signal(signal.SIGHUP)
    until(lambda: together.said("restart stopped, and the workers of before go on: "), "nothing was refused")
    [line] = [line for line in together.errors().splitlines() if "restart stopped" in line]
    assert "modles" in line
    assert (together.pids(), together.ask("get_session_info").status) == (before, 200)
    scenario(tmp_path, "Good")
    together.signal(signal.SIGHUP)
    until(lambda: restarted(together), "the restart is not over")
    assert set(before).isdisjoint(together.pids())


def test_a_second_restart_follows_the_first(two: Together) -> None:
    two.signal(signal.SIGHUP)
    until(lambda: two.said("workers are restarted"), "the restart has not begun")
    two.signal(signal.SIGHUP)
    until(lambda: restarted(two, 2), "the second restart is not over")
    two.signal(signal.SIGTERM)
    assert two.status() == 0
