"""`modeldouble serve --workers`: one port, one world, several processes."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from dotenv import dotenv_values

from modeldouble_server.default_world import SESSION_TOKEN, VIDEO_ID

from .conftest import Caller

if TYPE_CHECKING:
    from .conftest import Together

    Begun = Callable[..., Together]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot share a port")
PRINTS = """
import logging, os
print("printed by a worker", flush=True)
def predict(subject, settings):
    logging.getLogger("mine").warning("the token is %s", os.environ["MODELDOUBLE_API_TOKEN"])
    return []
"""


def callers(stack: ExitStack, two: Together) -> dict[int, Caller]:
    """A connection to each worker, by its process."""
    found = dict[int, Caller]()
    for _ in range(200):
        caller = stack.enter_context(closing(Caller(two.port)))
        assert caller.ask("get_session_info").status == 200
        found.setdefault(two.worker_of(caller.port).pid, caller)
        if len(found) == 2:
            return found
    raise AssertionError("one worker gets all connections")


def test_it_prints_what_one_server_prints_and_how_many_of_which_parent_there_are(two: Together) -> None:
    address = f"http://127.0.0.1:{two.port}"
    names = ["SERVER_ADDRESS", "API_TOKEN", "MODELDOUBLE_TASK_ID", "MODELDOUBLE_SESSION_URL"]
    assert two.ready[0] == f"modeldouble ready: {address}"
    assert [line.partition("=")[0] for line in two.ready[1:5]] == names
    assert two.ready[4].endswith(f"={address}/net/{SESSION_TOKEN}")
    assert two.ready[5] == f"2 workers of process {two.process.pid}: SIGHUP restarts them, one after the other"


def test_each_worker_is_asked_and_a_job_of_one_is_popped_from_the_other(two: Together) -> None:
    with ExitStack() as stack:
        one, other = callers(stack, two).values()
        started = one.ask("inference_video_id_async", videoId=VIDEO_ID, framesCount=9)
        uuid, frames = started.content["inference_request_uuid"], list[int]()
        for at in range(5000):
            told = (one, other)[at % 2].ask("pop_inference_results", inference_request_uuid=uuid).content
            frames += [result["frame_index"] for result in told["pending_results"]]
            if len(frames) >= 9:
                break
    assert frames == list(range(9))


def test_a_job_is_known_to_all(two: Together) -> None:
    uuid = two.ask("inference_video_id_async", videoId=VIDEO_ID, framesCount=9).content["inference_request_uuid"]
    told = [two.ask("get_inference_progress", inference_request_uuid=uuid) for _ in range(30)]
    assert {one.status for one in told} == {200}


def test_the_env_file_has_what_was_printed(begun: Begun, tmp_path: Path) -> None:
    together = begun("--env-file", str(tmp_path / "fake.env")).started()
    assert dotenv_values(tmp_path / "fake.env") == dict(line.split("=", 1) for line in together.ready[1:5])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_with_0_and_without_a_word(two: Together, number: int) -> None:
    two.signal(number)
    assert (two.status(), two.errors(), two.line()) == (0, "", "")


def test_a_worker_has_nothing_secret_on_its_command_line(begun: Begun) -> None:
    together = begun(MODELDOUBLE_API_TOKEN="token-of-mine").started()
    told = " ".join(word for one in together.workers() for word in one.cmdline())
    assert "worker 2" in told
    assert "redis:" not in told
    assert "token-of-mine" not in told


def test_a_worker_prints_nothing_and_logs_without_secrets(begun: Begun, tmp_path: Path) -> None:
    (tmp_path / "prints.py").write_text(PRINTS, "utf-8")
    scenario = tmp_path / "s.yaml"
    scenario.write_text('models: [{classes: [one], predictor: {callable: {function: "prints:predict"}}}]', "utf-8")
    together = begun("--scenario", str(scenario), MODELDOUBLE_API_TOKEN="token-of-mine").started()
    assert together.ask("inference_image_id", image_id=17551748).status == 200
    together.signal(signal.SIGTERM)
    assert (together.status(), together.line()) == (0, "")
    assert "WARNING mine: the token is" in together.errors()
    assert "token-of-mine" not in together.errors()


def test_a_file_of_the_working_folder_is_not_taken_for_a_library(begun: Begun, tmp_path: Path) -> None:
    for name in ("json", "redis", "aiohttp"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not the library')", "utf-8")
    assert begun().started().ask("get_session_info").status == 200


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_workers_run_on_each_loop(begun: Begun, loop: str) -> None:
    if loop == "uvloop":
        pytest.importorskip("uvloop")
    together = begun("--loop", loop).started()
    assert together.ask("get_session_info").status == 200
    together.signal(signal.SIGTERM)
    assert together.status() == 0


def test_what_a_terminal_sends_it_sends_to_the_parent_only(two: Together) -> None:
    group = os.getpgid(two.process.pid)
    assert [os.getpgid(one.pid) == group for one in two.workers()] == [False, False]
