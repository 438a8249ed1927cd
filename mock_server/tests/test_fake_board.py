"""The board: the jobs of one model, as records in a store."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from modeldouble_server.board import Board, Kept
from modeldouble_server.clock import Clock
from modeldouble_server.jobs import Failure, State
from modeldouble_server.refusal import Refused
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.wire import JobView

NOW = 1_700_000_000.0
FAILURE = Failure("KeyError", "no image 9", "Traceback: no image 9")


@pytest.fixture
def clock() -> Clock:
    return Clock(lambda: NOW)


@pytest.fixture
async def store(clock: Clock) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(clock=clock.now)
    yield store
    await store.close()


@pytest.fixture
def board(store: SqliteStore, clock: Clock) -> Board:
    return Board(store, "job:", clock.now, 1000)


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

    async def advance(self, key: str, ready: int, most: int, ttl: float | None = None) -> tuple[int, int]:
        self.asked.append("advance")
        return await super().advance(key, ready, most, ttl)


class Counted(SqliteStore):
    swaps = scans = 0

    async def swap(self, key: str, old: bytes, new: bytes, ttl: float | None = None) -> bool:
        self.swaps += 1
        return await super().swap(key, old, new, ttl)

    async def scan(self, prefix: str, most: int | None = None) -> list[tuple[str, bytes]]:
        self.scans += 1
        return await super().scan(prefix, most)


async def numbers(board: Board, uuid: str, most: int = 500) -> list[int]:
    popped = await board.pop(uuid, most)
    return list(range(popped.start, popped.end))


async def refused(asked: Any) -> int:
    with pytest.raises(Refused) as refusal:
        await asked
    return refusal.value.status


def facts(view: JobView) -> tuple[State, int, int, bool]:
    return view.state, view.inferred, view.handed_out, view.over


async def test_a_job_is_followed_from_start_to_end(board: Board, clock: Clock) -> None:
    uuid = await board.start(4, 1.0, 2.0, {})
    assert facts(await board.look(uuid)) == (State.PREPARING, 0, 0, False)
    clock.advance(4.5)
    assert facts(await board.look(uuid)) == (State.RUNNING, 2, 0, False)
    clock.advance(5)
    assert facts(await board.look(uuid)) == (State.FINISHED, 4, 0, False)
    assert facts((await board.pop(uuid, 500)).view) == (State.FINISHED, 4, 4, True)


async def test_a_uuid_is_32_hex_digits_and_never_the_same(board: Board) -> None:
    uuids = [await board.start(1, 1.0, 0.0, {}) for _ in range(20)]
    assert len(set(uuids)) == 20
    assert all(len(uuid) == 32 and set(uuid) <= set("0123456789abcdef") for uuid in uuids)


async def test_a_job_remembers_its_work(board: Board) -> None:
    work = {"images": [{"name": "ü\u2028\ud800", "id": 2**70}], "settings": {"conf": 0.1}}
    uuid = await board.start(1, 1.0, 0.0, work)
    assert (await board.look(uuid)).job.work == work


async def test_an_empty_job_is_over_at_once_whatever_its_preparation(board: Board) -> None:
    uuid = await board.start(0, 1.0, 60.0, {})
    assert facts(await board.look(uuid)) == (State.FINISHED, 0, 0, True)
    assert await numbers(board, uuid) == []


async def test_pops_hand_out_in_order_what_is_there_and_no_more_than_asked(board: Board, clock: Clock) -> None:
    uuid = await board.start(10, 1.0, 0.0, {})
    clock.advance(5.5)
    assert [await numbers(board, uuid, 3) for _ in range(3)] == [[0, 1, 2], [3, 4], []]
    clock.advance(60)
    assert await numbers(board, uuid) == [5, 6, 7, 8, 9]
    assert await numbers(board, uuid) == []


async def test_jobs_are_popped_apart(board: Board, clock: Clock) -> None:
    one, other = [await board.start(10, 1.0, 0.0, {}) for _ in range(2)]
    clock.advance(4)
    assert await numbers(board, one, 3) == [0, 1, 2]
    assert await numbers(board, other) == [0, 1, 2, 3]
    assert (await board.look(one)).handed_out == 3


async def test_a_job_that_failed_at_its_start_says_why_and_has_no_results(board: Board, clock: Clock) -> None:
    uuid = await board.start_failed(FAILURE)
    clock.advance(10)
    popped = await board.pop(uuid, 500)
    assert (popped.start, popped.end) == (0, 0)
    assert facts(popped.view) == (State.ERROR, 0, 0, True)
    assert popped.view.job.failure == FAILURE


async def test_a_job_whose_model_raised_ends_there(board: Board, clock: Clock) -> None:
    uuid = await board.start(1000, 1.0, 0.0, {})
    clock.advance(800)
    await board.pop(uuid, 500)
    view = await board.fail(uuid, 3, FAILURE)
    assert (view.state, view.inferred, view.over, view.job.failure) == (State.ERROR, 3, True, FAILURE)
    assert await numbers(board, uuid) == []


async def test_after_a_stop_only_what_was_inferred_is_handed_out(board: Board, clock: Clock) -> None:
    uuid = await board.start(10, 1.0, 0.0, {})
    clock.advance(3.5)
    await board.stop(uuid)
    assert facts(await board.look(uuid)) == (State.CANCELLED, 3, 0, False)
    clock.advance(100)
    await board.stop(uuid)
    assert await numbers(board, uuid) == [0, 1, 2]
    assert facts(await board.look(uuid)) == (State.CANCELLED, 3, 3, True)


async def test_a_cleared_job_hands_out_nothing_and_is_known_for_a_minute(board: Board, clock: Clock) -> None:
    uuid = await board.start(10, 1.0, 0.0, {})
    clock.advance(3.5)
    await board.clear(uuid)
    clock.advance(59.9)
    assert await numbers(board, uuid) == []
    await board.stop(uuid)
    await board.clear(uuid)
    assert (await board.look(uuid)).state is State.CLEARED
    clock.advance(0.1)
    assert await refused(board.look(uuid)) == 404


async def test_nothing_of_a_cleared_job_is_kept_for_hours(board: Board, store: SqliteStore, clock: Clock) -> None:
    uuid = await board.start(10, 0.0, 0.0, {})
    assert len(await numbers(board, uuid)) == await store.count(f"job:{uuid}#popped") == 10
    await board.clear(uuid)
    clock.advance(300)
    assert (await store.count(f"job:{uuid}#popped"), await store.scan("job:")) == (0, [])


async def test_clear_of_what_is_not_known_is_done_already(board: Board) -> None:
    await board.clear("0" * 32)
    await board.clear("no such job")


@pytest.mark.parametrize("uuid", ["0" * 32, "", "x", "\ud800", "\0", "é" * 32, "A" * 32, "a" * 33, "{}#popped", "*"])
async def test_a_uuid_that_no_start_answered_is_a_404(board: Board, clock: Clock, uuid: str) -> None:
    known = await board.start(1, 0.0, 0.0, {})
    await board.pop(known, 1)
    asked = uuid.format(known)
    for ask in (board.look(asked), board.pop(asked, 1), board.stop(asked), board.fail(asked, 0, FAILURE)):
        assert await refused(ask) == 404


async def test_boards_of_two_prefixes_do_not_know_each_others_jobs(store: SqliteStore, clock: Clock) -> None:
    mine, other = Board(store, "job:0:", clock.now, 9), Board(store, "job:1:", clock.now, 9)
    uuid = await mine.start(1, 1.0, 0.0, {})
    assert await refused(other.look(uuid)) == 404


async def test_a_board_of_another_process_goes_on_with_the_job(store: SqliteStore, clock: Clock) -> None:
    uuid = await Board(store, "job:", clock.now, 9).start(10, 1.0, 0.0, {"a": 1})
    clock.advance(4)
    assert await numbers(Board(store, "job:", clock.now, 9), uuid, 3) == [0, 1, 2]
    assert await numbers(Board(store, "job:", clock.now, 9), uuid) == [3]


async def test_a_job_untouched_for_an_hour_is_as_never_known(board: Board, clock: Clock) -> None:
    uuid = await board.start(10, 1.0, 0.0, {})
    clock.advance(10 + 3599)
    assert (await board.look(uuid)).state is State.FINISHED
    await board.pop(uuid, 1)
    clock.advance(3599)
    await board.look(uuid)
    assert len(await numbers(board, uuid)) == 9
    clock.advance(3599)
    assert await numbers(board, uuid) == []
    clock.advance(1)
    assert await refused(board.look(uuid)) == 404


async def test_a_job_lives_as_long_as_it_runs(board: Board, clock: Clock) -> None:
    uuid = await board.start(1_000_000, 1.0, 0.0, {})
    for day in range(1, 11):
        clock.advance(86_400)
        assert (await board.look(uuid)).inferred == 86_400 * day


async def test_nothing_is_left_in_the_store_of_jobs_that_are_gone(
    board: Board, store: SqliteStore, clock: Clock
) -> None:
    cleared, left = [await board.start(2, 1.0, 0.0, {}) for _ in range(2)]
    clock.advance(5)
    await board.pop(cleared, 1)
    await board.pop(left, 1)
    await board.clear(cleared)
    clock.advance(3 * 3600)
    assert await store.scan("") == []
    assert await store.count(f"job:{cleared}#popped") == 0


async def test_no_result_comes_twice_however_long_stops_keep_a_job_alive(board: Board, clock: Clock) -> None:
    uuid = await board.start(10, 1.0, 0.0, {})
    clock.advance(10)
    assert await numbers(board, uuid, 5) == [0, 1, 2, 3, 4]
    clock.advance(3590)
    await board.stop(uuid)
    clock.advance(3590)
    assert await numbers(board, uuid, 2) == [5, 6]
    clock.advance(3590)
    assert await numbers(board, uuid) == [7, 8, 9]


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


async def test_an_empty_pop_asks_the_store_twice_and_a_look_as_well(clock: Clock) -> None:
    store = Asked(clock=clock.now)
    board = Board(store, "job:", clock.now, 9)
    uuid = await board.start(3, 1.0, 0.0, {})
    store.asked.clear()
    await board.pop(uuid, 9)
    await board.look(uuid)
    assert store.asked == ["get", "advance", "get", "count"]
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
