"""Which frames of a video are asked for, and which of them there are."""

from typing import NamedTuple

from .. import wire
from ..refusal import Refused, shown
from ..results import Frames, frame_range
from ..wire import State
from ..world import Entity
from .call import Call

_DIRECTIONS = ("forward", "backward")
_WHOLE_VIDEO = 0.3
"""Part of a video above which servers of 2023 download it whole, and then go forward."""


class Asked(NamedTuple):
    """What a request says of frames: none of it depends on the video."""

    start: int | None
    length: int | None
    backward: bool


class Chosen(NamedTuple):
    """Frames, of which the first `inside` are in the video; only in dialects that do not clip are those not all."""

    frames: Frames
    inside: int


def asked(call: Call, state: State) -> Asked:
    """What the request asks for; what is wrong with it is wrong whatever the video is."""
    count = state.whole(wire.COUNT)
    if count is None and call.dialect.has("count-needed"):
        raise Refused(400, f"{state.where}.framesCount is missing; send it", "value", "KeyError('framesCount')")
    if call.dialect.has("range-ignored"):
        return Asked(None, None, False)
    direction = state.first(wire.DIRECTION) or "forward"
    if direction not in _DIRECTIONS and not call.dialect.has("direction-unchecked"):
        raise Refused(400, f"{state.where}.framesDirection is {shown(direction)}; send forward or backward", "value")
    return Asked(state.whole(wire.START), count, direction != "forward")


def chosen(call: Call, state: State, video: Entity) -> Chosen:
    """The frames of this video."""
    start, count, backward = wanted = asked(call, state)
    total = video["fileMeta"]["framesCount"]
    if call.dialect.has("range-clipped"):
        return _unclipped(wanted, total)
    if count is None and call.dialect.has("count-one-short"):
        count = max(0, total - 1)
    if backward and call.dialect.has("backward-by-share"):
        backward, start = False, start or 0
        count = 0 if count is not None and count <= total * _WHOLE_VIDEO else count
    frames = frame_range(start, count, backward, total)
    if backward:
        call.model.noticer.note("backward", f"video {video.get('id')} from frame {frames.start} backward")
    if count is not None and count > frames.length:
        call.model.noticer.note("range-clipped", f"{count} frames from {frames.start} of a video of {total}")
    return Chosen(frames, frames.length)


def _unclipped(wanted: Asked, total: int) -> Chosen:
    first = wanted.start or 0
    length = total if wanted.length is None else wanted.length
    within = frame_range(first, length, wanted.backward, total).length
    return Chosen(Frames(first, -1 if wanted.backward else 1, length), within)
