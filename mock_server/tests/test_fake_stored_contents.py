"""Contents in a store: long ones in pieces, of which nothing is known before all are there, and nothing left over."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from modeldouble_server.blobs import Blobs, Pieces
from modeldouble_server.clock import Clock
from modeldouble_server.refusal import Refused
from modeldouble_server.store import StoreDown, Writes
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.stored_contents import StoredContents

SHA, OTHER = "ab" * 32, "cd" * 32
LONG = bytes(range(25))


class Failing(SqliteStore):
    """Fails after so many pieces, or when the record is written: before it is, or with an answer that is lost."""

    pieces = 1000
    applies = ""

    async def put(self, key: str, value: bytes, ttl: float | None = None) -> None:
        self.pieces -= 1
        if self.pieces < 0:
            raise StoreDown("Store", "is full", "make room")
        await super().put(key, value, ttl)

    async def apply(self, writes: Writes) -> bool:
        if self.applies == "away":
            raise StoreDown("Store", "is away", "wait")
        done = await super().apply(writes)
        if self.applies == "lost":
            raise StoreDown("Store", "went away before it answered", "ask again", unsure=True)
        return done


@pytest.fixture
def clock() -> Clock:
    return Clock(lambda: 0.0)


@pytest.fixture
async def store(clock: Clock) -> AsyncIterator[Failing]:
    store = Failing(clock=clock.now)
    yield store
    await store.close()


@pytest.fixture
def contents(store: Failing) -> StoredContents:
    return StoredContents(store, "c:", 10)


async def pieces_of(contents: StoredContents, sha256: str = SHA) -> list[bytes]:
    found = await contents.open(sha256)
    assert isinstance(found, Pieces)
    return [one async for one in found.each()]


async def keys(store: Failing) -> list[str]:
    return [key for key, _ in await store.scan("")]


async def test_a_long_one_comes_in_pieces(contents: StoredContents) -> None:
    await contents.write(SHA, LONG)
    assert await pieces_of(contents) == [LONG[:10], LONG[10:20], LONG[20:]]
    found = await contents.open(SHA)
    assert (isinstance(found, Pieces) and found.size, await contents.size()) == (25, 25)


@pytest.mark.parametrize(("length", "values"), [(0, 1), (9, 1), (10, 1), (11, 3), (20, 3), (21, 4)])
async def test_one_that_is_no_longer_than_a_piece_is_one_value(
    length: int, values: int, contents: StoredContents, store: Failing
) -> None:
    await contents.write(SHA, bytes(length))
    assert len(await keys(store)) == values
    assert await Blobs(100, contents).read(SHA) == bytes(length)


async def test_one_of_an_earlier_release_is_read_however_long_it_is(store: Failing) -> None:
    earlier = Writes({f"c:of:{SHA}": LONG}, add={"c:bytes": 25, f"c:size:{SHA}": 26}, absent=[f"c:of:{SHA}"])
    await store.apply(earlier)
    contents = StoredContents(store, "c:", 10)
    assert (await contents.open(SHA), await contents.known(SHA), await contents.size()) == (LONG, True, 25)
    await contents.write(SHA, LONG)
    assert await keys(store) == [f"c:of:{SHA}"]


async def test_what_is_whole_stays_and_is_not_counted_twice(
    contents: StoredContents, store: Failing, clock: Clock
) -> None:
    await asyncio.gather(*(contents.write(SHA, LONG) for _ in range(3)))
    assert (await contents.size(), len(await keys(store))) == (25, 4)
    clock.advance(10_000)
    assert b"".join(await pieces_of(contents)) == LONG


async def test_pieces_that_nobody_finished_go_by_themselves(
    contents: StoredContents, store: Failing, clock: Clock
) -> None:
    store.applies = "away"
    with pytest.raises(StoreDown):
        await contents.write(SHA, LONG)
    assert (len(await keys(store)), await contents.known(SHA), await contents.open(SHA)) == (3, False, None)
    clock.advance(601)
    assert await keys(store) == []


async def test_pieces_that_a_full_store_took_are_given_back_at_once(contents: StoredContents, store: Failing) -> None:
    store.pieces = 2
    with pytest.raises(StoreDown, match="is full"):
        await contents.write(SHA, LONG)
    assert (await keys(store), await contents.known(SHA), await contents.size()) == ([], False, 0)


async def test_what_was_written_although_the_answer_was_lost_is_whole(
    contents: StoredContents, store: Failing, clock: Clock
) -> None:
    store.applies = "lost"
    with pytest.raises(StoreDown, match="before it answered"):
        await contents.write(SHA, LONG)
    clock.advance(601)
    assert b"".join(await pieces_of(contents)) == LONG


class Slow(Failing):
    """Takes eleven minutes for a piece."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock=clock.now)
        self._time = clock

    async def put(self, key: str, value: bytes, ttl: float | None = None) -> None:
        await super().put(key, value, ttl)
        self._time.advance(660)


async def test_nothing_is_acknowledged_of_which_a_piece_is_gone(clock: Clock) -> None:
    store = Slow(clock)
    contents = StoredContents(store, "c:", 10)
    with pytest.raises(Refused, match="content of 25 bytes was not stored within 600 s; send it again") as refused:
        await contents.write(SHA, LONG)
    assert (refused.value.status, await keys(store), await contents.known(SHA)) == (503, [], False)
    await store.close()


@pytest.mark.parametrize("content", [LONG, b"short"])
async def test_nothing_is_kept_of_whom_was_taken_away_meanwhile(store: Failing, content: bytes) -> None:
    contents = StoredContents(store, "c:", 10, whose="tenant")
    with pytest.raises(Refused, match="the model was taken away meanwhile") as refused:
        await contents.write(SHA, content)
    assert (refused.value.status, await keys(store), await contents.size()) == (404, [], 0)
    await store.put("tenant", b"token")
    for _ in range(2):
        await contents.write(SHA, content)
    assert (await contents.size(), await Blobs(100, contents).read(SHA)) == (len(content), content)


async def test_a_piece_that_is_gone_later_is_told(contents: StoredContents, store: Failing) -> None:
    await contents.write(SHA, LONG)
    [second] = [key for key in await keys(store) if key.startswith("c:piece:") and key.endswith(":1")]
    await store.delete(second)
    with pytest.raises(Refused, match=f"piece 1 of content {SHA} is gone from the store") as refused:
        await Blobs(100, contents).read(SHA)
    assert refused.value.status == 503


async def test_those_that_are_kept_are_told_of_many(contents: StoredContents) -> None:
    await contents.write(SHA, LONG)
    await contents.write(OTHER, b"")
    assert await contents.those([OTHER, "ef" * 32, SHA]) == {SHA, OTHER}
    assert await contents.those([]) == set()


async def test_one_that_is_too_large_is_413(contents: StoredContents, store: Failing) -> None:
    with pytest.raises(Refused, match="over the 268,435,456 that a store takes") as refused:
        await contents.write(SHA, bytes(256 * 1024 * 1024 + 1))
    assert (refused.value.status, await keys(store)) == (413, [])
