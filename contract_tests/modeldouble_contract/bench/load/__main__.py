"""The program: a line of JSON says what to ask, a line of JSON answers. `python -m modeldouble_contract.bench.load`"""

import json
import sys
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from .callers import Callers, Wanted, Wrong
from .closed import closed, gather
from .open import evenly, opened, poisson
from .wire import load


def answer(asked: Mapping[str, Any], numbers: Iterator[int]) -> dict[str, Any]:
    """What came of one question; `error` if an answer was not as wanted."""
    body = None if asked.get("body") is None else Path(asked["body"]).read_bytes()
    wanted = Wanted(asked.get("status", 200), body, asked.get("least", 0))
    callers = Callers(asked["port"], load(Path(asked["requests"])), wanted, numbers)
    try:
        return _DONE[asked["load"]](callers, asked)
    except (Wrong, OSError) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    finally:
        callers.close()


def _closed(callers: Callers, asked: Mapping[str, Any]) -> dict[str, Any]:
    found = closed(callers, asked["connections"], asked["seconds"])
    return {**found._asdict(), "rate": found.rate}


def _open(callers: Callers, asked: Mapping[str, Any]) -> dict[str, Any]:
    rate, seconds, seed = asked["rate"], asked["seconds"], asked.get("seed")
    moments = evenly(rate, seconds) if seed is None else poisson(rate, seconds, seed)
    return (opened(callers, asked["connections"], moments))._asdict()


def _gather(callers: Callers, asked: Mapping[str, Any]) -> dict[str, Any]:
    bodies = gather(callers, asked["connections"], asked["count"])
    Path(asked["keep"]).write_bytes(b"\n".join(bodies))
    return {"answered": len(bodies)}


_DONE = {"closed": _closed, "open": _open, "gather": _gather}


def main() -> None:
    """Answer line by line until there are no more."""
    numbers = count(1)
    print(json.dumps({"ready": True}), flush=True)  # noqa: T201
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line), numbers)), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
