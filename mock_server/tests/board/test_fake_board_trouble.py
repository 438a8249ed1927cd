"""The board: jobs that go wrong, results that come twice or never, all jobs by state."""

import asyncio
import json
from typing import Any

import pytest

from modeldouble_server.board import Board, Popping
from modeldouble_server.clock import Clock
from modeldouble_server.jobs import Clearing, Failure, State, Trouble
from modeldouble_server.refusal import Refused
from modeldouble_server.store.sqlite import SqliteStore

FAILURE = Failure("ValueError", "no luck", "Traceback: no luck")


async def started(board: Board, total: int = 10, pace: float = 1.0, **trouble: Any) -> str:
    return await board.start(total, pace, 0.0, {}, trouble=Trouble(**trouble) if trouble else None)


async def numbers(board: Board, uuid: str, how: Popping = Popping.NORMAL, most: int = 500) -> list[int]:
    popped = await board.pop(uuid, most, how)
    return list(range(popped.start, popped.end))


async def refused(asked: Any) -> int:
    with pytest.raises(Refused) as refusal:
        await asked
    return refusal.value.status


async def test_a_trouble_outlives_the_board_and_costs_other_jobs_nothing(store: SqliteStore, clock: Clock) -> None:
    board = Board(store, "job:", clock.now, 9)
    troubled, healthy = await started(board, stalls=3), await started(board)
    assert (await Board(store, "job:", clock.now, 9).look(troubled)).job.trouble == Trouble(stalls=3)
    record = await store.get(f"job:{healthy}")
    assert record is not None
    head = json.loads(record.partition(b"\n")[0])
    assert "trouble" not in head
    assert None not in head.values()


async def test_a_stalled_job_has_its_results_popped_and_then_none(board: Board, clock: Clock) -> None:
    uuid = await started(board, stalls=3)
    clock.advance(100)
    assert [await numbers(board, uuid), await numbers(board, uuid)] == [[0, 1, 2], []]
    view = await board.look(uuid)
    assert (view.state, view.inferred, view.over) == (State.RUNNING, 3, False)
    clock.advance(3600)
    assert await refused(board.look(uuid)) == 404


@pytest.mark.parametrize("pace", [0.0, 1.0])
async def test_a_lost_job_hands_out_what_came_before_and_is_as_never_known(
    board: Board, clock: Clock, pace: float
) -> None:
    uuid = await started(board, pace=pace, lost=3)
    clock.advance(50)
    assert await numbers(board, uuid, most=2) == [0, 1]
    assert (await board.look(uuid)).state is State.RUNNING
    assert await numbers(board, uuid) == [2]
    for ask in (board.look(uuid), board.pop(uuid, 1), board.stop(uuid), board.fail(uuid, 4, FAILURE)):
        assert await refused(ask) == 404
    await board.clear(uuid)
    assert await refused(board.clear(uuid, Clearing.DELETE)) == 404


async def test_a_job_lost_at_once_was_never_known(board: Board) -> None:
    assert await refused(board.look(await started(board, lost=0))) == 404


async def test_nothing_of_a_lost_job_is_kept_for_an_hour(board: Board, store: SqliteStore, clock: Clock) -> None:
    uuid = await started(board, lost=0)
    assert await refused(board.look(uuid)) == 404
    assert len(await store.scan("job:")) == 1
    clock.advance(60)
    assert await store.scan("job:") == []


async def test_lost_jobs_make_room_for_others(store: SqliteStore, clock: Clock) -> None:
    board = Board(store, "job:", clock.now, 2)
    for _ in range(2):
        await started(board, lost=0)
    clock.advance(11)
    await started(board)


async def test_a_job_that_ends_early_is_over_when_its_results_were_taken(board: Board, clock: Clock) -> None:
    uuid = await started(board, ends=3)
    clock.advance(3)
    assert not (await board.look(uuid)).over
    popped = await board.pop(uuid, 500)
    assert (popped.end, popped.view.over, popped.view.job.total) == (3, True, 10)


async def test_a_job_is_told_to_fail_and_to_stall(board: Board, clock: Clock) -> None:
    uuid = await board.start(10, 0.0, 0.0, {}, None, (4, FAILURE), Trouble(stalls=6))
    view = (await board.pop(uuid, 500)).view
    assert (view.state, view.inferred, view.handed_out) == (State.ERROR, 4, 4)


