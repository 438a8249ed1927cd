"""Awaited uploads: streamed, sent again whole, bounded in time."""

from __future__ import annotations

import asyncio
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from modeldouble import BadImage, DeadlineExceeded, Refused
from modeldouble.aio import AsyncHttpTransport, AsyncSession
from modeldouble.aio.transport import SMALL
from modeldouble.multipart import CHUNK, Part
from modeldouble.retry import Kind
from modeldouble.wire import Ask

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.conftest import Json, Reply, RoughServer

    Connect = Callable[..., Awaitable[AsyncSession]]

NEVER = float("inf")


async def test_an_upload_that_went_whole_keeps_its_connection(
    rough: RoughServer, connect: Connect, reply: type[Reply], predict: Callable[..., Json]
) -> None:
    rough.on("inference_image", reply(predict()))
    session = await connect()
    await session.infer_many([b"\xff\xd8\xff0"] * 5, concurrency=1)
    assert len(rough.peers) == 1


@pytest.mark.parametrize("size", [1000, CHUNK * 3, SMALL + 5])
async def test_a_retried_upload_sends_the_bytes_again(
    rough: RoughServer, connect: Connect, reply: type[Reply], predict: Callable[..., Json], tmp_path: Path, size: int
) -> None:
    content = b"\x89PNG" + bytes(range(256)) * (size // 256)
    (tmp_path / "a.png").write_bytes(content)
    rough.on("inference_image", reply("", 503), reply(way="lost"), reply(predict()))
    await (await connect()).inference_image_path(tmp_path / "a.png")
    sent = [one for one in rough.received if one.route == "inference_image"]
    assert [content in one.body for one in sent] == [True, True, True]
    assert [one.headers["content-length"] for one in sent] == [str(len(one.body)) for one in sent]


async def test_an_upload_is_streamed(rough: RoughServer, connect: Connect, reply: type[Reply], tmp_path: Path) -> None:
    with (tmp_path / "big.jpg").open("wb") as stream:
        stream.truncate(40 * 1024 * 1024)
    session = await connect()
    rough.on("inference_image", reply("too big", 413))
    tracemalloc.start()
    with pytest.raises(Refused, match="smaller image"):
        await session.inference_image_path(tmp_path / "big.jpg")
    # The server, in this same process, holds the body once (and its reader a second time for a moment).
    assert tracemalloc.get_traced_memory()[1] < 110 * 1024 * 1024
    tracemalloc.stop()


@pytest.mark.parametrize("size", [CHUNK * 3, SMALL + CHUNK])
async def test_a_file_that_is_not_what_it_was_is_told(rough: RoughServer, tmp_path: Path, size: int) -> None:
    (tmp_path / "a.png").write_bytes(bytes(size // 2))
    transport = AsyncHttpTransport()
    ask = Ask("inference_image", Kind.PREDICT, parts=(Part("files", tmp_path / "a.png", size, "a.png"),))
    with pytest.raises(BadImage, match="became shorter"):
        await transport.send(f"{rough.url}/inference_image", ask, NEVER)
    await transport.close()


async def test_the_deadline_bounds_an_upload(rough: RoughServer) -> None:
    readings = [99.0, *[0.0] * 6]
    # The clock jumps beyond the deadline at its seventh reading: in the middle of the body.
    transport = AsyncHttpTransport(clock=lambda: readings.pop() if len(readings) > 1 else readings[0])
    content = b"\xff\xd8\xff" + bytes(10**6)
    ask = Ask("inference_image", Kind.PREDICT, parts=(Part("files", content, len(content), "a.jpg"),))
    with pytest.raises(DeadlineExceeded):
        await transport.send(f"{rough.url}/inference_image", ask, 50.0)
    await transport.close()
    assert rough.routes() == []


async def test_an_answer_before_the_upload_has_ended_is_taken(tmp_path: Path) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        await over.wait()
        writer.close()

    over, server = asyncio.Event(), await asyncio.start_server(refuse, "127.0.0.1", 0)
    url, transport = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", AsyncHttpTransport()
    content = bytes(1 << 24)
    ask = Ask("inference_image", Kind.PREDICT, parts=(Part("files", content, len(content), "a.jpg"),))
    assert (await transport.send(f"{url}/inference_image", ask, NEVER)).status == 413
    over.set()
    await transport.close()
    server.close()
