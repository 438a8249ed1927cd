"""How a job begins: its range is known, or it has failed already."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from .. import jobs, wire
from ..answer import answer
from ..refusal import Refused
from ..wire import Json
from .call import Call

Work = Callable[[], Awaitable[tuple[int, Json]]]


async def start_or_fail(call: Call, work: Work) -> web.Response:
    """Start a job over what `work` finds: (number of results, what to remember).

    An id that does not exist is no error of the start: as on real servers the job is there, in stage Error.
    """
    model = call.model
    try:
        total, remembered = await work()
    except Refused as refused:
        if refused.status != 404:
            raise
        model.noticer.note("job-failed", refused.text)
        return answer(wire.started(await model.board.start_failed(failure("KeyError", refused.text))))
    return answer(wire.started(await model.board.start(total, model.spec.pace, model.spec.preparation, remembered)))


def failure(kind: str, text: str) -> jobs.Failure:
    """Why a job failed, with a traceback as a real server would send one."""
    return jobs.Failure(
        kind, text, f'Traceback (most recent call last):\n  File "modeldouble", in infer\n{kind}: {text}\n'
    )