async def test_results_that_come_again_come_with_the_next_pop_too(board: Board, clock: Clock) -> None:
    uuid = await started(board)
    clock.advance(3)
    assert await numbers(board, uuid, Popping.AGAIN, 2) == [0, 1]
    assert (await board.look(uuid)).handed_out == 0
    clock.advance(1)
    assert [await numbers(board, uuid) for _ in range(2)] == [[0, 1, 2, 3], []]


async def test_a_job_is_not_over_before_its_last_results_came_again(board: Board, clock: Clock) -> None:
    uuid = await started(board)
    clock.advance(10)
    assert not (await board.pop(uuid, 500, Popping.AGAIN)).view.over
    assert (await board.pop(uuid, 500)).view.over


async def test_forgotten_results_count_as_handed_out_and_are_in_no_answer(board: Board, clock: Clock) -> None:
    uuid = await started(board)
    clock.advance(5)
    assert await numbers(board, uuid, Popping.FORGOTTEN, 3) == []
    view = await board.look(uuid)
    assert (view.inferred, view.handed_out) == (5, 3)
    clock.advance(5)
    assert await numbers(board, uuid) == [3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    ("how", "popped"),
    [(Popping.AGAIN, [[], [], [0, 1], [0, 1], []]), (Popping.FORGOTTEN, [[], [], [], [], []])],
)
async def test_what_finds_no_results_is_owed_and_happens_once(
    board: Board, clock: Clock, how: Popping, popped: list[list[int]]
) -> None:
    uuid = await started(board)
    found = [await numbers(board, uuid, how), await numbers(board, uuid)]
    clock.advance(2)
    assert found + [await numbers(board, uuid) for _ in range(3)] == popped
    clock.advance(8)
    assert await numbers(board, uuid) == [2, 3, 4, 5, 6, 7, 8, 9]


async def test_handing_out_again_keeps_a_job_alive_and_an_empty_pop_does_not(board: Board, clock: Clock) -> None:
    uuid = await started(board)
    clock.advance(3600)
    await board.pop(uuid, 500, Popping.AGAIN)
    clock.advance(3599)
    assert len(await numbers(board, uuid)) == 10
    clock.advance(3599)
    await board.pop(uuid, 500, Popping.AGAIN)
    clock.advance(1)
    assert await refused(board.look(uuid)) == 404


@pytest.mark.parametrize("how", Popping)
async def test_a_cleared_job_hands_out_nothing_in_no_way(board: Board, clock: Clock, how: Popping) -> None:
    uuid = await started(board)
    clock.advance(5)
    await board.clear(uuid)
    assert await numbers(board, uuid, how) == []
    assert (await board.look(uuid)).handed_out == 0


async def test_pops_at_once_hand_out_a_troubled_job_once(board: Board, clock: Clock) -> None:
    uuid = await started(board, total=100, stalls=60)
    clock.advance(1000)
    taken = await asyncio.gather(*(numbers(board, uuid, most=7) for _ in range(20)))
    assert sorted(number for some in taken for number in some) == list(range(60))


async def test_jobs_are_counted_by_state(board: Board, clock: Clock) -> None:
    await board.start(1, 1.0, 99.0, {})
    for trouble in ({"never": True}, {"stalls": 1}, {"ends": 1}, {"lost": 0}):
        await started(board, **trouble)
    stopped, cleared, _ = [await started(board) for _ in range(3)]
    await board.stop(stopped)
    await board.clear(cleared)
    await board.start_failed(FAILURE)
    clock.advance(10)
    told = {"preparing": 2, "running": 1, "finished": 2, "cancelled": 1, "error": 1, "cleared": 1}
    assert await board.states(100) == told
    clock.advance(4000)
    assert await board.states(100) == dict.fromkeys(told, 0)


async def test_no_more_jobs_are_counted_than_asked(board: Board) -> None:
    for _ in range(5):
        await started(board)
    assert sum((await board.states(3)).values()) == 3
    assert sum((await board.states(0)).values()) == 0


async def test_a_restart_forgets_all_jobs_and_makes_room(store: SqliteStore, clock: Clock) -> None:
    board, other = Board(store, "job:1:", clock.now, 2), Board(store, "job:2:", clock.now, 2)
    uuids, foreign = [await started(board) for _ in range(2)], await started(other)
    assert await refused(started(board)) == 400
    await board.drop()
    assert [await refused(board.look(uuid)) for uuid in uuids] == [404, 404]
    assert (await other.look(foreign)).state is State.RUNNING
    for _ in range(2):
        await started(board)
    assert await refused(started(board)) == 400
