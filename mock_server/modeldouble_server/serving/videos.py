"""Videos: by id or as a file, at once or as a job."""

import asyncio
import io
from typing import Any

from aiohttp import web

from .. import results, wire
from ..answer import answer
from ..refusal import Refused, shown
from ..results import Frames
from ..wire import Json, State
from ..world import Entity, hash_of
from .call import Call
from .forms import Upload, read_form
from .start import start_or_fail

_DIRECTIONS = ("forward", "backward")
_CONTAINED = {
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,ogg,asf",
    "protocol_whitelist": "data",
}
"""FFmpeg also opens playlists, and then whatever file or address they name: an upload must not make it do so."""


async def video_id(call: Call) -> web.Response:
    """inference_video_id: answers when the whole range is inferred, after as long as a real model would take."""
    state = await call.state()
    settings = call.settings(state.settings())
    video = await call.entity("video", state.needed(wire.VIDEO_ID))
    frames = _frames(call, state, video)
    most = call.fake.limits.sync_frames
    if frames.length > most:
        text = f"{frames.length:,} frames in one answer, over the limit of {most:,}"
        raise Refused(400, f"state.framesCount asks for {text}; use inference_video_id_async")
    model = call.model
    await call.fake.sleep(model.spec.preparation + frames.length * model.spec.pace)
    found = results.job_results(model, results.video_work(video, frames, settings), 0, frames.length)
    return answer({"ann": found, "video_ann": None})


async def video_id_async(call: Call) -> web.Response:
    """inference_video_id_async"""
    state = await call.state()
    settings = call.settings(state.settings())
    asked = state.needed(wire.VIDEO_ID)
    _check_range(state)

    async def work() -> tuple[int, Json]:
        video = await call.entity("video", asked)
        frames = _frames(call, state, video)
        return frames.length, results.video_work(video, frames, settings)

    return await start_or_fail(call, work)


async def video_file_async(call: Call) -> web.Response:
    """inference_video_async: one file; more than one is refused, since real servers drop all but the first."""
    form = await read_form(call)
    settings = call.settings(form.state.settings())
    _check_range(form.state)
    if len(form.uploads) != 1:
        raise Refused(400, f"Only one file expected but got {len(form.uploads)}; start one job per video")
    video = await asyncio.to_thread(_opened, form.uploads[0], call.fake.limits.pixels)
    frames = _frames(call, form.state, video)

    async def work() -> tuple[int, Json]:
        return frames.length, results.video_work(video, frames, settings)

    return await start_or_fail(call, work)


def _check_range(state: State) -> tuple[int | None, int | None, bool]:
    """start, count, backward; what is wrong with them is wrong whatever the video is."""
    direction = state.first(wire.DIRECTION) or "forward"
    if direction not in _DIRECTIONS:
        raise Refused(400, f"{state.where}.framesDirection is {shown(direction)}; send forward or backward")
    return state.whole(wire.START), state.whole(wire.COUNT), direction == "backward"


def _frames(call: Call, state: State, video: Entity) -> Frames:
    start, count, backward = _check_range(state)
    total = video["fileMeta"]["framesCount"]
    frames = results.frame_range(start, count, backward, total)
    if backward:
        call.model.noticer.note("backward", f"video {video.get('id')} from frame {frames.start} backward")
    if count is not None and count > frames.length:
        call.model.noticer.note("range-clipped", f"{count} frames from {frames.start} of a video of {total}")
    return frames


def _opened(upload: Upload, most_pixels: int) -> dict[str, Any]:
    """An uploaded video as an entity without ids: hash, size and number of frames."""
    try:
        import av
        from av.error import FFmpegError
    except ImportError as error:
        raise Refused(
            501, "reading an uploaded video needs PyAV; pip install 'modeldouble[video]' where the fake runs"
        ) from error
    try:
        with av.open(io.BytesIO(upload.content), "r", options=_CONTAINED) as container:
            stream = container.streams.video[0]
            if stream.width * stream.height > most_pixels:
                raise ValueError(f"{stream.width} x {stream.height} pixels, over the limit of {most_pixels:,}")
            # The packets that are there, not the header's count: half a file has a whole header.
            length = sum(packet.size > 0 for packet in container.demux(stream))
            if not length:
                raise ValueError("no frames")
            size = {"width": stream.width, "height": stream.height}
    except (FFmpegError, IndexError, ValueError) as error:
        remedy = "unsupported format: send the bytes of a whole video, such as an mp4"
        raise Refused(400, f"file {upload.name[:120]!r}: {remedy} ({str(error)[:120]})") from error
    return {"hash": hash_of(upload.sha256), "fileMeta": {**size, "framesCount": length}}
