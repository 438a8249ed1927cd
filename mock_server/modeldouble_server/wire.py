"""The serving app's wire, as the fake speaks it: the one place where its keys and texts are spelled.

Read from requests: JSON bodies, the `state` in them, aliases of keys. Made for answers: predictions, jobs, errors. The
client has a wire of its own, on purpose, and none of it is shared.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from . import jobs
from .geometry import box_json, object_json, tag_json
from .limits import Limits
from .refusal import Refused, shown
from .scene import Answer

Json = dict[str, Any]

VIDEO_ID = ("videoId", "video_id")
IMAGE_ID = ("image_id", "imageId")
IMAGE_IDS = ("batch_ids", "image_ids", "images_ids", "imageIds")
PROJECT_ID = ("projectId", "project_id")
START = ("startFrameIndex", "start_frame_index", "start_frame")
COUNT = ("framesCount", "frames_count", "num_frames")
DIRECTION = ("direction", "framesDirection")
UUID = "inference_request_uuid"

STAGES = {
    jobs.State.PREPARING: "Preparing model for inference...",
    jobs.State.RUNNING: "Running inference...",
    jobs.State.FINISHED: "Finished",
    jobs.State.CANCELLED: "Cancelled",
    jobs.State.ERROR: "Error",
    jobs.State.CLEARED: "Finished",
}


def error_body(text: str) -> Json:
    """The body of every refusal."""
    return {"detail": text, "message": text, "success": False}


def read_json(body: bytes, limits: Limits) -> Any:
    """The JSON of a body or form part, within the limits on bytes and nesting."""
    if len(body) > limits.json_bytes:
        raise Refused(413, f"JSON of {len(body):,} bytes, over the limit of {limits.json_bytes:,}; send less at once")
    try:
        # Who begins with an object in UTF-8 does not have it guessed that it is none of the five other encodings.
        guessed = body[:1] == b"{" and body[1:2] != b"\0"
        value = _DECODER.decode(str(body, "utf-8" if guessed else json.detect_encoding(body), "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise Refused(
            400, f"body is not JSON: {str(error)[:200]}; send one JSON object", "json", str(error)[:200]
        ) from error
    # Counting brackets is an upper bound of the depth and spares the walk for every body of ordinary size.
    if body.count(b"[") + body.count(b"{") > limits.json_depth and _deeper(value, limits.json_depth):
        raise Refused(400, f"JSON is nested deeper than {limits.json_depth} levels; send flatter JSON")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _deeper(value: Any, most: int) -> bool:
    level = [value]
    for _ in range(most):
        nested = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, (dict, list))]
        level = [item for items in nested for item in items]
    return any(isinstance(one, (dict, list)) for one in level)


class State(NamedTuple):
    """The `state` object of a request, which may be a JSON body's or a form's."""

    keys: Json
    where: str = "state"

    def first(self, names: Sequence[str]) -> Any:
        """The value under the first of the aliases that is there."""
        return next((self.keys[name] for name in names if self.keys.get(name) is not None), None)

    def settings(self) -> Json:
        """The request's own settings, with a region of interest beside them taken in."""
        given = self.keys.get("settings")
        if given is None:
            given = {}
        if not isinstance(given, dict):
            raise Refused(
                400, f"{self.where}.settings is {shown(given)}; send an object of setting names and values", "setting"
            )
        rectangle = self.keys.get("rectangle")
        return {**given, "rectangle": rectangle} if rectangle is not None else dict(given)

    def whole(self, names: Sequence[str], least: int = 0) -> int | None:
        """A whole number under one of the aliases, or None if there is none."""
        value = self.first(names)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise Refused(400, f"{self.where}.{names[0]} is {shown(value)}; send a whole number", "value")
        if value is not None and value < least:
            text = f"{self.where}.{names[0]} is {shown(value)}; send a whole number of at least {least}"
            raise Refused(400, text, "value")
        return value

    def needed(self, names: Sequence[str]) -> int:
        """As `whole`, but the key must be there."""
        value = self.whole(names)
        if value is None:
            raise Refused(400, f"{self.where}.{names[0]} is missing; send the id as a whole number", "value")
        return value

    def ids(self, names: Sequence[str], most: int) -> list[int]:
        """A list of ids under one of the aliases; one id alone is taken as a list of one."""
        value = self.first((*names, *IMAGE_ID))
        listed = [value] if isinstance(value, int) and not isinstance(value, bool) else value
        if not isinstance(listed, list) or any(type(one) is not int for one in listed):
            raise Refused(400, f"{self.where}.{names[0]} is {shown(value)}; send a list of whole numbers", "value")
        if len(listed) > most:
            raise Refused(
                400, f"{self.where}.{names[0]} has {len(listed):,} ids, over the limit of {most:,}; send fewer"
            )
        return listed

    def uuid(self) -> str:
        """The job's uuid; real servers answer its absence with this sentence."""
        value = self.keys.get(UUID)
        if not isinstance(value, str) or not value:
            text = f"Error: '{UUID}' is required in {self.where} (got {shown(value)}); send what the start answered"
            raise Refused(400, text, "uuid" if value is None else "job-unknown", shown(value))
        return value


