"""Jobs that are popped without a pause with a pooled `requests.Session`, nothing checked. Argument: URL of the model.

It is asked as stream.py and job_ours.py are, `{"video": ID, "frames": N}`.
"""

import time
from collections.abc import Callable
from typing import Any

import requests


def begin(url: str) -> Callable[..., dict[str, Any]]:
    """What runs one job, and tells seconds to the first frame and to the end."""
    session = requests.Session()

    def post(route: str, **state: Any) -> Any:
        state["settings"] = {}
        return session.post(f"{url}/{route}", json={"state": state, "context": {}}, timeout=60).json()

    def popped(video: int, frames: int) -> dict[str, Any]:
        used, started, first, came, finished = time.process_time(), time.perf_counter(), 0.0, 0, False
        job = post("inference_video_id_async", videoId=video)["inference_request_uuid"]
        while not finished:
            answer = post("pop_inference_results", inference_request_uuid=job)
            came += len(answer["pending_results"])
            first = first or (time.perf_counter() - started if came else 0.0)
            finished = came >= frames
        post("clear_inference_request", inference_request_uuid=job)
        return {"seconds": time.perf_counter() - started, "first": first, "cpu": time.process_time() - used}

    return popped
