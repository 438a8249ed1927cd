"""The requests of a journey, as clients of a serving app write them."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

MEDIA = files("modeldouble_contract") / "media"
PICTURES = {"cat.jpg": (300, 451), "wide.jpg": (160, 1200)}
"""File names and (height, width) in pixels."""
VIDEO, VIDEO_FRAMES = "pan.mp4", 40
_JSON = "application/json"
# No medium holds it.
_BOUNDARY = "modeldouble-load-b3b1f09d6c7e4f2a"
_NO_SETTINGS = json.dumps({"settings": {}})


class Asked(NamedTuple):
    """One request: what it is called in the figures, its route without a leading slash, and its body."""

    name: str
    route: str
    body: bytes
    content_type: str


class Caller(NamedTuple):
    """Who asks. `video_id` is a video of the platform that the app reads from; without one a file is uploaded.

    `prefix` begins the names of uploaded files. Real apps keep uploads by name, for all callers together: files of one
    name that come at the same time replace each other, and are answered with nothing, or with an error.
    """

    api_token: str
    video_id: int | None = None
    prefix: str = ""

    def plain(self, route: str) -> Asked:
        """A question without settings."""
        return self._json(route, route, {})

    def about(self, route: str, uuid: str) -> Asked:
        """A question about a job."""
        return self._json(route, route, {"inference_request_uuid": uuid})

    def video(self, name: str, frames: int) -> Asked:
        """Start a job on the first `frames` frames of the video."""
        state = {"settings": {}, "startFrameIndex": 0, "framesCount": frames, "framesDirection": "forward"}
        if self.video_id is not None:
            return self._json(name, "inference_video_id_async", {**state, "videoId": self.video_id})
        return self._form(name, "inference_video_async", (VIDEO,), json.dumps(state))

    def picture(self, name: str) -> Asked:
        """One picture by its file."""
        return self._form("inference_image", "inference_image", (name,), _NO_SETTINGS)

    def pictures(self, names: Iterable[str]) -> Asked:
        """Several at once, answered in this order."""
        return self._form("inference_batch", "inference_batch", names, _NO_SETTINGS)

    def _json(self, name: str, route: str, state: Mapping[str, Any]) -> Asked:
        document = {"state": {"settings": {}, **state}, "context": {}, "api_token": self.api_token}
        return Asked(name, route, json.dumps(document).encode(), _JSON)

    def _form(self, name: str, route: str, files: Iterable[str], settings: str) -> Asked:
        parts = [_part('name="settings"', settings.encode())]
        parts += [_part(f'name="files"; filename="{self.prefix}{file}"', _content(file)) for file in files]
        body = b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()
        return Asked(name, route, body, f"multipart/form-data; boundary={_BOUNDARY}")


@cache
def _content(file: str) -> bytes:
    return (MEDIA / file).read_bytes()


def _part(disposition: str, content: bytes) -> bytes:
    head = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n"
    return head.encode() + content + b"\r\n"
