"""Jobs of our client that are streamed to their end. Argument: URL of the model.

A question is `{"video": ID, "frames": N, "watched": [PROCESS, ...]}`: the memory of these is looked at while frames
come, which the time does not contain.
"""

import gc
import time
from collections.abc import Callable
from typing import Any

import psutil

from modeldouble import Session

LOOKS = 20


def begin(url: str) -> Callable[..., dict[str, Any]]:
    """What streams one job, and tells seconds, those of this processor, and bytes before and at most."""
    session = Session(session_url=url)

    def streamed(video: int, frames: int, watched: list[int]) -> dict[str, Any]:
        gc.collect()
        held = [psutil.Process(one) for one in (None, *watched)]
        before = most = [one.memory_info().rss for one in held]
        looked, came, every = 0.0, 0, max(1, frames // LOOKS)
        used, started = time.process_time(), time.perf_counter()
        for came, _ in enumerate(session.inference_video_id_async(video), 1):
            if came % every == 0:
                pause = time.perf_counter()
                most = [max(one.memory_info().rss, so_far) for one, so_far in zip(held, most, strict=True)]
                looked += time.perf_counter() - pause
        spent = time.perf_counter() - started - looked
        if came != frames:
            raise RuntimeError(f"{came} of {frames} frames came")
        return {"seconds": spent, "cpu": time.process_time() - used - looked, "before": before, "most": most}

    return streamed
