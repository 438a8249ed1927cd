"""A picture that is uploaded, and an answer of twenty objects."""

import hashlib
import io
import struct
from collections.abc import Sequence
from functools import cache, partial
from math import sqrt
from typing import Any

from modeldouble_contract.bench.load.peers import OFFICIAL_APP
from modeldouble_contract.bench.load.row import Row
from modeldouble_contract.bench.load.serving import BARE, OURS, Subject, entry, ours, own_jobs, shared_by
from modeldouble_contract.bench.load.wire import MARK, Request, form_request
from modeldouble_contract.bench.workload import Case, Role, Target, Workload

ROUTE = "inference_image"
OBJECTS = 20
NEW, AGAIN = "new pictures", "the same picture"
SIZES = {"100 KB": 100_000, "1 MB": 1_000_000, "10 MB": 10_000_000}
_LONGER = {10_000_000: 2.0}
"""Of these some fifty are answered in a second."""
CASES = [
    Case(f"{name}{more}", size, curve=curve, longer=_LONGER.get(size, 1.0))
    for curve, more in ((NEW, ""), (AGAIN, ", the same again")) for name, size in SIZES.items()
]  # fmt: skip
NEW_ONES = [case for case in CASES if case.curve == NEW]
_PROBE = 256
"""Pixels of the side of a picture by which it is known how many bytes a pixel takes."""
_COMMENT = b"\xff\xfe"


@cache
def picture(size: int) -> bytes:
    """A JPEG of noise of about so many bytes; its comment holds MARK."""
    side = int(_PROBE * sqrt(size / len(_noise(_PROBE))))
    start, rest = (found := _noise(side))[:2], found[2:]
    return b"".join((start, _COMMENT, struct.pack(">H", 2 + len(MARK)), MARK, rest))


def _noise(side: int) -> bytes:
    from PIL import Image

    pixels = hashlib.shake_128(b"noise").digest(side * side * 3)
    file = io.BytesIO()
    Image.frombytes("RGB", (side, side), pixels).save(file, "JPEG", quality=90)
    return file.getvalue()


def _requests(prefix: str, case: Case, _ids: Sequence[str]) -> list[Request]:
    made = form_request(f"{prefix}/{ROUTE}", "picture.jpg", picture(int(case.size)))
    return [made if case.curve == NEW else made._replace(mark=None)]


def _is_whole(_case: Case, answer: Any) -> bool:
    return len(answer["annotation"]["objects"]) == OBJECTS


ROW = Row(
    route=lambda _case: ROUTE,
    requests=_requests,
    options=lambda _case: {"objects": OBJECTS},
    check=_is_whole,
    connections=lambda _case: 4,
    form=True,
    sample=lambda case: case.size,
)
SHARED = shared_by(ROW)
SYNTHETIC = Subject(partial(ours, objects=0), own_jobs, same=False)
BARE_NAME, APP = "bare aiohttp", "supervisely app"
WORKLOAD = Workload(
    2,
    "inference-image",
    "inference_image, an upload and an answer of 20 objects",
    "requests/s",
    more_is_better=True,
    cases=CASES,
    entries=[
        entry("modeldouble", Role.OURS, OURS, SHARED, CASES),
        entry(BARE_NAME, Role.LIMIT, BARE, SHARED, CASES),
        entry("modeldouble, synthetic", Role.PEER, SYNTHETIC, SHARED, NEW_ONES),
        entry(APP, Role.PEER, OFFICIAL_APP, SHARED, NEW_ONES),
    ],
    targets=[
        Target("at least 0.9 of the requests per second of a bare handler", BARE_NAME, at_least=0.9),
        Target(
            "at least 5 times those of the official app", APP, at_least=5, cases=frozenset(one.name for one in NEW_ONES)
        ),
    ],
    axis="bytes of the picture",
    bound="A picture that nobody has seen before is put together, and looked through for the end of its data, which the"
    " bare handler does not do: of 10 MB, that is some 5 of 21 ms. One that was seen before costs neither.",
    notes=[
        "JPEGs of noise, on 4 connections. Each has a comment with a number of its own, so that nobody has seen it"
        f" before, except in the cases of {AGAIN}.",
        "Ours has a model with one stub that answers every picture with the same 20 objects; the bare handler reads the"
        " form with aiohttp's reader, takes each part's sha256 and answers the very same bytes. Beside it, ours without"
        " a stub, which makes up objects for each picture; and the official app with a model that sees nothing.",
    ],
)
