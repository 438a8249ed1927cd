"""Ten to a million frames through our client: the time of a frame, and the memory that client and server need."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, NamedTuple

from modeldouble_contract.bench.program import Program
from modeldouble_contract.bench.shared import client, server
from modeldouble_contract.bench.workload import Case, Entry, Growth, Measure, Place, Reading, Role, Target, Workload

SIZES = (10, 1_000, 10_000, 100_000, 1_000_000)
OWN_PAIRS = {10_000: 12, 100_000: 5, 1_000_000: 3}
"""Pairs of those that warm up by themselves. A reading of very many frames is a mean already."""
CASES = [Case(f"{size:,} frames", size, OWN_PAIRS.get(size)) for size in SIZES]
WARMED = 1_000
FIRST_VIDEO = 9200001
VIDEOS = {case.name: FIRST_VIDEO + at for at, case in enumerate(CASES)}
WARMING = next(case for case in CASES if case.size == WARMED)
FLAT, MEGABYTES = 1.2, 10.0
STEADY = frozenset(case.name for case in CASES if case.size >= 1_000)
SHORT = frozenset(case.name for case in CASES if case.size <= WARMED)

SCENARIO = """
models:
  - preset: detection
    session_token: streaming
    pace: 0
    stubs:
      - when: {}
        predict:
          - {class: person, box: [10, 20, 110, 220], confidence: 0.9}
          - {class: car, box: [200, 40, 420, 160], confidence: 0.8}
platform: {projects: [{datasets: [{videos: [VIDEOS]}]}]}
"""


def scenario() -> str:
    """A model that takes no time and sees the same in every frame, and a video for each case."""
    videos = ", ".join(f"{{video_id: {VIDEOS[case.name]}, frames: {case.size:.0f}}}" for case in CASES)
    return SCENARIO.replace("VIDEOS", videos)


def reading(case: Case, told: dict[str, Any]) -> Reading:
    """Microseconds of a frame, and megabytes by which client and server grew beyond what they had when warm."""
    per_frame = {"cpu_us": told["cpu"], "server_cpu_us": told["server_cpu"]}
    more = {"whole_s": told["seconds"], **{name: 1e6 * spent / case.size for name, spent in per_frame.items()}}
    if "most" in told:
        grown = (most - before for most, before in zip(told["most"], told["before"], strict=True))
        more |= {f"{who}_grown_mb": by / 1e6 for who, by in zip(("client", "server"), grown, strict=True)}
    return Reading(1e6 * told["seconds"] / case.size, more)


class Pair(NamedTuple):
    """A fake and a client."""

    fake: Program
    caller: Program
    watched: dict[str, Any]

    def streamed(self, case: Case) -> Reading:
        """One job, to its end."""
        used = self.fake.processor_seconds
        told = self.caller.ask(video=VIDEOS[case.name], frames=int(case.size), **self.watched)
        return reading(case, {**told, "server_cpu": self.fake.processor_seconds - used})


@contextmanager
def _warmed(place: Place, script: str, watching: bool) -> Iterator[Pair]:
    file = place.folder / "streaming.yaml"
    file.write_text(scenario(), "utf-8")
    with (
        server(place, sys.executable, "fake.py", str(file)) as fake,
        client(place, sys.executable, "asked.py", script, f"{fake.ready['url']}/net/streaming") as caller,
    ):
        pair = Pair(fake, caller, {"watched": [fake.ready["process"]]} if watching else {})
        for _ in range(2):
            pair.streamed(WARMING)
        yield pair


def reading_with(begin: Callable[[], AbstractContextManager[Pair]], stack: ExitStack) -> Measure:
    """Processes of its own for a long job: what another has made them take would hide what this one takes.

    Jobs that are no longer than those that warm up have a pair together.
    """
    kept: list[Pair] = []

    def measure(case: Case) -> Reading:
        if case.size > WARMED:
            with begin() as pair:
                return pair.streamed(case)
        if not kept:
            kept.append(stack.enter_context(begin()))
        return kept[0].streamed(case)

    return measure


@contextmanager
def _measuring(place: Place, script: str, watching: bool) -> Iterator[Measure]:
    with ExitStack() as stack:
        yield reading_with(lambda: _warmed(place, script, watching), stack)


@contextmanager
def _ours(place: Place) -> Iterator[Measure]:
    with _measuring(place, "stream.py", watching=True) as measure:
        yield measure


@contextmanager
def _plain(place: Place) -> Iterator[Measure]:
    with _measuring(place, "stream_plain.py", watching=False) as measure:
        yield measure


WORKLOAD = Workload(
    4,
    "streaming",
    "Frames of a video job, streamed",
    "us",
    more_is_better=False,
    cases=CASES,
    entries=[
        Entry("modeldouble", Role.OURS, _ours),
        Entry("pops without a pause", Role.LIMIT, _plain, SHORT),
    ],
    targets=[
        Target("the client grows by at most 10 MB", None, at_most=MEGABYTES, measure="client_grown_mb"),
        Target("the server grows by at most 10 MB", None, at_most=MEGABYTES, measure="server_grown_mb"),
    ],
    growths=[Growth("the time of a frame is flat within 20 % from 1,000 frames on", ratio=FLAT, cases=STEADY)],
    axis="frames",
    bound="The time of a frame is read few times, as a million take long: of three runs it was flat within 15, 25 and"
    " 42 %, each within the noise of its run. Neither side does more for a later frame.",
    notes=[
        "A fake whose model takes no time, and our client, each in a process of its own on a core of its own, warmed by"
        " two jobs of 1,000 frames, and new for each reading of more frames than that.",
        "With 10 frames it is the start, the pop and the clear of a job that is seen: the same for any number.",
        "client_grown_mb and server_grown_mb: the most resident memory that was seen at 20 moments of the job, less"
        " what it was just before. server_cpu_us: time of the server's processor, which is counted in steps of 10 ms"
        " and so says nothing of jobs of 1,000 frames and less.",
    ],
)  # fmt: skip
