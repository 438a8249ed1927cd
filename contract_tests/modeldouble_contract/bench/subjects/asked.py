"""Runs a script beside it and hands it the questions: `asked.py SCRIPT ARGUMENT...`. Needs nothing but Python.

The script has `begin(*arguments)`, which gives what answers a question, or `calls(*arguments)`, which gives calls by
name; these are asked for with `{"call": NAME, "seconds": S}` and are repeated for so long.
"""

import json
import os
import runpy
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any


def timed(calls: Mapping[str, Callable[[], object]], call: str, seconds: float) -> dict[str, float]:
    """Microseconds of a call: of the wall the median, of the processor of this process the mean."""
    ask = calls[call]
    ask()
    walls: list[float] = []
    used, until = time.process_time(), time.perf_counter() + seconds
    while not walls or time.perf_counter() < until:
        begin = time.perf_counter()
        ask()
        walls.append(time.perf_counter() - begin)
    used = time.process_time() - used
    return {"wall_us": 1e6 * statistics.median(walls), "cpu_us": 1e6 * used / len(walls), "calls": len(walls)}


def answering(script: str, arguments: list[str]) -> Callable[..., Any]:
    """What the script answers with."""
    found = runpy.run_path(str(Path(__file__).with_name(script)))
    answer: Callable[..., Any] = (
        partial(timed, found["calls"](*arguments)) if "calls" in found else found["begin"](*arguments)
    )
    return answer


def main(script: str, *arguments: str) -> None:
    """Answer until stdin ends."""
    # What a library prints, JSON of its log among it, is no answer.
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    ready: dict[str, str] = {}
    answer: Callable[..., Any] = dict
    try:
        answer = answering(script, list(arguments))
    except ModuleNotFoundError as error:
        ready["missing"] = str(error)
    told.write(json.dumps({"ready": ready}) + "\n")
    told.flush()
    for line in sys.stdin:
        told.write(json.dumps(answer(**json.loads(line))) + "\n")
        told.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
