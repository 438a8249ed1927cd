"""What clients ask of a job again and again, among few and many jobs: how far it is, and what is there."""

from collections.abc import Sequence
from typing import Any

from modeldouble_contract.bench.load.row import Row
from modeldouble_contract.bench.load.serving import BARE, OURS, entry, shared_by
from modeldouble_contract.bench.load.wire import Request, json_request
from modeldouble_contract.bench.workload import Case, Growth, Role, Target, Workload

PROGRESS, EMPTY = "get_inference_progress", "empty pop"
STUB, SYNTHETIC = "pop of 100 frames, a stub", "pop of 100 frames, synthetic"
POP = "pop_inference_results"
JOBS = (1, 1_000, 100_000)
POPPED = 100
_LONG = 1e7
"""Seconds a frame: nothing of these jobs will ever be there."""
_VIDEO, _LONG_VIDEO = 10, 100_000_000
CASES = [
    *(
        Case(f"{kind}, {count:,} job{'s' * (count > 1)}", count, curve=kind)
        for kind in (PROGRESS, EMPTY) for count in JOBS
    ),
    Case(STUB, 1),
    Case(SYNTHETIC, 1),
]  # fmt: skip
POLLS = [case for case in CASES if case.curve]


def _route(case: Case) -> str:
    return PROGRESS if case.curve == PROGRESS else POP


def _requests(prefix: str, case: Case, ids: Sequence[str]) -> list[Request]:
    path = f"{prefix}/{_route(case)}"
    states = [{"settings": {}, "inference_request_uuid": one} for one in ids]
    return [json_request(path, {"state": state, "context": {}, "api_token": ""}) for state in states]


def _options(case: Case) -> dict[str, Any]:
    if case.curve:
        return {"pace": _LONG, "frames": _VIDEO}
    popped = {"pace": 0.0, "frames": _LONG_VIDEO, "limits": {"pop": POPPED}}
    return {**popped, "objects": 1} if case.name == STUB else popped


def _is_running(case: Case, answer: Any) -> bool:
    pending = answer["pending_results"]
    if not case.curve:
        return len(pending) == POPPED
    return answer["is_inferring"] is True and pending == (0 if case.curve == PROGRESS else [])


ROW = Row(
    route=_route,
    requests=_requests,
    options=_options,
    check=_is_running,
    jobs=lambda case: int(case.size),
    # Another job over the same video would be told frames that ours remembers; what stubs say it does not.
    uses_up=lambda case: case.name == STUB,
    same=False,
)
SHARED = shared_by(ROW)
BARE_NAME = "bare aiohttp"
WORKLOAD = Workload(
    3,
    "polls",
    "Progress and results of jobs, among many",
    "requests/s",
    more_is_better=True,
    cases=CASES,
    entries=[
        entry("modeldouble", Role.OURS, OURS, SHARED, CASES),
        entry(BARE_NAME, Role.LIMIT, BARE, SHARED, CASES),
    ],
    targets=[
        Target(
            "polls: at least 0.8 of the requests per second of a bare handler", BARE_NAME, at_least=0.8,
            cases=frozenset(one.name for one in POLLS),
        ),
        *(
            Target(f"a {name}: at least 0.5 of a bare handler", BARE_NAME, at_least=0.5, cases=frozenset([name]))
            for name in (STUB, SYNTHETIC)
        ),
    ],
    growths=[
        Growth(f"{kind}: as fast among 100,000 jobs as beside none, within 20 %", ratio=1.2,
               cases=frozenset(one.name for one in POLLS if one.curve == kind))
        for kind in (PROGRESS, EMPTY)
    ],
    axis="live jobs",
    bound="The bare handler parses a question and answers bytes that it has, in some 52 us. Ours takes 32 us more: each"
    " poll goes through the layers that every request passes (limits of connection and body, faults, journal, metrics),"
    " its job is looked up, and what its clock has brought about is worked out. By itself: the answer's text 2.6 us,"
    " the journal 2.1, the response 2, the job's state 1.6, its record 1, the store 0.35; the collector of garbage is"
    " 0.3 and not it. For the rest a sampling profiler names the entrance (9 % of the whole) and the writing of head"
    " and body (7 %); no other call of ours takes more than 2.5 %. A pop of 100 frames"
    " makes them when they are asked for, as a job of a million frames is one record, where the bare handler makes"
    " none: 8 ms for 500 synthetic boxes, 0.3 ms where a stub says the same of each.",
    notes=[
        "16 connections poll jobs of a video that take for ever, in turn: all of them, or a thousand that are spread"
        " over all. The bare handler parses the question and answers bytes that ours has answered.",
        f"A pop of {POPPED} frames takes the next {POPPED} frames from one job over a video of {_LONG_VIDEO:,} frames;"
        " the bare handler answers those of the first pop again and again. A stub says the same one object of each"
        " frame; the synthetic model makes up the objects of each frame.",
    ],
)  # fmt: skip
