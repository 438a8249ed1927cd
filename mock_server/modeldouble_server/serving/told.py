"""What a release tells of a job, made out of what the fake tells: the fake's own answers pass as they are."""

from typing import Any

from .. import wire
from ..dialect import Dialect
from ..jobs import State
from ..wire import JobView, Json

_AT_WORK = (State.PREPARING, State.RUNNING)
_RESET = {"current": 0, "total": 1}


def poll(dialect: Dialect, view: JobView, pending: int | list[Json], whole: Any = None) -> Json:
    """The answer to progress (pending: a count) and to pop (pending: the results); `whole` is a result of them all."""
    made = wire.poll(view, pending)
    if dialect.release is None:
        return made
    made |= _flags(dialect, view) | _result(dialect, view, whole)
    made["progress"] = dialect.shaped("progress", progress(dialect, view))
    if isinstance(pending, int):
        if dialect.has("progress-reset") and view.state is not State.RUNNING:
            made["progress"] = dict(_RESET)
        if dialect.has("pending-not-counted"):
            made["pending_results"] = []
    return dialect.shaped("poll", made | {"preparing_progress": preparing(dialect, view)})


def status(dialect: Dialect, view: JobView) -> Json:
    """The answer to get_inference_status."""
    made = wire.status(view)
    if dialect.release is None:
        return made
    told = {"progress": {"message": wire.STAGES[view.state], **progress(dialect, view)}, **_flags(dialect, view)}
    return dialect.shaped("status", made | told)


def progress(dialect: Dialect, view: JobView) -> Json:
    """current and total of results; some do not know the total at first."""
    made = wire.progress(view)
    unknown = view.state is State.PREPARING and dialect.has("total-unknown-at-first")
    return made | {"total": 1} if unknown else made


def preparing(dialect: Dialect, view: JobView) -> Json:
    """The answer to get_preparing_progress."""
    if not dialect.has("preparing-on-its-own"):
        return progress(dialect, view)
    if view.state is State.PREPARING or not view.job.work or "alone" in view.job.work:
        return dict(_RESET)
    # Of a video the bytes of the download are counted, which are all there when inference begins.
    total = view.job.work.get("video", {}).get("fileMeta", {}).get("bytes", view.job.total)
    return {"current": total, "total": total, "status": "inference"}


def final(dialect: Dialect, view: JobView) -> bool:
    """A final result exists."""
    if dialect.has("result-is-final"):
        return "video" in view.job.work and view.state in (State.FINISHED, State.CANCELLED)
    return view.state in (State.FINISHED, State.CANCELLED, State.CLEARED)


def final_result(dialect: Dialect, view: JobView) -> Json | None:
    """`video_ann`, which only trackers fill, of a video that ended; None of anything else."""
    if not final(dialect, view) or "video" not in view.job.work:
        return None
    of_file = "id" not in view.job.work["video"] and dialect.has("file-result-has-ann")
    return {"ann": [], "video_ann": None} if of_file else {"video_ann": None}


def _flags(dialect: Dialect, view: JobView) -> Json:
    made: Json = {"exception": _exception(dialect, view)}
    if dialect.has("inferring-is-running"):
        made["is_inferring"] = view.state is State.RUNNING
    if dialect.has("inferring-until-worker-ends"):
        made["is_inferring"] = view.state in _AT_WORK
    if dialect.has("finished-with-worker"):
        made["finished"] = view.state not in _AT_WORK
    return made


def _exception(dialect: Dialect, view: JobView) -> Any:
    failed = wire.failure(view)
    if failed is None:
        return None
    if dialect.has("exception-is-text"):
        return failed["message"]
    return failed | {"traceback": "NoneType: None\n"} if dialect.has("traceback-lost") else failed


def _result(dialect: Dialect, view: JobView, whole: Any) -> Json:
    if dialect.has("result-is-final"):
        made: Json = dict.fromkeys(("result", "final_result", "has_result"), final(dialect, view))
        return made | {"result": final_result(dialect, view)} if dialect.has("result-holds-final") else made
    if not dialect.has("result-is-object"):
        return {}
    return {"result": whole if wants_whole(dialect, view) else None}


def wants_whole(dialect: Dialect, view: JobView) -> bool:
    """The release sends all results together by now."""
    if not dialect.has("result-is-object") or view.inferred == 0:
        return False
    lost = view.state is State.CANCELLED and dialect.has("result-lost-by-stop")
    return view.state not in (*_AT_WORK, State.ERROR) and not lost
