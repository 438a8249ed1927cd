"""Models of a test's own on a shared server that runs: each question is `{"models": N}`."""

import statistics
import time
from collections.abc import Callable

import modeldouble_server


def begin() -> Callable[..., dict[str, float]]:
    """What sets models up and takes them away again, and tells the median seconds of both."""
    server = modeldouble_server.serve().start()

    def set_up(models: int) -> dict[str, float]:
        made, ended = [], []
        used = time.process_time()
        for _ in range(models):
            begun = time.perf_counter()
            model = server.add_model()
            made.append(time.perf_counter() - begun)
            ending = time.perf_counter()
            model.close()
            ended.append(time.perf_counter() - ending)
        cpu = (time.process_time() - used) / models
        return {"set_up": statistics.median(made), "teardown": statistics.median(ended), "cpu": cpu}

    return set_up
