"""Single frames of a video, decoded out of the real file and sent as PNG, which loses nothing more."""

import asyncio
import io
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from aiohttp import MultipartWriter, web

from ..refusal import Refused, shown
from ..world import Entity, World, sha256_of
from .call import PlatformCall

_MOST = 50


async def one(call: PlatformCall) -> web.Response:
    """One frame of a video, decoded out of the file, as PNG."""
    video = await call.entity("video", call.id("videoId"))
    frame = call.id("frame")
    found = await decoded(call.world, video, [frame])
    return web.Response(body=found[frame], content_type="image/png")


async def many(call: PlatformCall) -> web.Response:
    """Several frames of a video as PNG, as a form whose parts are named by the frames' indexes."""
    video = await call.entity("video", call.id("videoId"))
    wanted = call.fields.get("frames")
    if not isinstance(wanted, list) or not 0 < len(wanted) <= _MOST or any(type(at) is not int for at in wanted):
        raise Refused(400, f"frames is {shown(wanted)}; send a list of 1 to {_MOST} frame indexes")
    found = await decoded(call.world, video, wanted)
    with MultipartWriter("form-data") as form:
        for at in wanted:
            part = form.append(found[at], {"Content-Type": "image/png"})
            part.set_content_disposition("form-data", name=str(at), filename=f"frame_{at}.png")
    return web.Response(body=form)


async def decoded(world: World, video: Entity, wanted: Collection[int]) -> dict[int, bytes]:
    """Frames of a video as PNG, by index; 404 for what the video or the world does not have, 501 without PyAV."""
    total = video["fileMeta"]["framesCount"]
    outside = [at for at in wanted if not 0 <= at < total]
    if outside:
        raise Refused(404, f"frame {outside[0]} is outside video {video['id']}; send indexes from 0 to {total - 1}")
    content = await world.blobs.find(sha256_of(video))
    if content is None:
        raise Refused(404, f"video {video['id']} has no content in this world: it was added as a description only")
    found = await asyncio.to_thread(_decode, content, frozenset(wanted))
    missing = [at for at in wanted if at not in found]
    if missing:
        raise Refused(404, f"frame {missing[0]} cannot be decoded out of video {video['id']}; ask for an earlier one")
    return found


def _decode(content: bytes | Path, wanted: frozenset[int]) -> dict[int, bytes]:
    try:
        import av
        from av.error import FFmpegError
    except ImportError as error:
        raise Refused(501, "frames need PyAV; pip install 'modeldouble[video]' where the fake runs") from error
    from PIL import Image

    found: dict[int, bytes] = {}
    # What breaks off has frames before that, and what is no video has no stream of one.
    file = io.BytesIO(content) if isinstance(content, bytes) else str(content)
    with suppress(FFmpegError, IndexError), av.open(file, "r") as container:
        for at, frame in enumerate(container.decode(container.streams.video[0])):
            if at in wanted:
                png = io.BytesIO()
                Image.fromarray(frame.to_ndarray(format="rgb24")).save(png, "PNG")
                found[at] = png.getvalue()
            if len(found) == len(wanted):
                break
    return found
