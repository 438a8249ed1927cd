"""Jobs of the official client, asked as job_ours.py is. Arguments: URL of the model, of the platform, its token."""

import time
from collections.abc import Callable
from typing import Any

import supervisely  # pyright: ignore[reportMissingImports]
from supervisely.nn.inference import SessionJSON  # pyright: ignore[reportMissingImports]


def begin(url: str, address: str, token: str) -> Callable[..., dict[str, Any]]:
    """What runs one job, and tells seconds to the first frame and to the end."""
    supervisely.logger.setLevel("ERROR")
    session = SessionJSON(supervisely.Api(address, token), session_url=url)

    def run(video: int, frames: int) -> dict[str, Any]:
        used, started, first, came = time.process_time(), time.perf_counter(), 0.0, 0
        for _ in session.inference_video_id_async(video):
            first = first or time.perf_counter() - started
            came += 1
        if came != frames:
            raise RuntimeError(f"{came} of {frames} frames came")
        return {"seconds": time.perf_counter() - started, "first": first, "cpu": time.process_time() - used}

    return run
