"""Contents that come in: which are known already, and new ones as a form. A picture is held once, by its hash."""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Collection

from aiohttp import web

from ..answer import answer
from ..multipart import Budget, Content, Parts, give_way
from ..part import names_of
from ..picture import Picture
from ..refusal import Refused, shown
from ..world import hash_of
from .call import PlatformCall, bounded


async def hashes(call: PlatformCall) -> web.Response:
    """Of the hashes in a bare array, those whose content is here already."""
    asked = bounded(call.body, "body", call.fake.limits.ids, 0)
    digests = [digest(one, f"body[{at}]") for at, one in enumerate(asked)]
    here = await call.world.blobs.those(digests)
    return answer([one for one, sha256 in zip(asked, digests, strict=True) if sha256 in here])


async def upload(call: PlatformCall) -> web.Response:
    """Files of pictures as parts of a form; their hashes in the same order. A file that is no picture refuses all."""
    contents = [content async for _, content in _parts(call, call.fake.limits.batch)]
    if not contents:
        raise Refused(400, "form has no part; send each picture as a part with a file name")
    pictures = [await _examined(call, content, f"file {at}") for at, content in enumerate(contents)]
    kept = await call.world.blobs.kept([one.sha256 for one in contents])
    for held in [one for one in contents if one.sha256 not in kept]:
        await call.world.blobs.add(held.sha256, held.content)
    return answer([{"hash": hash_of(picture.sha256)} for picture in pictures])


async def known_picture(call: PlatformCall, value: object, where: str, kept: Collection[str] = ()) -> Picture:
    """The facts of content that was uploaded, by its hash; of those that are `kept` it is known that they are here."""
    sha256 = digest(value, where)
    known = call.fake.examiner.recall(sha256)
    if known is not None and (sha256 in kept or await call.world.blobs.has(sha256)):
        return known
    content = await call.world.blobs.read(sha256)
    if content is None:
        raise Refused(400, f"{where} is {shown(value)}, whose content is not here; send it to images.bulk.upload first")
    return await _examined(call, Content(content, sha256), where)


def digest(value: object, where: str) -> str:
    """The hex digest behind a hash of the platform's."""
    try:
        raw = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise Refused(400, f"{where} is {shown(value)}; send the base64 of a sha256 digest, 44 characters")
    return raw.hex()


async def _examined(call: PlatformCall, held: Content, where: str) -> Picture:
    return await asyncio.to_thread(call.fake.examiner.examine, held.content, held.sha256, where)


async def files(call: PlatformCall, most: int) -> AsyncIterator[tuple[str, bytes]]:
    """File name and content of each part that has one. A form is read whole before any of it is kept."""
    async for name, held in _parts(call, most):
        yield name, held.content


async def _parts(call: PlatformCall, most: int) -> AsyncIterator[tuple[str, Content]]:
    parts, budget = Parts(call.request, call.fake.limits), Budget(call.request, call.fake.limits.body_bytes)
    named = others = 0
    while (headers := await parts.next()) is not None:
        if headers.get("content-type", "").startswith("multipart/") or "content-encoding" in headers:
            raise Refused(400, "form has a part that is a form, or encoded; send each file as a plain part")
        content = await parts.read(budget)
        is_file = "filename" in headers.get("content-disposition", "")
        named, others = named + is_file, others + (not is_file)
        if max(named, others) > most:
            raise Refused(400, f"form has more than {most:,} parts; send fewer at once")
        await give_way(named + others)
        if is_file:
            yield names_of(headers)[1] or "", content
