"""What jobs cost: their number is bounded, nothing runs for them, and few questions go to the store."""

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from modeldouble_server.board import Board
from modeldouble_server.clock import Clock
from modeldouble_server.jobs import Failure
from modeldouble_server.records import Kept
from modeldouble_server.refusal import Refused
from modeldouble_server.store import Renewal
from modeldouble_server.store.sqlite import SqliteStore

from .conftest import NOW

FAILURE = Failure("KeyError", "no image 9", "Traceback: no image 9")


class Asked(SqliteStore):
    """A store that notes what it is asked for."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock=clock)
        self.asked: list[str] = []

    async def get(self, key: str) -> bytes | None:
        self.asked.append("get")
        return await super().get(key)

    async def count(self, key: str) -> int:
        self.asked.append("count")
        return await super().count(key)

    async def read(self, key: str, counter: str) -> tuple[bytes | None, int]:
        self.asked.append("read")
        return await super().read(key, counter)

    async def swap(self, key: str, old: bytes, new: bytes, ttl: float | None = None) -> bool:
        self.asked.append("swap")
        return await super().swap(key, old, new, ttl)

    async def advance(self, key: str, ready: int, most: int, ttl: float | None = None) -> tuple[int, int]:
        self.asked.append("advance")
        return await super().advance(key, ready, most, ttl)

    async def take(
        self, key: str, ready: int, most: int, ttl: float | None, renewal: Renewal
    ) -> tuple[int, int, bool]:  # fmt: skip
        before = list(self.asked)
        taken = await super().take(key, ready, most, ttl, renewal)
        self.asked = [*before, "take"]
        return taken


class Counted(SqliteStore):
    swaps = scans = 0

    async def swap(self, key: str, old: bytes, new: bytes, ttl: float | None = None) -> bool:
        self.swaps += 1
        return await super().swap(key, old, new, ttl)

    async def scan(self, prefix: str, most: int | None = None) -> list[tuple[str, bytes]]:
        self.scans += 1
        return await super().scan(prefix, most)


async def refused(asked: Any) -> int:
    with pytest.raises(Refused) as refusal:
        await asked
    return refusal.value.status


async def test_starts_beyond_the_limit_are_refused_until_a_job_is_cleared(store: SqliteStore, clock: Clock) -> None:
    board = Board(store, "job:", clock.now, 2)
    first, _ = [await board.start(1, 1.0, 0.0, {}) for _ in range(2)]
    assert await refused(board.start(1, 1.0, 0.0, {})) == 400
    assert await refused(board.start_failed(FAILURE)) == 400
    for _ in range(3):
        await board.clear(first)
    await board.start(1, 1.0, 0.0, {})
    assert await refused(board.start(1, 1.0, 0.0, {})) == 400


async def test_the_refusal_of_a_start_names_the_limit_and_the_remedy(store: SqliteStore, clock: Clock) -> None:
    board = Board(store, "job:", clock.now, 0)
    with pytest.raises(Refused, match=r"0 jobs are live, the limit is 0; clear"):
        await board.start(1, 1.0, 0.0, {})


async def test_jobs_that_another_process_cleared_make_room(store: SqliteStore, clock: Clock) -> None:
    board = Board(store, "job:", clock.now, 2)
    first, _ = [await board.start(1, 1.0, 0.0, {}) for _ in range(2)]
    await Board(store, "job:", clock.now, 2).clear(first)
    clock.advance(11)
    await board.start(1, 1.0, 0.0, {})
    assert await refused(board.start(1, 1.0, 0.0, {})) == 400


async def test_jobs_that_expired_make_room(store: SqliteStore, clock: Clock) -> None:
    board = Board(store, "job:", clock.now, 3)
    for _ in range(3):
        await board.start(1, 1.0, 0.0, {})
    clock.advance(3601)
    for _ in range(3):
        await board.start(1, 1.0, 0.0, {})
    assert await refused(board.start(1, 1.0, 0.0, {})) == 400


async def test_jobs_of_an_earlier_process_count(store: SqliteStore, clock: Clock) -> None:
    await Board(store, "job:", clock.now, 2).start(1, 1.0, 0.0, {})
    later = Board(store, "job:", clock.now, 2)
    await later.start(1, 1.0, 0.0, {})
    assert await refused(later.start(1, 1.0, 0.0, {})) == 400


async def test_a_second_stop_or_clear_writes_nothing(clock: Clock) -> None:
    store = Counted(clock=clock.now)
    board = Board(store, "job:", clock.now, 9)
    uuid = await board.start(1, 1.0, 0.0, {})
    for ask in (board.stop, board.stop, board.clear, board.clear):
        clock.advance(1)
        await ask(uuid)
    assert store.swaps == 2
    await store.close()


async def test_refused_starts_do_not_count_all_jobs_each_time(clock: Clock) -> None:
    store = Counted(clock=clock.now)
    board = Board(store, "job:", clock.now, 0)
    assert [await refused(board.start(1, 1.0, 0.0, {})) for _ in range(50)] == [400] * 50
    assert store.scans == 1
    await store.close()


async def test_a_thousand_live_jobs_hold_no_task_and_no_thread(board: Board, clock: Clock) -> None:
    tasks, threads = len(asyncio.all_tasks()), threading.active_count()
    uuids = [await board.start(1_000_000, 0.02, 1.0, {}) for _ in range(1000)]
    clock.advance(60)
    [await board.pop(uuid, 500) for uuid in uuids[:100]]
    assert (len(asyncio.all_tasks()), threading.active_count()) == (tasks, threads)


async def test_a_look_and_an_empty_pop_ask_the_store_once_and_a_pop_of_results_three_times(clock: Clock) -> None:
    store = Asked(clock=clock.now)
    board = Board(store, "job:", clock.now, 9)
    uuid = await board.start(3, 1.0, 0.0, {})
    store.asked.clear()
    await board.pop(uuid, 9)
    await board.look(uuid)
    assert store.asked == ["read", "read"]
    clock.advance(2)
    assert (await board.pop(uuid, 9)).end == 2
    assert store.asked[2:] == ["read", "take"]
    await store.close()


async def test_a_record_of_an_earlier_version_is_read(board: Board, store: SqliteStore, clock: Clock) -> None:
    old = {"uuid": "a" * 32, "total": 3, "started": NOW, "preparation": 0.0, "pace": 1.0, "work": {"b": 1}}
    failed = {"touched": NOW, "failure": list(FAILURE), "failed": NOW + 9, "failed_at": 2}
    await store.put(f"job:{'a' * 32}", json.dumps(old | failed).encode())
    clock.advance(2)
    view = (await board.pop("a" * 32, 9)).view
    assert (view.inferred, dict(view.job.work), view.job.failure) == (2, {"b": 1}, FAILURE)
    assert (await board.look("a" * 32)).handed_out == 2


async def test_what_a_job_remembers_is_kept_byte_by_byte_and_read_when_it_is_asked_for(board: Board) -> None:
    uuid = await board.start(2, 0.0, 0.0, {"name": "a\nb", "at": [1]})
    first = (await board.pop(uuid, 1)).view.job.work
    again = (await board.look(uuid)).job.work
    assert isinstance(first, Kept)
    assert isinstance(again, Kept)
    assert first.text == again.text == b'{"name":"a\\nb","at":[1]}'
    assert (len(again), list(again), again.get("name"), "c" in again) == (2, ["name", "at"], "a\nb", False)
