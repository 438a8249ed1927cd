"""The jobs of a model as a person looks at them, and the end of one."""

from typing import Any

from aiohttp import web

from ..model import Model
from ..wire import JobView, was_stopped
from .call import AdminCall, cut, said
from .journals import bounded

MOST, LOOKED_AT = 100, 10_000
"""Jobs that are told, and jobs among which the newest are looked for."""


async def listed(call: AdminCall) -> web.Response:
    """The newest jobs, open ones before others, newest first, and how many are in each state."""
    most = bounded(call.query({"most": int}), MOST)
    return said(await told(call.model, most, {}))


async def stop(call: AdminCall) -> web.Response:
    """Let a job infer no further result, as `stop_inference` does."""
    await call.model.board.stop(call.number)
    return said({"stopped": call.number})


async def told(model: Model, most: int, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The newest `most` jobs, open ones before others.

    `known` remembers what never changes of those that were told: it may be long to read.
    """
    views, counts = await model.board.survey(most, LOOKED_AT)
    kept = {one.job.uuid: known.get(one.job.uuid) or cut(model, _lasting(one)) for one in views}
    known.clear()
    known.update(kept)
    return {"jobs": [{**kept[one.job.uuid], **_passing(one)} for one in views], "counts": counts}


def _passing(view: JobView) -> dict[str, Any]:
    return {
        "uuid": view.job.uuid, "state": view.state.value, "inferred": view.inferred, "handed_out": view.handed_out,
        "over": view.over, "stopped": was_stopped(view.job),
    }  # fmt: skip


def _lasting(view: JobView) -> dict[str, Any]:
    job, work = view.job, view.job.work
    told: dict[str, Any] = {"total": job.total, "started": job.started, "pace": job.pace, "route": work.get("route")}
    if "video" not in work:
        return {**told, "name": _pictures(work), "video_id": None, "frames": None}
    video, start, step = work["video"], work["start"], work["step"]
    frames = [start, start + step * job.total, step]
    return {**told, "name": video.get("name"), "video_id": video.get("id"), "frames": frames}


def _pictures(work: Any) -> str | None:
    names = [one["name"] for one in work.get("images", ())] + [one[3] for one in work.get("files", ())]
    return f"{len(names):,} pictures" if len(names) > 1 else names[0] if names else None
