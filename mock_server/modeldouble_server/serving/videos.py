"""Videos: by id or as a file, at once or as a job."""

import asyncio
import io
from typing import Any

from aiohttp import web

from .. import wire
from ..answer import answer, raw_answer
from ..dialect import Dialect
from ..model import encoded
from ..refusal import Refused
from ..results import Frames, Terms, video_query
from ..wire import Json, State
from ..work import each_body, job_results, video_work
from ..world import Entity, hash_of
from .call import Call
from .forms import Upload, check_names, read_form
from .ranges import asked, chosen
from .start import start_or_fail

_CONTAINED = {
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,ogg,asf",
    "protocol_whitelist": "data",
}
"""FFmpeg also opens playlists, and then whatever file or address they name: an upload must not make it do so."""
_UNBOUND = "UnboundLocalError('inference_request')"


async def video_id(call: Call) -> web.Response:
    """inference_video_id: answers when the whole range is inferred, after as long as a real model would take."""
    state = await call.state()
    terms = call.terms(state.settings())
    video = await call.entity("video", state.needed(wire.VIDEO_ID))
    if call.dialect.has("sync-video-broken"):
        raise Refused(400, "state.videoId cannot be answered at once; use inference_video_id_async", "value", _UNBOUND)
    call.batch(state)
    frames, inside = chosen(call, state, video)
    if inside < frames.length:
        raise Refused(400, "state.framesCount passes the end of the video; ask for fewer frames", "range")
    most = call.fake.limits.sync_frames
    if frames.length > most:
        text = f"{frames.length:,} frames in one answer, over the limit of {most:,}"
        raise Refused(400, f"state.framesCount asks for {text}; use inference_video_id_async")
    model = call.model
    work = await _work(call, video, frames, terms)
    await call.fake.sleep(model.spec.preparation + frames.length * model.spec.pace)
    if call.dialect.release is None:
        told = await model.work(lambda: [one for some in each_body(model, work, 0, frames.length) for one in some])
        return raw_answer(_FRAMES % b",".join(told))
    found = await model.work(lambda: job_results(model, work, 0, frames.length))
    return answer(call.dialect.shaped("video", _frames_told(found)))


def _frames_told(found: list[Any]) -> Json:
    return {"ann": found, "video_ann": None}


_FRAMES = encoded(_frames_told(["<frames>"])).replace(b'"<frames>"', b"%b")


async def video_id_async(call: Call) -> web.Response:
    """inference_video_id_async"""
    state = await call.state()
    terms = call.terms(state.settings())
    wanted = state.needed(wire.VIDEO_ID)
    asked(call, state)

    async def work() -> tuple[int, Json]:
        video = await call.entity("video", wanted)
        frames, inside = chosen(call, state, video)
        return frames.length, await _work(call, video, frames, terms) | {"inside": inside}

    return await start_or_fail(call, work, call.batch(state))


async def _work(call: Call, video: Entity, frames: Frames, terms: Terms) -> Json:
    [query] = await call.take([video_query(video, frames, terms)])
    return video_work(video, frames, query)


async def video_file_async(call: Call) -> web.Response:
    """inference_video_async: one file; more than one is refused, since real servers drop all but the first."""
    form = await read_form(call)
    terms = call.terms(form.state.settings())
    asked(call, form.state)
    if len(form.uploads) != 1 and not call.dialect.has("more-videos-ignored"):
        raise Refused(400, f"Only one file expected but got {len(form.uploads)}; start one job per video")
    check_names(call, form.uploads)
    video = await asyncio.to_thread(_opened, form.uploads[0], call.fake.limits.pixels, call.dialect)
    frames, inside = chosen(call, form.state, video)

    async def work() -> tuple[int, Json]:
        return frames.length, await _work(call, video, frames, terms) | {"inside": inside}

    return await start_or_fail(call, work, call.batch(State({})))


def _opened(upload: Upload, most_pixels: int, dialect: Dialect) -> dict[str, Any]:
    """An uploaded video as an entity without ids: hash, size and number of frames."""
    try:
        import av
        from av.error import FFmpegError
    except ImportError as error:
        raise Refused(
            501, "reading an uploaded video needs PyAV; pip install 'modeldouble[video]' where the fake runs"
        ) from error
    known = {"hash": hash_of(upload.sha256), "name": upload.name}
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
        if dialect.has("garbage-is-empty"):
            return {**known, "fileMeta": {"width": 0, "height": 0, "framesCount": 0}}
        remedy = "unsupported format: send the bytes of a whole video, such as an mp4"
        raise Refused(400, f"file {upload.name[:120]!r}: {remedy} ({str(error)[:120]})") from error
    return {**known, "fileMeta": {**size, "framesCount": length}}
