"""Video jobs end to end, at the pace of a model."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any, NamedTuple

from modeldouble_contract.bench.program import Program
from modeldouble_contract.bench.shared import Shared, client, server
from modeldouble_contract.bench.workload import Case, Entry, Measure, Place, Reading, Role, Target, Workload


class Kind(NamedTuple):
    """A job: the model's session token, the video, its frames, the seconds that a frame takes, and pairs of its own."""

    token: str
    video: int
    frames: int
    pace: float
    pairs: int | None = None


KINDS = {
    "10 frames of 20 ms": Kind("jobs-slow", 9100001, 10, 0.02),
    "1,000 frames of 2 ms": Kind("jobs-quick", 9100002, 1000, 0.002, 6),
}
SHORT = frozenset({"10 frames of 20 ms"})
SCENARIO = """
models:
  - {preset: detection, session_token: jobs-slow, pace: 0.02}
  - {preset: detection, session_token: jobs-quick, pace: 0.002}
platform:
  projects:
    - datasets:
        - videos: [{video_id: 9100001, frames: 10}, {video_id: 9100002, frames: 1000}]
"""
FIRST_LATE_MS, BEYOND, BEYOND_MS, OFFICIAL = 40.0, 1.1, 50.0, 3.5


def reading(kind: Kind, told: dict[str, Any]) -> Reading:
    """The whole in milliseconds, and how much later than the model it came."""
    whole, first, model = 1000 * told["seconds"], 1000 * told["first"], 1000 * kind.pace * kind.frames
    more = {
        "first_ms": first,
        "first_late_ms": first - 1000 * kind.pace,
        "beyond_ms": whole - BEYOND * model,
        "cpu_ms": 1000 * told["cpu"],
    }
    return Reading(whole, more)


@contextmanager
def _fake(place: Place) -> Iterator[dict[str, Any]]:
    scenario = place.folder / "jobs.yaml"
    scenario.write_text(SCENARIO, "utf-8")
    with server(place, sys.executable, "fake.py", str(scenario)) as program:
        yield program.ready


FAKE = Shared(_fake)
Calling = Callable[[Place, dict[str, Any], str], AbstractContextManager[Program]]


def _ours(place: Place, fake: dict[str, Any], url: str) -> AbstractContextManager[Program]:
    return client(place, sys.executable, "asked.py", "job_ours.py", url)


def _plain(place: Place, fake: dict[str, Any], url: str) -> AbstractContextManager[Program]:
    return client(place, sys.executable, "asked.py", "stream_plain.py", url)


def _official(place: Place, fake: dict[str, Any], url: str) -> AbstractContextManager[Program]:
    python = place.peers.python("supervisely")
    return client(place, python, "asked.py", "job_official.py", url, fake["url"], fake["token"])


@contextmanager
def _measuring(calling: Calling, place: Place) -> Iterator[Measure]:
    slow, quick = KINDS.values()
    with (
        FAKE(place) as fake,
        calling(place, fake, f"{fake['url']}/net/{slow.token}") as slowly,
        calling(place, fake, f"{fake['url']}/net/{quick.token}") as quickly,
    ):
        callers = {slow: slowly, quick: quickly}

        def measure(case: Case) -> Reading:
            kind = KINDS[case.name]
            return reading(kind, callers[kind].ask(video=kind.video, frames=kind.frames))

        yield measure


POPS = "pops without a pause"
WORKLOAD = Workload(
    7,
    "jobs",
    "A video job from the call to its end",
    "ms",
    more_is_better=False,
    cases=[Case(name, kind.frames, kind.pairs) for name, kind in KINDS.items()],
    entries=[
        Entry("modeldouble", Role.OURS, partial(_measuring, _ours)),
        Entry(POPS, Role.LIMIT, partial(_measuring, _plain)),
        Entry("supervisely SessionJSON", Role.PEER, partial(_measuring, _official)),
    ],
    targets=[
        Target("the first frame comes at most 40 ms after the model has it", None, at_most=FIRST_LATE_MS,
               measure="first_late_ms"),
        Target("the whole takes at most 1.1 of the model's own time and 50 ms", None, at_most=BEYOND_MS,
               measure="beyond_ms"),
        Target("the official client takes at least 3.5 of ours", "supervisely SessionJSON", at_most=1 / OFFICIAL,
               cases=SHORT),
    ],
    notes=[
        "One fake, in real time, in a process and on a core of its own. A reading goes from the call that starts the"
        " job to the end of the loop over its frames, with the job cleared on the server.",
        "The model has its first frame one pace after the server has started the job, which is later than the call:"
        " first_late_ms counts from the call and a pace, so it says rather too much.",
        "beyond_ms is the whole less 1.1 of the model's own time, which is frames times pace.",
    ],
)  # fmt: skip
