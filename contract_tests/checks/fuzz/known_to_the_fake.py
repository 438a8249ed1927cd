"""What Schemathesis cannot invent: ids that exist and files that can be opened, put into every other request.

Loaded by Schemathesis itself, which finds it by SCHEMATHESIS_HOOKS. Which requests are changed is decided by their
content, so that a seed gives the same run.
"""

import json
import zlib
from typing import Any

import schemathesis
from schemathesis import Case, HookContext

from modeldouble_server.default_world import DATA, IMAGES, PICTURES_PROJECT_ID, URL, VIDEO, VIDEO_ID, VIDEOS_PROJECT_ID

IMAGE_IDS = list(IMAGES)
ONE = {
    "image_id": IMAGE_IDS[0],
    "imageId": IMAGE_IDS[1],
    "videoId": VIDEO_ID,
    "video_id": VIDEO_ID,
    "projectId": PICTURES_PROJECT_ID,
    "project_id": VIDEOS_PROJECT_ID,
    "image_url": URL,
}
WHOLE: dict[str, dict[str, Any]] = {
    "/run_speedtest": {"projectId": PICTURES_PROJECT_ID, "batch_size": 2, "num_iterations": 3},
    "/deploy_from_api": {"deploy_params": {"model_source": "Pretrained models"}, "model_name": "yolov5m"},
    "/smart_cache": {"image_ids": [IMAGE_IDS[0], 1]},
}
"""Of routes that answer 200 only when several keys fit together."""
MANY = ("batch_ids", "image_ids", "images_ids", "imageIds")
PICTURES = [(DATA / "world" / IMAGES[171250]).read_bytes(), (DATA / "world" / IMAGES[17551748]).read_bytes()]
FILM = (DATA / "world" / VIDEO).read_bytes()


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Let every other request succeed."""
    chance = zlib.crc32(repr(case.body).encode("utf-8", "surrogatepass"))
    if not isinstance(case.body, dict) or chance % 2:
        return
    if case.media_type == "multipart/form-data":
        content = FILM if "video" in case.path else PICTURES[chance // 2 % 2]
        cached = {"image_ids": [IMAGE_IDS[0]]} if case.path == "/smart_cache_files" else {}
        settings = ("settings", (None, json.dumps(cached), "text/plain"))
        kwargs["files"] = [("files", ("file", content)), settings]
    elif isinstance(state := case.body.get("state"), dict):
        case.body = {**case.body, "state": WHOLE.get(case.path) or _with_ids(state)}


def _with_ids(state: dict[str, Any]) -> dict[str, Any]:
    known = {key: ONE[key] for key in state if key in ONE}
    return {**state, **known, **{key: IMAGE_IDS for key in state if key in MANY}}
