"""Videos that lie on the platform."""

from __future__ import annotations

import os

from modeldouble.platform.calls import Calls, nothing
from modeldouble.platform.files import ProgressCb
from modeldouble.platform.infos import VideoInfo, video_info
from modeldouble.values import whole_number


class VideoApi:
    """Videos that lie on the platform."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def get_info_by_id(self, id: int) -> VideoInfo:
        """Return name, size and number of frames. Raises `NotFound` when there is none."""
        body = {"id": whole_number("video_id", id, 1), "forceMetadataForLinks": True}
        return video_info("videos.info", self._calls.object("videos.info", body, self._calls.end()))

    def download_path(self, id: int, path: str | os.PathLike[str], progress_cb: ProgressCb | None = None) -> None:
        """Save a video as a file, which gets its name when it is whole. `progress_cb` is told the bytes as they come.

        Raises `NotFound` when there is none, `AnswerLost` when the connection keeps breaking.
        """
        body = {"id": whole_number("video_id", id, 1)}
        self._calls.save("videos.download", body, path, self._calls.end(), progress_cb or nothing)
