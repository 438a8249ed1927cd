"""What is asked of a job that was started: progress, results, stop, clear."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from aiohttp import web

from .. import wire
from ..answer import answer, raw_answer
from ..board import Popped, ReadAhead
from ..jobs import Clearing
from ..model import ModelFailed
from ..poll_text import poll_text
from ..records import Kept
from ..refusal import Refused
from ..wire import JobView, Json
from ..work import each_body, each_result
from . import told
from .call import Call
from .failing import failure

T = TypeVar("T")
LOOKS = frozenset((
    "get_inference_progress", "pop_inference_results", "get_inference_result", "get_inference_status",
    "get_preparing_progress",
))  # fmt: skip
"""Routes that read a job before anything else is done."""


async def read_ahead(call: Call) -> ReadAhead:
    """The job that a poll asks for, to be read when its faults are counted; without keys where it names none."""
    length, board = call.request.content_length, call.model.board
    if length is None or length > call.fake.limits.json_bytes:
        return board.ahead("")
    try:
        body = wire.read_json(await call.raw(), call.fake.limits)
        return board.ahead(wire.read_state(body, call.dialect.unread).uuid())
    except (Refused, web.RequestPayloadError, ConnectionError):
        # As the route itself will say, unless a fault comes first.
        return board.ahead("")


async def _job_id(call: Call) -> str:
    call.job = (await call.state()).uuid()
    return call.job


async def _look(call: Call) -> JobView:
    try:
        return await call.model.board.look(await _job_id(call), call.ahead or call.unseen)
    except Refused as refused:
        if refused.status == 404:
            await _unless_lost(call)
            call.model.noticer.note("job-unknown", refused.text)
        raise


async def _unless_lost(call: Call) -> None:
    """Refuses with 503 if the job is not there because the store has lost all that it held."""
    # Where the job was read together with how many changes there are, it is known that they are there.
    if call.unseen is None and call.ahead is None:
        await call.model.ledger.catch_up(at_once=True)


async def progress(call: Call) -> web.Response:
    """get_inference_progress: pending_results is a count."""
    view = await _look(call)
    pending = 0 if view.job.cleared is not None else max(0, view.inferred - view.handed_out)
    if call.dialect.release is None:
        return raw_answer(poll_text(view, b"%d" % pending))
    return answer(await _told(call, view, pending))


async def pop(call: Call) -> web.Response:
    """pop_inference_results: pending_results is the list, handed out once."""
    reader = call.ahead or call.unseen
    try:
        popped = await call.model.board.pop(await _job_id(call), call.fake.limits.pop, call.popping, reader)
    except Refused as refused:
        if refused.status == 404:
            await _unless_lost(call)
        raise
    if call.dialect.release is None and popped.start == popped.end:
        return raw_answer(poll_text(popped.view, b"[]"))
    if call.dialect.release is None:
        return await _handed_out(call, popped)
    found, view = await _inferred(call, popped.view, popped.start, popped.end)
    if view.job.work.get("alone") and call.dialect.has("image-only-as-result"):
        return answer(await _told(call, view, []))
    return answer(await _told(call, view, found))


async def _handed_out(call: Call, popped: Popped) -> web.Response:
    """The fake's own answer, of which the results are most."""
    model, work, again = call.model, popped.view.job.work, call.fake.again
    asked = work.text if isinstance(work, Kept) and model.is_pure else None
    known = None if asked is None else again.find(model.who, asked, range(popped.start, popped.end))
    if known is not None:
        if known:
            model.deployment.thaw()
        return raw_answer(_spliced(popped.view, known))
    bodies = each_body(model, work, popped.start, popped.end)
    told, view = await _taken(call, popped.view, popped.start, bodies)
    # What a stub said it may say otherwise the next time.
    if asked is not None and not work.get("turns"):
        again.keep(model.who, asked, popped.start, told)
    return raw_answer(_spliced(view, told))


def _spliced(view: JobView, results: Sequence[bytes]) -> bytes:
    return poll_text(view, b"[%b]" % b",".join(results))


async def _inferred(call: Call, view: JobView, start: int, end: int) -> tuple[list[Json], JobView]:
    """Results `start` to `end`, or those before the one on which the model raised, and the job as it then is."""
    results = each_result(call.model, view.job.work, start, end)
    return await _taken(call, view, start, ([one] for one in results))


async def _taken(call: Call, view: JobView, start: int, made: Iterator[list[T]]) -> tuple[list[T], JobView]:
    """Results from `start` on, or those before the one on which the model raised, and the job as it then is."""
    found: list[T] = []
    await _know_stubs(call, view.job.work)
    try:
        while (some := await call.model.work(partial(next, made, None))) is not None:
            found += some
    except ModelFailed as failed:
        view = await call.model.board.fail(view.job.uuid, start + len(found), failure(failed.kind, str(failed)))
    except Refused as refused:
        # What no look at the settings alone could foresee: so many windows that cut so many objects.
        view = await call.model.board.fail(view.job.uuid, start + len(found), failure("ValueError", refused.text))
    return found, view


async def _know_stubs(call: Call, work: Mapping[str, Any]) -> None:
    """Another server may have been given a stub a moment ago, and have answered the start of this job with it."""
    if not call.model.ledger.shared:
        return
    numbers = {turn[0] for turns in work.get("turns") or () for turn in turns}
    if not call.model.stubs.knows(numbers):
        await call.model.ledger.catch_up(at_once=True)


async def _told(call: Call, view: JobView, pending: int | list[Json]) -> Json:
    if not told.wants_whole(call.dialect, view):
        return told.poll(call.dialect, view, pending)
    made, view = await _inferred(call, view, 0, min(view.inferred, call.fake.limits.sync_frames))
    whole = made[0] if made and view.job.work.get("alone") else {"ann": made}
    return told.poll(call.dialect, view, pending, whole)


async def result(call: Call) -> web.Response:
    """get_inference_result: of a video that ended; null for anything else."""
    return answer(told.final_result(call.dialect, await _look(call)))


async def status(call: Call) -> web.Response:
    """get_inference_status"""
    return answer(told.status(call.dialect, await _look(call)))


async def preparing(call: Call) -> web.Response:
    """get_preparing_progress: the one progress object, always with a status."""
    return answer(told.preparing(call.dialect, await _look(call)))


async def stop(call: Call) -> web.Response:
    """stop_inference"""
    await call.model.board.stop(await _job_id(call))
    return answer(wire.STOPPING)


async def clear(call: Call) -> web.Response:
    """clear_inference_request: of a job that is not known: done already."""
    await call.model.board.clear(await _job_id(call), _clearing(call))
    return answer(wire.CLEARED)


def _clearing(call: Call) -> Clearing:
    if call.dialect.has("clear-lingers"):
        return Clearing.LINGER
    return Clearing.DELETE if call.dialect.has("clear-deletes") else Clearing.EMPTY
