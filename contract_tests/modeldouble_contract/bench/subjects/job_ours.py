"""Jobs of our client. Argument: URL of the model. A question is `{"video": ID, "frames": N}`."""

import time
from collections.abc import Callable
from typing import Any

from modeldouble import Session


def begin(url: str) -> Callable[..., dict[str, Any]]:
    """What runs one job, and tells seconds to the first frame and to the end."""
    session = Session(session_url=url)

    def run(video: int, frames: int) -> dict[str, Any]:
        used, started, first, came = time.process_time(), time.perf_counter(), 0.0, 0
        for _ in session.inference_video_id_async(video):
            first = first or time.perf_counter() - started
            came += 1
        if came != frames:
            raise RuntimeError(f"{came} of {frames} frames came")
        return {"seconds": time.perf_counter() - started, "first": first, "cpu": time.process_time() - used}

    return run
