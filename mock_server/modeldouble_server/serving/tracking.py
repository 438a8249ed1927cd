"""tracking_by_detection: the fake has no tracker, and says so in the answer."""

from aiohttp import web

from .. import wire
from ..answer import answer
from ..refusal import Refused, shown
from ..wire import State
from .call import Call

STARTED = {"message": "Track task started."}
NOTHING_TRACKED = (
    "nothing will be tracked: this fake has no tracker, adds no figures to the video and tells no annotation tool;"
    " a real app would tell success or failure to the tool only"
)


async def tracking_by_detection(call: Call) -> web.Response:
    """tracking_by_detection: the answer of a real app, and beside it a `warning` that it is not true.

    A real app answers before it looks at the video, without a uuid to ask for, and tells the annotation tool how it
    ended. So no caller can learn of a failure by HTTP: the only place to say that nothing was tracked is this answer.
    """
    state = await _with_context(call)
    if state.first(wire.VIDEO_ID) is None:
        raise Refused(400, f"{state.where}.videoId is missing; send the id as a whole number", "track")
    video = state.needed(wire.VIDEO_ID)
    for names in (wire.START, wire.COUNT, ("batch_size",)):
        state.whole(names)
    call.settings(state.settings())
    there = await call.model.world.get("video", video) is not None
    call.model.noticer.note(
        "tracks-nothing", f"video {video}{'' if there else ', which does not exist,'} was to be tracked"
    )
    return answer(STARTED if call.dialect.release is not None else {**STARTED, "warning": NOTHING_TRACKED})


async def _with_context(call: Call) -> State:
    """The state, with the request's context taken in, which wins."""
    state = await call.state()
    context = (await call.body() or {}).get("context") or {}
    if not isinstance(context, dict):
        raise Refused(400, f"context is {shown(context)}; send an object", "body")
    return State({**state.keys, **context}, state.where)
