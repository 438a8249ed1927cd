"""The bytes of pictures and videos, as the platform sends them: one alone, or several as a form."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from aiohttp import web

from ..blobs import Pieces
from ..fake import Fake
from ..refusal import Refused
from ..store import StoreDown
from ..world import Entity, sha256_of
from .call import PlatformCall

STORAGE = "storage/"
_UNKNOWN = "application/octet-stream"
_ADDRESS = re.compile(r"(?:(?P<owner>[0-9]{1,18})/)?(?P<sha256>[0-9a-f]{64})(?![^/])")


class Part(NamedTuple):
    """One part of a form that is sent: its content is held, or read when its turn has come."""

    name: str
    file_name: str
    mime: str
    content: bytes | Callable[[], Awaitable[bytes | Path | Pieces]]


async def media(call: PlatformCall, entity: Entity, mime: str) -> web.StreamResponse:
    """The content of an entity: a file is streamed, what is held in memory goes at once."""
    return await sent(call.request, await held(call, entity), mime)


async def sent(
    request: web.Request, content: bytes | Path | Pieces, mime: str | None = None, more: Mapping[str, str] = {}
) -> web.StreamResponse:  # fmt: skip
    """A content as an answer with `more` headers, of which no more than a piece is in memory if it lies in pieces."""
    headers = dict(more) if mime is None else {**more, "Content-Type": mime}
    if isinstance(content, Path):
        return web.FileResponse(content, headers=headers)
    if isinstance(content, bytes):
        return web.Response(body=content, headers=headers)
    response = web.StreamResponse(headers={"Content-Type": _UNKNOWN, **headers, "Content-Length": str(content.size)})
    pieces = content.each()
    # Before the head is out, so that a content that is gone can still be told.
    first = await anext(pieces)
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    async with _broken_off(request):
        await response.write(first)
        async for one in pieces:
            await response.write(one)
        await response.write_eof()
    return response


async def held(call: PlatformCall, entity: Entity) -> bytes | Path | Pieces:
    """The content of an entity, or its file, which is there; 404 without."""
    found = await call.world.blobs.open(sha256_of(entity))
    if found is None:
        raise _nothing_held(entity)
    return found


async def all_held(call: PlatformCall, chosen: Sequence[Entity]) -> None:
    """404 if the content of one of them is not there."""
    there = await call.world.blobs.those([sha256_of(one) for one in chosen])
    for one in chosen:
        if sha256_of(one) not in there:
            raise _nothing_held(one)


def _nothing_held(entity: Entity) -> Refused:
    return Refused(404, f"id {entity['id']} has no content in this world: it was added as a description only")


def storage_url(call: PlatformCall, entity: Entity) -> str:
    """Where a plain GET without a key gives the content: whoever knows its hash may have it.

    Contents of a tenant that every server of a store serves have its number before the hash.
    """
    owner = call.world.blobs.owner
    whose = "" if owner is None else f"{owner}/"
    name = quote(entity["name"], safe="", errors="replace")
    host = f"{call.request.scheme}://{call.request.host}"
    return f"{host}/public/api/v3/{STORAGE}{whose}{sha256_of(entity)}/{name}"


async def stored(fake: Fake, address: str, request: web.Request) -> web.StreamResponse:
    """The content behind a `storage_url`. Only number and hash count, and no path is made of anything that was sent."""
    read = _ADDRESS.match(address)
    found = None if read is None else await _content(fake, read["owner"], read["sha256"])
    if found is None:
        raise Refused(404, "no content under this address; use the fullStorageUrl that images.info gives")
    return await sent(request, found)


async def _content(fake: Fake, number: str | None, sha256: str) -> bytes | Path | Pieces | None:
    if number is not None:
        return await fake.tenancy.content(int(number), sha256)
    # Of those who have no number of their own nobody knows, without a key, whose it is: every world may have it.
    for world in [one for one in fake.worlds.values() if one.blobs.owner is None]:
        found = await world.blobs.open(sha256)
        if found is not None:
            return found
    return None


async def send_parts(call: PlatformCall, parts: Sequence[Part]) -> web.StreamResponse:
    """A form, part by part: one picture is in memory at a time, however many are asked for."""
    boundary = secrets.token_hex(16)
    response = web.StreamResponse(headers={"Content-Type": f"multipart/form-data; boundary={boundary}"})
    await response.prepare(call.request)
    if call.request.method == "HEAD":
        return response
    async with _broken_off(call.request):
        for part in parts:
            await _send(response, boundary, part)
        await response.write(f"--{boundary}--\r\n".encode())
        await response.write_eof()
    return response


@asynccontextmanager
async def _broken_off(request: web.Request) -> AsyncIterator[None]:
    """The head is out: that the rest of it is not whole, only a broken connection can say."""
    try:
        yield
    except (Refused, StoreDown, OSError):
        if request.transport is not None:
            request.transport.abort()


async def _send(response: web.StreamResponse, boundary: str, part: Part) -> None:
    # Percent-encoded as in browsers' forms; clients read the name only.
    file_name = quote(part.file_name, safe=" !#$&'()+,-.;=@[]^_`{}~", errors="replace")
    head = f'Content-Disposition: form-data; name="{part.name}"; filename="{file_name}"\r\n'
    content = part.content if isinstance(part.content, bytes) else await part.content()
    await response.write(f"--{boundary}\r\n{head}Content-Type: {part.mime}\r\n\r\n".encode())
    if isinstance(content, Pieces):
        async for one in content.each():
            await response.write(one)
    else:
        await response.write(await asyncio.to_thread(content.read_bytes) if isinstance(content, Path) else content)
    await response.write(b"\r\n")
