"""smart_cache and smart_cache_files: fetched ahead, media would be at hand sooner. The fake always has them at hand.

Real apps answer before they look at anything, so an id that does not exist is never told. The fake answers the same,
and tells it in its log.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from aiohttp import web

from ..answer import answer
from ..refusal import Refused, shown
from ..wire import State
from ..world import sha256_of
from .call import Call
from .forms import examine, read_form

STARTED = {"message": "Cache task started."}


class Wanted(NamedTuple):
    """What is to be cached: pictures by id or hash, or a video, whole or `frames` of it."""

    images: Sequence[int] = ()
    hashes: Sequence[str] = ()
    video: int | None = None
    frames: int | None = None
    """How many frames, or None for the whole video."""
    last: int = 0
    """The last of the frames."""


async def smart_cache(call: Call) -> web.Response:
    """smart_cache"""
    wanted = _wanted(call, await call.state())
    for missing in await _missing(call, wanted):
        call.model.noticer.note("cache-unseen", f"{missing} does not exist, so there is nothing to cache")
    return answer(STARTED)


async def smart_cache_files(call: Call) -> web.Response:
    """smart_cache_files: the files are checked and not kept, as every prediction is made of what the platform has."""
    form = await read_form(call)
    wanted = _wanted(call, form.state)
    whole = wanted.video is not None and wanted.frames is None
    due = 1 if whole else len(wanted.images) + len(wanted.hashes) + (wanted.frames or 0)
    if len(form.uploads) != due:
        text = f"files has {len(form.uploads)} parts for {due} names; send a file for each id, hash or frame, in order"
        raise Refused(400, text, "cache")
    if not whole:
        for upload in form.uploads:
            await examine(call, upload)
    call.model.noticer.note("cache-kept-nothing", f"{due} files were sent to smart_cache_files")
    return answer(STARTED)


def _wanted(call: Call, state: State) -> Wanted:
    """In the order in which real apps look at the keys."""
    most = call.fake.limits.ids
    if "image_ids" in state.keys:
        return Wanted(images=_listed(state, "image_ids", int, most))
    if "image_hashes" in state.keys:
        return Wanted(hashes=_listed(state, "image_hashes", str, most))
    video = state.whole(["video_id"])
    if video is None:
        remedy = "send image_ids, image_hashes or video_id"
        raise Refused(400, f"{state.where} names nothing to cache; {remedy}", "cache")
    if "frame_ranges" in state.keys:
        ranges = _pairs(state, most)
        frames = sum(abs(last - first) + 1 for first, last in ranges)
        return Wanted(video=video, frames=frames, last=max(map(max, ranges), default=0))
    if "frame_indexes" in state.keys:
        indexes = _listed(state, "frame_indexes", int, most)
        return Wanted(video=video, frames=len(indexes), last=max(indexes, default=0))
    return Wanted(video=video)


def _listed(state: State, key: str, kind: type, most: int) -> list[Any]:
    value = state.keys[key]
    if not isinstance(value, list) or any(type(one) is not kind for one in value):
        named = "texts" if kind is str else "whole numbers"
        raise Refused(400, f"{state.where}.{key} is {shown(value)}; send a list of {named}", "cache")
    if len(value) > most:
        raise Refused(400, f"{state.where}.{key} has {len(value):,} items, over the limit of {most:,}; send fewer")
    return value


def _pairs(state: State, most: int) -> list[list[int]]:
    """Ranges are [first, last], both included, either way round."""
    value = state.keys["frame_ranges"]
    pairs = isinstance(value, list) and all(isinstance(one, list) and len(one) == 2 for one in value)
    if not pairs or any(type(at) is not int for one in value for at in one):
        text = f"{state.where}.frame_ranges is {shown(value)}; send a list of [first, last] frames"
        raise Refused(400, text, "cache")
    if len(value) > most:
        raise Refused(
            400, f"{state.where}.frame_ranges has {len(value):,} items, over the limit of {most:,}; send fewer"
        )
    return list(value)


async def _missing(call: Call, wanted: Wanted) -> list[str]:
    """The first thing of each kind that the world does not have."""
    world = call.model.world
    for image, found_image in zip(wanted.images, await world.many("image", wanted.images), strict=True):
        if found_image is None:
            return [f"image {image}"]
    if wanted.hashes:
        known = {sha256_of(image) for image in await world.all("image")}
        found = [one for one in wanted.hashes if _hex(one) not in known][:1]
        return [f"image hash {shown(one)}" for one in found]
    if wanted.video is None:
        return []
    video = await world.get("video", wanted.video)
    if video is None:
        return [f"video {wanted.video}"]
    beyond = wanted.last >= video["fileMeta"]["framesCount"]
    return [f"frame {wanted.last} of video {wanted.video}"] if wanted.frames and beyond else []


def _hex(image_hash: str) -> str | None:
    try:
        return sha256_of({"hash": image_hash})
    except ValueError:
        return None
