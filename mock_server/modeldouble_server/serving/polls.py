"""What is asked of a job that was started: progress, results, stop, clear."""

from aiohttp import web

from .. import jobs, results, wire
from ..answer import answer
from ..model import ModelFailed
from ..refusal import Refused
from ..wire import JobView, Json
from .call import Call
from .start import failure


async def _job_id(call: Call) -> str:
    return (await call.state()).uuid()


async def _look(call: Call) -> JobView:
    try:
        return await call.model.board.look(await _job_id(call))
    except Refused as refused:
        if refused.status == 404:
            call.model.noticer.note("job-unknown", refused.text)
        raise


async def progress(call: Call) -> web.Response:
    """get_inference_progress: pending_results is a count."""
    view = await _look(call)
    pending = 0 if view.job.cleared is not None else max(0, view.inferred - view.handed_out)
    return answer(wire.poll(view, pending))


async def pop(call: Call) -> web.Response:
    """pop_inference_results: pending_results is the list, handed out once."""
    popped = await call.model.board.pop(await _job_id(call), call.fake.limits.pop)
    found: list[Json] = []
    try:
        for at in range(popped.start, popped.end):
            found += results.job_results(call.model, popped.view.job.work, at, at + 1)
    except ModelFailed as failed:
        at = popped.start + len(found)
        view = await call.model.board.fail(popped.view.job.uuid, at, failure(failed.kind, str(failed)))
        return answer(wire.poll(view, found))
    return answer(wire.poll(popped.view, found))


async def result(call: Call) -> web.Response:
    """get_inference_result: `video_ann`, which only trackers fill, of a video that ended; null for anything else."""
    view = await _look(call)
    ended = view.state in (jobs.State.FINISHED, jobs.State.CANCELLED, jobs.State.CLEARED)
    return answer({"video_ann": None} if ended and "video" in view.job.work else None)


async def status(call: Call) -> web.Response:
    """get_inference_status"""
    return answer(wire.status(await _look(call)))


async def preparing(call: Call) -> web.Response:
    """get_preparing_progress: the one progress object, always with a status."""
    return answer(wire.progress(await _look(call)))


async def stop(call: Call) -> web.Response:
    """stop_inference"""
    await call.model.board.stop(await _job_id(call))
    return answer(wire.STOPPING)


async def clear(call: Call) -> web.Response:
    """clear_inference_request: of a job that is not known: done already."""
    await call.model.board.clear(await _job_id(call))
    return answer(wire.CLEARED)