def read_state(body: Any, unread: frozenset[str] = frozenset()) -> State:
    """The `state` of a JSON body, without the parameters that the dialect does not read."""
    if not isinstance(body, dict):
        raise Refused(400, f"body is {shown(body)}; send a JSON object with a state", "body")
    state = body.get("state")
    if not isinstance(state, dict):
        raise Refused(400, f"state is {shown(state)}; Settings is not json object: send an object as state", "state")
    return known(State(state), unread)


def known(state: State, unread: frozenset[str]) -> State:
    """A state without the parameters that the dialect does not read."""
    return State({key: state.keys[key] for key in state.keys if key not in unread}, state.where) if unread else state


def annotation(size: tuple[int, int], found: Answer) -> Json:
    """An annotation of a picture of `size` (width, height)."""
    return {
        "description": "",
        "size": {"height": size[1], "width": size[0]},
        "tags": [tag_json(tag) for tag in found.tags],
        "objects": [object_json(one) for one in found.objects],
        "customBigData": {},
    }


_PREDICTION = dict.fromkeys(
    (
        "source",
        "annotation",
        "name",
        "path",
        "url",
        "project_id",
        "dataset_id",
        "image_id",
        "image_name",
        "video_id",
        "frame_index",
    )
)


def prediction(annotated: Json, **filled: Any) -> Json:
    """A prediction: every key of the newest release, those named in `filled` with their values, the others null."""
    return {**_PREDICTION, "annotation": annotated, "slides_data": {}, "data": {}, **filled}


def started(uuid: str) -> Json:
    """The answer to a job's start: without `message`, on which some client releases fail."""
    return {UUID: uuid}


class JobView(NamedTuple):
    """A job as a poll sees it at one moment."""

    job: jobs.Job
    state: jobs.State
    inferred: int
    handed_out: int
    over: bool


def progress(view: JobView) -> Json:
    """current and total in results, the real ones in every stage."""
    return {"status": STAGES[view.state], "current": view.inferred, "total": view.job.total, "is_size": False}


def poll(view: JobView, pending: int | list[Json]) -> Json:
    """The answer to progress (pending: a count) and to pop (pending: the results)."""
    job, told = view.job, progress(view)
    return polled(
        job.uuid, told["status"], told, pending, has_result(view), failure(view), not view.over, view.over,
        was_stopped(job), job.started, job.touched,
    )  # fmt: skip


def polled(
    uuid: Any, stage: Any, told: Any, pending: Any, made: Any, exception: Any, inferring: Any, over: Any, stopped: Any,
    created: Any, updated: Any,
) -> Json:  # fmt: skip
    """What a poll's answer has where, of these or of what stands for them."""
    return {
        "uuid": uuid,
        "stage": stage,
        "progress": told,
        "pending_results": pending,
        "final_result": made,
        "exception": exception,
        "is_inferring": inferring,
        "stopped": stopped,
        "paused": False,
        "finished": over,
        "created_at": created,
        "updated_at": updated,
        "cancel_inference": stopped,
        "has_result": made,
        "preparing_progress": told,
        "result": made,
    }


def status(view: JobView) -> Json:
    """The answer to get_inference_status. The fake has no GPU to report on."""
    return {
        "uuid": view.job.uuid,
        "stage": STAGES[view.state],
        "progress": {"message": STAGES[view.state], **progress(view)},
        "exception": failure(view),
        "is_inferring": not view.over,
        "stopped": was_stopped(view.job),
        "paused": False,
        "finished": view.over,
        **memory(),
    }


def was_stopped(job: jobs.Job) -> bool:
    """A clear stops a job too."""
    return job.stopped is not None or job.cleared is not None


def has_result(view: JobView) -> bool:
    """There are results, or it is certain that there will be none."""
    return view.inferred > 0 or view.state not in (jobs.State.PREPARING, jobs.State.RUNNING)


def failure(view: JobView) -> Json | None:
    """type, message and traceback of what ended the job in an error, or null."""
    # A job may be known to fail before it does.
    waits = view.job.failure is None or view.state in (jobs.State.PREPARING, jobs.State.RUNNING)
    return None if waits or view.job.failure is None else view.job.failure._asdict()


def memory() -> Json:
    """Memory figures of a machine without a GPU, which real servers give as nulls."""
    return {"gpu_memory": {"allocated": None, "total": None}, "ram_memory": {"allocated": None, "total": None}}


STOPPING: Json = {"message": "Inference will be stopped.", "success": True}
CLEARED: Json = {"success": True}


def slides(found: Answer) -> Json:
    """What each sliding window saw, as `data` and `slides_data` have it; {} without windows."""
    if not found.slides:
        return {}
    return {
        "slides": [
            {"rectangle": box_json(one.region), "labels": [object_json(label) for label in one.objects]}
            for one in found.slides
        ]
    }
