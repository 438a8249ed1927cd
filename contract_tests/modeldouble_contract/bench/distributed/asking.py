"""What is asked of the fake, and what a right answer has. Jobs live for the whole run, and always have frames ready."""

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from modeldouble_contract.bench.load.wire import Request, form_request, json_request
from modeldouble_contract.bench.workloads.inference_image import picture

INFO, PROGRESS, POP, IMAGE = "get_session_info", "get_inference_progress", "pop_inference_results", "inference_image"
ROUTES = (INFO, PROGRESS, POP, IMAGE)
POPPED = 10
"""Frames of a pop, by the limit of that name."""
PICTURE_BYTES = 20_000
VIDEO_ID = 9_000_001
PACE = 0.001
"""Seconds a frame: of a job that is popped a few times a second there are always frames enough, and never all."""
FRAMES_OF_JOB = 1_000_000
MOST_JOBS = 1_000
FRAMES_OF_VIDEO = MOST_JOBS * FRAMES_OF_JOB
_TOLD = {
    INFO: "tells the model's name",
    PROGRESS: "is of a job that runs",
    POP: f"has {POPPED} frames",
    IMAGE: "has objects",
}
"""How an answer is right."""
_SLACK = 0.9
_COMMENT = b"\xff\xfe"


class NotRight(Exception):
    """An answer that this benchmark is not about."""


def starts(path: str, jobs: int) -> list[Request]:
    """Requests that start jobs, each over frames of its own: what was told of one frame may be remembered."""
    asked = [
        {"settings": {}, "videoId": VIDEO_ID, "startFrameIndex": at * FRAMES_OF_JOB, "framesCount": FRAMES_OF_JOB}
        for at in range(jobs)
    ]
    return [_post(path, "inference_video_id_async", {**one, "framesDirection": "forward"}) for one in asked]


def requests(route: str, path: str, ids: Sequence[str], mark: str) -> list[Request]:
    """Requests that come round; of two marks, no pictures are alike."""
    if route == INFO:
        return [_post(path, route, {})]
    if route == IMAGE:
        return [form_request(f"{path}/{route}", "picture.jpg", marked(picture(PICTURE_BYTES), mark))]
    return [_post(path, route, {"settings": {}, "inference_request_uuid": one}) for one in ids]


def marked(jpeg: bytes, mark: str) -> bytes:
    """A JPEG with one more comment."""
    return b"".join((jpeg[:2], _COMMENT, struct.pack(">H", 2 + len(mark)), mark.encode(), jpeg[2:]))


def least(route: str, body: bytes) -> int:
    """Bytes that every answer to a route has at least, by one that is right; raises `NotRight`."""
    told = json.loads(body)
    if not _is_right(route, told):
        raise NotRight(f"an answer to {route} has to be one that {_TOLD[route]}; it is {body[:300]!r}")
    if route != POP:
        return 0
    # Frames have more objects or fewer: what is left without any, all of them have.
    bare = [{**one, "annotation": {**one["annotation"], "objects": []}} for one in told["pending_results"]]
    return int(_SLACK * len(json.dumps(bare, separators=(",", ":"))))


def _is_right(route: str, told: Mapping[str, Any]) -> bool:
    if route == INFO:
        return "app_name" in told
    if route == IMAGE:
        return isinstance(told.get("annotation"), dict)
    if route == POP:
        return len(told.get("pending_results", ())) == POPPED
    return told.get("is_inferring") is True


def _post(path: str, route: str, state: Mapping[str, Any]) -> Request:
    return json_request(f"{path}/{route}", {"state": state, "context": {}, "api_token": ""})
