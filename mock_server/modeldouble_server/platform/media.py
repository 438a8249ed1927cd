"""The bytes of pictures and videos, as the platform sends them: one alone, or several as a form."""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from aiohttp import web

from ..fake import Fake
from ..refusal import Refused
from ..store import StoreDown
from ..world import Entity, sha256_of
from .call import PlatformCall

STORAGE = "storage/"
_ADDRESS = re.compile(r"(?:(?P<owner>[0-9]{1,18})/)?(?P<sha256>[0-9a-f]{64})(?![^/])")


class Part(NamedTuple):
    """One part of a form that is sent: its content is held, or read when its turn has come."""

    name: str
    file_name: str
    mime: str
    content: bytes | Callable[[], Awaitable[bytes | Path]]


async def media(call: PlatformCall, entity: Entity, mime: str) -> web.StreamResponse:
    """The content of an entity: a file is streamed, what is held in memory goes at once."""
    content = await held(call, entity)
    if isinstance(content, Path):
        return web.FileResponse(content, headers={"Content-Type": mime})
    return web.Response(body=content, content_type=mime)


async def held(call: PlatformCall, entity: Entity) -> bytes | Path:
    """The content of an entity, or its file, which is there; 404 without."""
    found = await call.world.blobs.find(sha256_of(entity))
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


async def stored(fake: Fake, address: str) -> web.StreamResponse:
    """The content behind a `storage_url`. Only number and hash count, and no path is made of anything that was sent."""
    read = _ADDRESS.match(address)
    found = None if read is None else await _content(fake, read["owner"], read["sha256"])
    if found is None:
        raise Refused(404, "no content under this address; use the fullStorageUrl that images.info gives")
    return web.FileResponse(found) if isinstance(found, Path) else web.Response(body=found)


async def _content(fake: Fake, number: str | None, sha256: str) -> bytes | Path | None:
    owner = None if number is None else int(number)
    if owner is not None:
        # This server may never have been asked for that tenant, and another may have taken it away.
        await fake.tenancy.know(owner)
    # Of those who have no number of their own nobody knows, without a key, whose it is: every world may have it.
    for world in [one for one in fake.worlds.values() if one.blobs.owner == owner]:
        found = await world.blobs.find(sha256)
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
    try:
        for part in parts:
            await _send(response, boundary, part)
    except (Refused, StoreDown, OSError):
        # Its head is out: that the form is not whole, only a broken connection can say.
        if call.request.transport is not None:
            call.request.transport.abort()
        return response
    await response.write(f"--{boundary}--\r\n".encode())
    await response.write_eof()
    return response


async def _send(response: web.StreamResponse, boundary: str, part: Part) -> None:
    # Percent-encoded as in browsers' forms; clients read the name only.
    file_name = quote(part.file_name, safe=" !#$&'()+,-.;=@[]^_`{}~", errors="replace")
    head = f'Content-Disposition: form-data; name="{part.name}"; filename="{file_name}"\r\n'
    content = part.content if isinstance(part.content, bytes) else await part.content()
    await response.write(f"--{boundary}\r\n{head}Content-Type: {part.mime}\r\n\r\n".encode())
    await response.write(await asyncio.to_thread(content.read_bytes) if isinstance(content, Path) else content)
    await response.write(b"\r\n")
