"""What a model would answer, drawn. Looking disturbs nothing: it is no call, and no stub's turn.

So that whoever looks at a page while tests run changes nothing of what they see.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

from aiohttp import web

from ..model import Model, ModelFailed
from ..refusal import Refused
from ..results import Frames, Terms, image_query, video_query
from ..scene import Answer, Origin, Query, Subject, Turn
from ..settings import resolve
from ..stubs import Stub
from ..stubs.asked import Asked
from ..stubs.contest import Tie
from ..stubs.near import tied, unmatched
from .call import AdminCall, cut, said
from .drawn import Unpacking, drawn
from .media import entity

_AT_ONCE = 8
"""Frames that are drawn before others have their turn."""
_MOST_OBJECTS = 20_000
Json = dict[str, Any]


async def look(call: AdminCall) -> web.Response:
    """What the model answers of a picture or of frames of a video."""
    given, model = await call.body("Look"), call.model
    query, frames = await _query(call, given)
    model.check(query)
    seen: list[Json] = [{"frame": at, "objects": [], "tags": []} for at in frames]
    by, refused, turns = None, None, await _turns(model, query)
    try:
        if isinstance(turns, str):
            raise Refused(400, turns)
        seen = await _seen(model, query._replace(turns=turns), frames, call.fake.limits.pixels)
        by = ", ".join(f"stub {one.stub}" for one in turns) or "the predictor"
    except ModelFailed as failed:
        refused = f"{failed.kind}: {failed}"
    except Refused as error:
        refused = error.text
    told = {"size": [query.subject.width, query.subject.height], "settings": cut(model, dict(query.settings))}
    return said({**told, "by": by, "refused": cut(model, refused), "frames": seen})


async def _query(call: AdminCall, given: Json) -> tuple[Query, Sequence[int | None]]:
    """The question, as if it had come over the wire, and the frames that it is about; None stands for a picture."""
    sent = given.get("settings", {})
    settings = resolve(sent, call.model.spec.settings)
    if "video_id" in given:
        video = await entity(call, "video", given["video_id"])
        start, total = given.get("start", 0), video["fileMeta"]["framesCount"]
        if start >= total:
            raise Refused(400, f"start is {start}, and the video has {total:,} frames; give 0 to {max(0, total - 1)}")
        frames = Frames(start, 1, min(given.get("count", 1), total - start))
        asked = range(start, start + frames.length)
        return video_query(video, frames, Terms("inference_video_id_async", settings, sent)), asked
    if "image_id" in given:
        image = await entity(call, "image", given["image_id"])
        return image_query(image, Terms("inference_image_id", settings, sent)), [None]
    picture = given["picture"]
    if picture["width"] * picture["height"] > call.fake.limits.pixels:
        raise Refused(400, f"picture has more pixels than {call.fake.limits.pixels:,}; give what POST to pictures told")
    subject = Subject(picture["sha256"], picture["width"], picture["height"])
    origin = Origin("inference_image", picture.get("name"), pixels=picture.get("pixels"))
    return Query(subject, settings, sent, origin), [None]


async def _seen(model: Model, query: Query, frames: Sequence[int | None], most_pixels: int) -> list[Json]:
    size, unpacking = (query.subject.width, query.subject.height), Unpacking(most_pixels)

    def foresee(some: Sequence[int | None]) -> list[Answer]:
        return [model.foresee(query._replace(subject=query.subject._replace(frame=at))) for at in some]

    def draw(some: Sequence[int | None], found: Sequence[Answer]) -> list[Json]:
        return [drawn(one, model.meta, size, at, unpacking) for at, one in zip(some, found, strict=True)]

    seen: list[Json] = []
    left = _MOST_OBJECTS
    # A slow predictor has its patience for each frame, as in a job.
    at_once = _AT_ONCE if model.spec.patience is None else 1
    for at in range(0, len(frames), at_once):
        some = frames[at : at + at_once]
        told = await asyncio.to_thread(draw, some, await model.work(partial(foresee, some)))
        left -= sum(len(one["objects"]) for one in told)
        if left < 0:
            raise Refused(400, f"more than {_MOST_OBJECTS:,} objects; ask for fewer frames, or with a higher threshold")
        seen += told
    return seen


async def _turns(model: Model, query: Query) -> tuple[Turn, ...] | str:
    """The turns that the next call would take, or why no stub answers it, or two; () if there are no stubs."""
    number = await _number(model)
    found, stubs = await _found(model, query, number), model.stubs.listed()
    if isinstance(found, Tie):
        return tied(Asked(query, number), found)
    if stubs and not found:
        return unmatched(Asked(query, number), stubs)
    return tuple(Turn(one.number, one.used) for one in found)


async def _found(model: Model, query: Query, number: int) -> list[Stub] | Tie:
    while True:
        found = model.stubs.find(query, number)
        chosen = found.stubs if isinstance(found, Tie) else found
        # Each time round, one is known to be used up by other servers, and is not found again.
        if model.shared is None or await model.shared.turns.follow(model.stubs, chosen):
            return found


async def _number(model: Model) -> int:
    """The number that the next call would have."""
    if model.shared is None:
        return len(model.received) + 1
    return await model.shared.turns.coming()
