"""The board: the jobs of one model, as records in a store."""

from typing import Any

import pytest

from modeldouble_server.board import Board
from modeldouble_server.clock import Clock
from modeldouble_server.jobs import Failure, State
from modeldouble_server.refusal import Refused
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.wire import JobView

FAILURE = Failure("KeyError", "no image 9", "Traceback: no image 9")


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
