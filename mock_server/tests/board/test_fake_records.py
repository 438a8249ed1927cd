"""Records that were read are known by their bytes, within bounds."""

from modeldouble_server import records
from modeldouble_server.board import Board
from modeldouble_server.clock import Clock
from modeldouble_server.jobs import Course, Job, State, course
from modeldouble_server.records import Records, decode, encode
from modeldouble_server.store.sqlite import SqliteStore

from .conftest import NOW


def record(number: int, name: str = "a") -> bytes:
    return encode(Job(f"{number:032x}", 3, NOW, 0.0, 1.0, {"name": name}, NOW))


def test_the_same_bytes_are_read_once() -> None:
    known = Records()
    first = known.read(record(1))
    assert known.read(bytes(bytearray(record(1)))).steps is first.steps
    assert known.read(record(2)).steps is not first.steps


def test_what_is_known_says_what_the_record_says() -> None:
    known = Records()
    found = [known.read(record(1)) for _ in range(2)]
    fresh = course(decode(record(1)))
    for one in found:
        assert one[1:] == fresh[1:]
        assert (one.job._replace(work={}), dict(one.job.work)) == (fresh.job._replace(work={}), {"name": "a"})


def test_what_one_does_to_the_work_is_not_seen_by_the_next() -> None:
    known, raw = Records(), encode(Job("a" * 32, 3, NOW, 0.0, 1.0, {"settings": {}}, NOW))
    known.read(raw).job.work["settings"]["conf"] = 1
    assert dict(known.read(raw).job.work) == {"settings": {}}


def test_what_is_known_is_bounded_and_the_oldest_goes() -> None:
    known = Records()
    seen: list[Course] = [known.read(record(number)) for number in range(records._KNOWN + 1)]
    assert len(known) == records._KNOWN
    assert known.read(record(records._KNOWN)).steps is seen[-1].steps
    assert known.read(record(0)).steps is not seen[0].steps


def test_a_long_record_is_not_kept() -> None:
    known, long = Records(), record(1, "a" * records._KNOWN_BYTES)
    assert known.read(long).steps is not known.read(long).steps
    assert len(known) == 0


async def test_a_stop_and_a_clear_by_another_process_are_seen_at_once(store: SqliteStore, clock: Clock) -> None:
    ours, other = (Board(store, "job:", clock.now, 9) for _ in range(2))
    uuid = await ours.start(9, 1.0, 0.0, {})
    clock.advance(1)
    assert (await ours.look(uuid)).state is State.RUNNING
    await other.stop(uuid)
    assert (await ours.look(uuid)).state is State.CANCELLED
    await other.clear(uuid)
    assert (await ours.look(uuid)).state is State.CLEARED


async def test_time_passes_for_a_record_that_is_known(board: Board, clock: Clock) -> None:
    uuid = await board.start(3, 1.0, 1.0, {})
    seen = []
    for _ in range(5):
        view = await board.look(uuid)
        seen.append((view.state, view.inferred))
        clock.advance(1)
    running, finished = State.RUNNING, State.FINISHED
    assert seen == [(State.PREPARING, 0), (running, 0), (running, 1), (running, 2), (finished, 3)]


async def test_a_counter_outlives_its_job_by_the_hour_of_a_stop(store: SqliteStore, clock: Clock) -> None:
    board = Board(store, "job:", clock.now, 9)
    uuid = await board.start(9, 1000.0, 0.0, {})
    clock.advance(1000)
    assert (await board.pop(uuid, 9)).end == 1
    clock.advance(11_599)
    await board.stop(uuid)
    clock.advance(3599)
    assert await board.look(uuid)
    popped = await board.pop(uuid, 9)
    assert (popped.start, popped.end) == (1, 9)


def test_what_a_record_of_an_earlier_version_remembers_is_not_shared() -> None:
    known, old = Records(), record(1).partition(b"\n")[0][:-1] + b',"work":{"settings":{}}}'
    known.read(old).job.work["settings"]["conf"] = 1
    assert known.read(old).job.work == {"settings": {}}
