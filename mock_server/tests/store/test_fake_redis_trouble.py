"""Every trouble of a Redis, on real sockets: it is told as what it is, and what was not stored is not acknowledged."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from modeldouble_server.refusal import CannotServe
from modeldouble_server.store import StoreDown, Writes
from modeldouble_server.store.redis import RedisStore
from modeldouble_server.store.redis.address import Address
from modeldouble_server.store.redis.trouble import NotSent, down

from .conftest import Opened, Started
from .redis_server import RedisServer

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(answer: Answer) -> AsyncIterator[str]:
    """Something that is no Redis, at a URL."""
    talks: list[asyncio.Task[None]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.ensure_future(answer(reader, writer)))
        with suppress(OSError, asyncio.CancelledError):
            await talks[-1]
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    for one in talks:
        one.cancel()
    await asyncio.gather(*talks, return_exceptions=True)
    server.close()
    await server.wait_closed()


async def test_killed_in_the_midst_it_has_handed_out_nothing_twice_and_every_task_is_told(
    own_redis: Started, opened: Opened
) -> None:
    redis = own_redis()
    store = await opened(redis.url)
    taken: list[int] = []

    async def take() -> None:
        while True:
            taken.extend(range(*await store.advance("frames", 2**40, 3)))
            if len(taken) > 500:
                redis.kill()

    troubles = await asyncio.gather(*(take() for _ in range(20)), return_exceptions=True)
    assert [type(trouble) for trouble in troubles] == [StoreDown] * 20
    assert all(f"Redis at {redis.url} " in str(trouble) for trouble in troubles)
    assert len(set(taken)) == len(taken)


async def test_away_it_is_said_so_and_nothing_was_done(own_redis: Started, opened: Opened) -> None:
    redis = own_redis()
    store = await opened(redis.url)
    redis.kill()
    await asyncio.sleep(0.05)
    with pytest.raises(StoreDown, match=r"cannot be reached; start it, or name another \(Error 111 ") as told:
        await store.put("a", b"1")
    assert not told.value.unsure


async def test_started_again_it_is_used_again_at_once(own_redis: Started, opened: Opened) -> None:
    redis = own_redis()
    store = await opened(redis.url)
    assert await asyncio.gather(*(store.advance("a", 9, 1) for _ in range(9)))
    redis.kill()
    redis.start()
    await asyncio.sleep(0.05)
    assert sorted(await asyncio.gather(*(store.advance("a", 9, 1) for _ in range(9)))) == [
        (start, start + 1) for start in range(9)
    ]


async def test_a_connection_that_was_cut_while_idle_is_replaced(redis: RedisServer, opened: Opened) -> None:
    store = await opened(redis.url)
    await store.put("a", b"1")
    redis.say("CLIENT", "KILL", "TYPE", "normal")
    await asyncio.sleep(0.05)
    assert await store.get("a") == b"1"


@pytest.mark.parametrize("operation", ["advance", "apply", "create"])
async def test_an_operation_whose_answer_is_lost_is_an_error_and_not_done_twice(
    operation: str, redis: RedisServer, store: RedisStore, opened: Opened
) -> None:
    async with listening(_losing_answers_to_scripts(redis.port)) as url:
        cut = await opened(url)
        operations: dict[str, Callable[[], Awaitable[object]]] = {
            "advance": lambda: cut.advance("n", 100, 3),
            "apply": lambda: cut.apply(Writes(add={"n": 3})),
            "create": lambda: cut.create("n", b"1"),
        }
        with pytest.raises(StoreDown, match="went away before it answered; start it again") as told:
            await operations[operation]()
        assert told.value.unsure
    assert await store.read("n", "n") == ((b"1", 0) if operation == "create" else (None, 3))


def _losing_answers_to_scripts(port: int) -> Answer:
    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await asyncio.open_connection("127.0.0.1", port)
        with suppress(EOFError):
            while asked := await reader.read(65536):
                ours.write(asked)
                answer = await theirs.read(65536)
                if b"EVAL" in asked and b"NOSCRIPT" not in answer:
                    break
                writer.write(answer)
        ours.close()

    return forward


async def test_one_that_never_answers_is_not_waited_for_without_end(opened: Opened) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with listening(silent) as url:
        with pytest.raises(CannotServe, match=f"Redis at {url}/0 cannot be reached; .*Timeout"):
            await opened(url, answer=0.05)


async def test_one_that_stops_answering_is_told_after_the_time_given(redis: RedisServer, opened: Opened) -> None:
    store = await opened(redis.url, answer=0.1)
    redis.say("CLIENT", "PAUSE", "300")
    with pytest.raises(StoreDown, match=r"did not answer within 0\.1 s") as told:
        await store.advance("a", 9, 9)
    assert told.value.unsure


async def test_nobody_waits_for_a_free_connection_without_end(redis: RedisServer, opened: Opened) -> None:
    store = await opened(redis.url, answer=0.1, connections=1)
    redis.say("CLIENT", "PAUSE", "1000")
    troubles = await asyncio.gather(*(store.advance("a", 9, 9) for _ in range(9)), return_exceptions=True)
    assert [type(trouble) for trouble in troubles] == [StoreDown] * 9
    assert [one for one in troubles if "no connection became free" in str(one)]
    redis.say("CLIENT", "UNPAUSE")


async def test_full_it_says_so_keeps_what_it_has_and_takes_no_part_of_what_belongs_together(
    own_redis: Started, opened: Opened
) -> None:
    redis = own_redis("--maxmemory", "3mb")
    store, kept = await opened(redis.url), 0

    async def fill() -> None:
        nonlocal kept
        for kept in range(1_000):
            await store.apply(Writes({f"a:{kept}": b"1" * 20_000, f"b:{kept}": b"2"}, add={"n": 1}))

    with pytest.raises(StoreDown, match="is full: its maxmemory is used up; raise it") as told:
        await fill()
    assert not told.value.unsure
    assert (len(await store.scan("a:")), len(await store.scan("b:")), await store.count("n")) == (kept, kept, kept)
    await store.drop("a:")
    await store.put("a", b"1")


async def test_while_it_is_full_every_write_is_refused_and_reading_and_forgetting_go_on(
    own_redis: Started, opened: Opened
) -> None:
    redis = own_redis()
    store = await opened(redis.url)
    await store.put("a", b"1")
    assert await store.advance("n", 9, 3) == (0, 3)
    redis.say("CONFIG", "SET", "maxmemory", "1")
    for operation in (
        lambda: store.put("b", b"1"), lambda: store.create("b", b"1"), lambda: store.append("b", [b"1"], 9, 9),
        lambda: store.swap("a", b"1", bytes(1000)), lambda: store.apply(Writes({"b": b"1"}, ["x"])),
        lambda: store.advance("n", 9, 3),
    ):  # fmt: skip
        with pytest.raises(StoreDown, match="is full"):
            await operation()
    assert (await store.read("a", "n"), await store.scan("b"), await store.tail("b", 9)) == ((b"1", 3), [], [])
    assert await store.apply(Writes(delete=["a"]))
    assert await store.delete("n")


async def test_turned_into_a_replica_it_takes_no_writes(own_redis: Started, opened: Opened) -> None:
    redis = own_redis()
    store = await opened(redis.url)
    await store.put("a", b"1")
    redis.say("REPLICAOF", "127.0.0.1", "1")
    with pytest.raises(StoreDown, match="is a replica that takes no writes; name its primary"):
        await store.put("a", b"2")


async def test_something_else_under_our_keys_is_named(redis: RedisServer, store: RedisStore) -> None:
    redis.say("LPUSH", "modeldouble:v:a", "1")
    with pytest.raises(StoreDown, match="has something else under our keys; name another prefix"):
        await store.get("a")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("-LOADING Redis is loading the dataset in memory", "is loading its data from disk; ask again"),
        ("-MISCONF Redis is configured to save RDB snapshots, but ...", "cannot save its data"),
        ("-BUSY Redis is busy running a script.", "is busy with a script"),
        ("-MASTERDOWN Link with MASTER is down", "has lost its primary"),
        ("-ERR max number of clients reached", "has as many clients as it takes"),
        ("-ERR something new", r"refused what was asked; see its log \(something new\)"),
        ("HTTP/1.1 400 Bad Request", "cannot be reached; .*Protocol Error"),
    ],
)
async def test_what_it_answers_instead_is_explained(line: str, told: str, opened: Opened) -> None:
    async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while sent := await reader.read(65536):
            # Several commands may come in one piece, each of which begins with a star.
            writer.write(f"{line}\r\n".encode() * sent.count(b"*"))

    async with listening(answering) as url:
        with pytest.raises(CannotServe, match=f"^Redis at {url}/0 {told}"):
            await opened(url)


def test_a_certificate_that_is_not_trusted_is_told_with_what_makes_it_so() -> None:
    error = NotSent()
    error.__cause__ = ConnectionError("Error 1 connecting. [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
    trouble = down(error, Address("rediss://:secret@store"), 5.0)
    assert str(trouble) == (
        "Redis at rediss://store:6379/0 has a certificate that is not trusted for this name;"
        " name its authority, ?ssl_ca_certs=FILE in the URL"
    )


def test_what_redis_says_of_a_password_is_not_passed_on() -> None:
    trouble = down(OSError("no entry for hush-hush"), Address("redis://:hush-hush@store"), 5.0)
    assert "hush" not in str(trouble)
    error = NotSent()
    error.__cause__ = OSError("no host hush-hush")
    assert "(no host ***)" in str(down(error, Address("redis://:hush-hush@store"), 5.0))
