"""One call against many stubs, and what the journal of calls costs."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from modeldouble_contract.bench.load.row import Row
from modeldouble_contract.bench.load.serving import BARE, OURS, Subject, entry, ours, own_jobs, shared_by
from modeldouble_contract.bench.load.wire import Request, form_request
from modeldouble_contract.bench.workload import Case, Growth, Role, Target, Workload

from .inference_image import picture

ROUTE = "inference_image"
COUNTS = (10, 100, 1_000, 10_000)
CASES = [Case(f"{count:,} stubs", count) for count in COUNTS]
_BYTES = 4_000
_ASKED = 1_000
"""Different names that are asked for at most; they are spread over all stubs."""


def _requests(prefix: str, case: Case, _ids: Sequence[str]) -> list[Request]:
    count, small = int(case.size), picture(_BYTES)
    names = range(0, count, max(1, count // _ASKED))
    # The picture is always the same: it is the looking for a stub that is measured.
    return [form_request(f"{prefix}/{ROUTE}", f"{at}.jpg", small)._replace(mark=None) for at in names]


def _is_of_a_stub(_case: Case, answer: Any) -> bool:
    return len(answer["annotation"]["objects"]) == 1


ROW = Row(
    route=lambda _case: ROUTE,
    requests=_requests,
    options=lambda case: {"names": int(case.size)},
    check=_is_of_a_stub,
    form=True,
)
SHARED = shared_by(ROW)
FORGETFUL = Subject(partial(ours, limits={"journal_entries": 0}), own_jobs)
BARE_NAME, WITHOUT = "bare aiohttp", "modeldouble, journal of no entries"
WORKLOAD = Workload(
    11,
    "matching",
    "inference_image against many stubs",
    "requests/s",
    more_is_better=True,
    cases=CASES,
    entries=[
        entry("modeldouble", Role.OURS, OURS, SHARED, CASES),
        entry(BARE_NAME, Role.LIMIT, BARE, SHARED, CASES),
        entry(WITHOUT, Role.PEER, FORGETFUL, SHARED, CASES),
    ],
    targets=[Target("the journal costs at most 5 % of the requests per second", WITHOUT, at_least=0.95)],
    growths=[Growth("10,000 stubs take at most twice the time of 10", ratio=2.0)],
    axis="stubs",
    bound="By its processor time alone an entry of the journal costs 3.5 us, one of 10,000 names in turn 6 us, of some"
    " 250 us that a request takes: 1.4 to 2.4 %. What is read beyond that is the noise of the machine.",
    notes=[
        f"Each stub is for one file name; the calls, uploads of a JPEG of {_BYTES // 1000} KB on 16 connections, are"
        " for names of all of them in turn, and every call is answered by a stub.",
        "The bare handler reads and hashes the form and answers the bytes of one such answer: what matching costs is"
        " what is left.",
    ],
)
