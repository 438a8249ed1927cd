"""A job is a record and a clock: what it costs, however long it is and however many there are."""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
import json
import pkgutil
import re
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import modeldouble_server
from modeldouble_server import Limits

if TYPE_CHECKING:
    from types import ModuleType

    from tests.served.conftest import Caller, Start

MILLION = 1_000_000
JOB, PROGRESS, POP = "inference_video_id_async", "get_inference_progress", "pop_inference_results"
MUTATORS = frozenset(
    "add append clear discard extend insert pop popitem remove reverse setdefault sort update appendleft".split()
)


@pytest.mark.parametrize("frame", [1, 1000, 123_456, 999_999, MILLION])
def test_a_job_over_a_million_frames_tells_its_progress_at_any_time(fake: Caller, frame: int) -> None:
    uuid = fake.start(JOB, videoId=fake.server.add_video(frames=MILLION))
    fake.clock.advance(frame * 0.02)
    poll = fake.poll(PROGRESS, uuid)
    assert (poll["progress"]["current"], poll["progress"]["total"]) == (frame, MILLION)
    assert (poll["pending_results"], poll["is_inferring"]) == (frame, True)


def test_a_job_over_a_million_frames_is_handed_out_in_parts_stopped_and_cleared(fake: Caller) -> None:
    uuid = fake.start(JOB, videoId=fake.server.add_video(frames=MILLION))
    fake.clock.advance(10_000)
    for part in range(3):
        popped = fake.poll(POP, uuid)["pending_results"]
        assert [one["frame_index"] for one in popped] == list(range(part * 500, part * 500 + 500))
    fake.poll("stop_inference", uuid)
    fake.clock.advance(3000)
    assert fake.poll(PROGRESS, uuid)["pending_results"] == 500_000 - 1500
    assert fake.poll("clear_inference_request", uuid) == {"success": True}
    assert fake.poll(POP, uuid)["pending_results"] == []


def test_a_million_frames_backward_begin_at_the_end(fake: Caller) -> None:
    uuid = fake.start(JOB, videoId=fake.server.add_video(frames=MILLION), framesDirection="backward")
    fake.clock.advance(0.041)
    assert [one["frame_index"] for one in fake.poll(POP, uuid)["pending_results"]] == [999_999, 999_998]


def lived(fake: Caller, frames: int) -> int:
    """Bytes that the process holds more after a job over so many frames began, ran and was partly handed out."""
    video = fake.server.add_video(frames=frames)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        uuid = fake.start(JOB, videoId=video)
        fake.clock.advance(frames * 0.01)
        fake.poll(PROGRESS, uuid)
        fake.ask(POP, inference_request_uuid=uuid)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def test_a_long_job_takes_no_more_memory_than_the_answers_of_a_short_one(fake: Caller) -> None:
    lived(fake, 10)
    short, long = lived(fake, 1000), lived(fake, MILLION)
    assert long < 3 * short + 2_000_000, (short, long)


def fast_starts(fake: Caller, video: int, count: int) -> list[str]:
    """Start many jobs through one connection, without waiting for the answers in between."""
    body = json.dumps({"state": {"videoId": video}})
    head = f"POST /{JOB} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    last = "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    answers = fake.raw(f"{head}\r\n{body}".encode() * count + last.encode()).decode()
    # The last one is that of the request that closes.
    assert re.findall(r"HTTP/1\.1 (\d+ \w+)", answers) == ["200 OK"] * (count + 1), answers[-500:]
    return re.findall('"inference_request_uuid":"([0-9a-f]{32})"', answers)


def test_a_thousand_jobs_hold_no_task_and_no_thread(fake: Caller) -> None:
    async def tasks() -> int:
        return len(asyncio.all_tasks())

    video = fake.server.add_video(frames=MILLION)
    fake.ask("get_session_info")
    before = fake.server.call(tasks()), threading.active_count()
    jobs = fast_starts(fake, video, 1000)
    assert (fake.server.call(tasks()), threading.active_count()) == before
    fake.clock.advance(1)
    currents = {fake.poll(PROGRESS, uuid)["progress"]["current"] for uuid in jobs[::100]}
    assert (len({*jobs}), currents) == (1000, {50})


def test_jobs_over_the_limit_are_400_until_one_is_cleared(start: Start) -> None:
    fake = start(limits=Limits(live_jobs=3))
    jobs = [fake.start("inference_image_id_async", image_id=171250) for _ in range(3)]
    full = fake.post("inference_image_id_async", image_id=171250)
    assert (full.status_code, "the limit is 3" in full.json()["detail"]) == (400, True)
    fake.poll("clear_inference_request", jobs[0])
    assert fake.post("inference_image_id_async", image_id=171250).status_code == 200


def modules() -> Iterator[ModuleType]:
    """Every module of the fake but its command line's entry."""
    for found in pkgutil.walk_packages(modeldouble_server.__path__, "modeldouble_server."):
        if ".demo" not in found.name:
            yield importlib.import_module(found.name)


def changed_globals(source: str) -> list[str]:
    """Names of module level that some function rebinds, or changes by a method, an item or an attribute."""
    tree = ast.parse(source)
    own = {
        target.id
        for statement in tree.body
        if isinstance(statement, (ast.Assign, ast.AnnAssign))
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name)
    }
    functions = [
        node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
    ]
    return sorted({name for function in functions for node in ast.walk(function) for name in _changed(node) & own})


def _changed(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Global):
        return set(node.names)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
        return {node.func.value.id} if isinstance(node.func.value, ast.Name) else set()
    if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, (ast.Store, ast.Del)):
        return {node.value.id} if isinstance(node.value, ast.Name) else set()
    return set()


def test_no_function_changes_anything_at_module_level() -> None:
    found = {module.__name__: changed_globals(Path(inspect.getfile(module)).read_text("utf-8")) for module in modules()}
    assert len(found) > 30
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "body", ["KEPT.append(1)", "KEPT[0] = 1", "del KEPT[0]", "global KEPT; KEPT = []", "KEPT.x = 1", "KEPT[0] += 1"]
)
def test_a_change_at_module_level_would_be_found(body: str) -> None:
    assert changed_globals(f"KEPT: list[int] = []\ndef f():\n    {body}\n") == ["KEPT"]


def held(module: ModuleType) -> dict[str, str]:
    """Contents of the mutable containers of a module, its caches included."""
    kept: dict[str, Any] = {
        name: value.cache_info() if hasattr(value, "cache_info") else value
        for name, value in vars(module).items()
        if getattr(value, "__module__", module.__name__) == module.__name__
    }
    return {
        name: repr(value)
        for name, value in kept.items()
        if not name.startswith("__") and (isinstance(value, (list, dict, set, bytearray)) or "CacheInfo" in repr(value))
    }


def test_serving_changes_nothing_at_module_level(start: Start, rider: bytes) -> None:
    before = {module.__name__: held(module) for module in modules()}
    fake = start()
    fake.upload("inference_image", rider)
    fake.server.add_video(frames=10)
    fake.poll(POP, fake.start("inference_image_id_async", image_id=171250))
    fake.post("get_inference_progress", inference_request_uuid="unknown")
    assert {module.__name__: held(module) for module in modules()} == before
