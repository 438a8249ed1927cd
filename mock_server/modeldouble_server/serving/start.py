"""How a job begins: its range is known, or it has failed already."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from .. import wire
from ..answer import answer
from ..refusal import Refused
from ..wire import Json
from .call import Call
from .failing import failure

Work = Callable[[], Awaitable[tuple[int, Json]]]
_UNSCHEDULED = ("inference_video_id_async", "inference_project_id_async", "run_speedtest")
"""Routes that say that inference has started, and not that it is scheduled."""


async def start_or_fail(call: Call, work: Work, batch: int | None = None) -> web.Response:
    """Start a job over what `work` finds: (number of results, what to remember).

    An id that does not exist is no error of the start: as on real servers the job is there, in stage Error. What is
    remembered may say how many results there are `inside` the video: the job fails when it goes beyond them.
    """
    model = call.model
    try:
        total, remembered = await work()
    except Refused as refused:
        if refused.status != 404:
            raise
        model.noticer.note("job-failed", refused.text)
        return await start_failed(call, refused.text)
    inside = remembered.get("inside", total)
    beyond = None if inside >= total else (inside // (batch or 1) * (batch or 1), failure("RuntimeError", BEYOND))
    fails = min((one for one in (call.fails, beyond) if one is not None), default=None)
    if total:
        model.deployment.thaw()
    pace, preparation = model.spec.pace, model.spec.preparation
    return begun(call, await model.board.start(total, pace, preparation, remembered, batch, fails, call.trouble))


BEYOND = "frames beyond the end of the video were asked for; ask for fewer"


async def start_failed(call: Call, text: str) -> web.Response:
    """Start a job that has failed before its first result."""
    return begun(call, await call.model.board.start_failed(failure("KeyError", text)))


def begun(call: Call, uuid: str) -> web.Response:
    """The answer to a start."""
    call.job = uuid
    if not call.dialect.has("start-has-message"):
        return answer(wire.started(uuid))
    scheduled = call.dialect.has("start-says-scheduled") and call.route not in _UNSCHEDULED
    message = "Scheduled inference task." if scheduled else "Inference has started."
    return answer({"message": message, **wire.started(uuid)})
