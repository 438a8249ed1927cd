"""The pictures and videos of a model's world, to be looked at, and pictures that are only looked at."""

import asyncio
import hashlib
from typing import Any

from aiohttp import web

from ..connection import hold
from ..pixels import decoded_digest
from ..platform.frames import decoded
from ..platform.media import sent
from ..refusal import Refused, shown
from ..world import Entity, Kind, sha256_of
from .call import AdminCall, cut, said, whole

_MOST = 200
_KEPT_BY_NOBODY = {
    "Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
}  # fmt: skip
_NAME_MOST = 4096


async def listed(call: AdminCall) -> web.Response:
    """The first pictures and videos of the model's world."""
    world = call.model.world
    images = [
        {name: one[name] for name in ("id", "name", "width", "height")} for one in await world.all("image", _MOST)
    ]
    videos = await world.all("video", _MOST)
    there = await world.blobs.those([sha256_of(one) for one in videos])
    told = [{**_video(one), "content": sha256_of(one) in there} for one in videos]
    return said(cut(call.model, {"images": images, "videos": told}))


async def image(call: AdminCall) -> web.StreamResponse:
    """The file of a picture, unchanged."""
    found = await entity(call, "image", whole(call.number))
    content = await call.model.world.blobs.open(sha256_of(found))
    if content is None:
        raise Refused(404, f"image {found['id']} has no content in this world: it was added as a description only")
    return await sent(call.request, content, str(found["mime"]), _KEPT_BY_NOBODY)


async def frame(call: AdminCall) -> web.Response:
    """One frame of a video, as PNG."""
    video, at = await entity(call, "video", whole(call.number)), call.frame
    if not (at.isascii() and at.isdigit() and len(at) < 19):
        raise Refused(404, f"frame {shown(at)} is none; send an index from 0")
    found = await decoded(call.model.world, video, [int(at)])
    return _bytes(found[int(at)], {**_KEPT_BY_NOBODY, "Content-Type": "image/png"})


async def picture(call: AdminCall) -> web.Response:
    """The facts of a picture that is sent, by which it can be looked at; the picture itself is kept nowhere."""
    name = call.query({"name": str}).get("name", "picture")
    if not 0 < len(name) <= _NAME_MOST:
        raise Refused(400, f"name has {len(name):,} characters; give 1 to {_NAME_MOST:,}")
    content = await _read(call)
    sha256 = await asyncio.to_thread(lambda: hashlib.sha256(content).hexdigest())
    found = await asyncio.to_thread(call.fake.examiner.examine, content, sha256, f"file {name[:120]!r}")
    # It takes long, and only a stub that was given an array asks for it.
    wanted = call.model.stubs.wants_pixels
    pixels = await asyncio.to_thread(decoded_digest, content) if wanted else None
    width, height = found.upright
    return said({"sha256": sha256, "width": width, "height": height, "name": name, "pixels": pixels})


async def entity(call: AdminCall, kind: Kind, number: int) -> Entity:
    """A picture or a video of the model's world; 404 if it has none of that id."""
    found = await call.model.world.get(kind, number)
    if found is None:
        raise Refused(404, f"{kind} {number} is not in the model's world; GET its media for those that are")
    return found


def _bytes(content: bytes, headers: dict[str, str]) -> web.Response:
    return web.Response(body=content, headers=headers)


async def _read(call: AdminCall) -> bytes:
    request, limits = call.request, call.fake.limits
    # Without a length, so many bytes were counted for it when it began.
    most = limits.json_bytes if request.content_length is None else limits.body_bytes
    content = bytearray()
    async for piece in request.content.iter_any():
        content += piece
        if len(content) > most:
            raise Refused(413, f"picture is over {most:,} bytes; send a smaller one, with its Content-Length")
    hold(request, len(content))
    return bytes(content)


def _video(one: Entity) -> dict[str, Any]:
    meta = one["fileMeta"]
    seconds = meta.get("duration")
    fps = round(meta["framesCount"] / seconds, 3) if seconds else None
    told = {"id": one["id"], "name": one["name"], "width": meta["width"], "height": meta["height"]}
    return {**told, "frames": meta["framesCount"], "fps": fps}
