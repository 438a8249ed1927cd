"""Whatever is asked of both, Redis and SQLite answer the same."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modeldouble_server.store import Claim, Store, Writes
from modeldouble_server.store.redis import RedisStore
from modeldouble_server.store.sqlite import SqliteStore

from .redis_server import RedisServer

Operation = Callable[[Store], Awaitable[object]]
T = TypeVar("T")
KEYS = st.sampled_from(["", "a", "a:", "a:1", "a:1\x00", "a:é", "b", "[a", "(a", "\U0010fffe"])
VALUES = st.sampled_from([b"", b"1", b"2", bytes(range(256)), b"\r\n"])
NUMBERS = st.integers(0, 9)
LISTS = st.lists(VALUES, max_size=3)


def _maps(values: st.SearchStrategy[T]) -> st.SearchStrategy[dict[str, T]]:
    return st.dictionaries(KEYS, values, max_size=3)


@st.composite
def _writes(draw: st.DrawFn) -> Writes:
    put = draw(_maps(VALUES))
    delete = [key for key in draw(st.lists(KEYS, max_size=2, unique=True)) if key not in put]
    absent, same = draw(st.lists(KEYS, max_size=1)), draw(st.dictionaries(KEYS, VALUES, max_size=1))
    return Writes(put, delete, draw(_maps(st.integers(-9, 9))), draw(_maps(NUMBERS)), absent, same)


CLAIMED = st.sampled_from(["o", "p", "q"])
CLAIMS = st.lists(
    st.builds(
        Claim, CLAIMED, st.none() | st.integers(0, 3), st.none() | st.integers(1, 5), st.integers(1, 4),
        st.text("01", max_size=5),
    ),
    max_size=3, unique_by=lambda one: one.key,
)  # fmt: skip


OPERATIONS: st.SearchStrategy[Operation] = st.one_of(
    st.builds(lambda *told: lambda store: store.get(*told), KEYS),
    st.builds(lambda *told: lambda store: store.read(*told), KEYS, KEYS),
    st.builds(lambda *told: lambda store: store.put(*told), KEYS, VALUES),
    st.builds(lambda *told: lambda store: store.create(*told), KEYS, VALUES),
    st.builds(lambda *told: lambda store: store.swap(*told), KEYS, VALUES, VALUES),
    st.builds(lambda *told: lambda store: store.advance(*told), KEYS, NUMBERS, NUMBERS),
    st.builds(lambda *told: lambda store: store.apply(*told), _writes()),
    st.builds(lambda *told: lambda store: store.claim(*told), CLAIMS, KEYS, KEYS, KEYS, st.integers(0, 1)),
    st.builds(lambda key: lambda store: store.counts([f"{key}#calls", f"{key}#taken"]), CLAIMED),
    st.builds(lambda key: lambda store: store.delete(f"{key}#taken"), CLAIMED),
    st.builds(lambda *told: lambda store: store.count(*told), KEYS),
    st.builds(lambda *told: lambda store: store.delete(*told), KEYS),
    st.builds(lambda *told: lambda store: store.drop(*told), KEYS),
    st.builds(lambda *told: lambda store: store.scan(*told), KEYS, st.none() | NUMBERS),
    st.builds(lambda *told: lambda store: store.append(*told), KEYS, LISTS, st.integers(1, 5), NUMBERS),
    st.builds(lambda *told: lambda store: store.tail(*told), KEYS, NUMBERS, st.none() | NUMBERS),
    st.builds(lambda *told: lambda store: store.lengths(*told), st.lists(KEYS, max_size=3)),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.lists(OPERATIONS, min_size=5, max_size=40))
def test_they_agree(asked: list[Operation], redis: RedisServer) -> None:
    redis.say("FLUSHALL")
    asyncio.run(_compared(asked, redis))


async def _compared(asked: list[Operation], redis: RedisServer) -> None:
    ours, theirs = SqliteStore(), await RedisStore.open(redis.url)
    try:
        for number, operation in enumerate(asked):
            assert await operation(theirs) == await operation(ours), number
        assert await theirs.scan("") == await ours.scan("")
    finally:
        await ours.close()
        await theirs.close()
