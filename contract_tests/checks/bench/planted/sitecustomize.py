"""Slows one handler of the fake by a millisecond, in a process that starts with this folder on its PYTHONPATH.

MODELDOUBLE_PLANTED names the handler, as `module.function` of `modeldouble_server.serving`. It sleeps, or works if
MODELDOUBLE_PLANTED_WORK is there: work is seen in the processor's time, also where a machine has fewer cores than there
are workers.
"""

import os
import time
from functools import wraps
from importlib import import_module
from typing import Any

SECONDS = 0.001


def plant(name: str) -> None:
    """Before the table of routes is made, which takes the handlers from their modules."""
    place, _, function = name.rpartition(".")
    module = import_module(f"modeldouble_server.serving.{place}")
    handler = getattr(module, function)

    @wraps(handler)
    async def slow(call: Any) -> Any:
        # The loop stands still meanwhile, as it does in a handler that works.
        _work() if "MODELDOUBLE_PLANTED_WORK" in os.environ else time.sleep(SECONDS)
        return await handler(call)

    setattr(module, function, slow)


def _work() -> None:
    until = time.thread_time() + SECONDS
    while time.thread_time() < until:
        pass


if "MODELDOUBLE_PLANTED" in os.environ:
    plant(os.environ["MODELDOUBLE_PLANTED"])
