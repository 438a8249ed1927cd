"""The newest jobs of a board, and how many there are of each state."""

from modeldouble_server.board import Board
from modeldouble_server.clock import Clock
from modeldouble_server.jobs import KEPT_UNTOUCHED, State
from modeldouble_server.store.sqlite import SqliteStore

NEVER = {one.value: 0 for one in State if one is not State.GONE}


async def begun(board: Board, clock: Clock, count: int) -> list[str]:
    """Jobs that begin one second after the other, oldest first."""
    found = []
    for _ in range(count):
        clock.advance(1.0)
        found.append(await board.start(2, 1.0, 0.0, {}))
    return found


async def test_an_empty_board_has_none(board: Board) -> None:
    assert await board.survey(5, 100) == ([], NEVER)


async def test_the_newest_come_first_and_all_are_counted(board: Board, clock: Clock) -> None:
    uuids = await begun(board, clock, 6)
    views, counts = await board.survey(3, 100)
    assert [one.job.uuid for one in views] == uuids[:2:-1]
    assert counts == {**NEVER, "running": 2, "finished": 4}
    assert counts == await board.states(100)


async def test_a_job_that_infers_is_not_left_out_for_newer_ones_that_ended(board: Board, clock: Clock) -> None:
    long = await board.start(1_000, 1.0, 0.0, {})
    newer = await begun(board, clock, 6)
    clock.advance(5.0)
    views, counts = await board.survey(3, 100)
    assert [one.job.uuid for one in views] == [newer[5], newer[4], long]
    assert (counts["running"], counts["finished"]) == (1, 6)


async def test_jobs_of_one_moment_are_always_in_the_same_order(board: Board) -> None:
    uuids = [await board.start(1, 1.0, 0.0, {}) for _ in range(8)]
    views, _ = await board.survey(8, 100)
    assert [one.job.uuid for one in views] == sorted(uuids, reverse=True)


async def test_of_more_jobs_only_so_many_are_looked_at(board: Board, clock: Clock) -> None:
    await begun(board, clock, 5)
    views, counts = await board.survey(5, 3)
    assert (len(views), sum(counts.values())) == (3, 3)


async def test_a_job_is_told_as_when_it_is_looked_at(board: Board, clock: Clock) -> None:
    first, second = await begun(board, clock, 2)
    clock.advance(1.0)
    await board.pop(first, 1)
    views, _ = await board.survey(2, 100)
    assert views == [await board.look(second), await board.look(first)]
    assert [one.handed_out for one in views] == [0, 1]


async def test_a_job_that_expired_is_not_there(board: Board, store: SqliteStore, clock: Clock) -> None:
    await begun(board, clock, 1)
    clock.advance(KEPT_UNTOUCHED + 10)
    assert await board.survey(5, 100) == ([], NEVER)
