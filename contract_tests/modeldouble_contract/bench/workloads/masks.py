"""Masks in and out of the text that they are on the wire."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from modeldouble_contract.bench.program import running
from modeldouble_contract.bench.shared import SUBJECTS, Shared, client
from modeldouble_contract.bench.workload import Case, Entry, Measure, Missing, Place, Reading, Role, Target, Workload

COUNT, WIDTH, HEIGHT = 100, 1920, 1080
CALLS = ("encode", "decode")


class Files(NamedTuple):
    """A folder with masks and their texts, and how many pixels are set in all."""

    folder: Path
    area: int


@contextmanager
def _written(place: Place) -> Iterator[Files]:
    line = [sys.executable, SUBJECTS / "mask_files.py", place.folder, COUNT, WIDTH, HEIGHT]
    with running([str(one) for one in line], place.folder) as program:
        yield Files(place.folder, program.ready["area"])


FILES = Shared(_written)


def _here(place: Place) -> str | Path:
    return sys.executable


def _official(place: Place) -> str | Path:
    return place.peers.python("supervisely")


@contextmanager
def _measuring(python: Callable[[Place], str | Path], script: str, place: Place) -> Iterator[Measure]:
    interpreter = python(place)
    with (
        FILES(place) as files,
        client(place, interpreter, "asked.py", script, str(files.folder), str(WIDTH)) as program,
    ):
        if "missing" in program.ready:
            raise Missing(f"{program.ready['missing']}: pip install 'modeldouble[draw]'")

        def measure(case: Case) -> Reading:
            told = program.ask(call=case.name)
            if told["area"] != files.area:
                raise RuntimeError(f"{case.name}: {told['area']} pixels are set, and not {files.area}")
            return Reading(1000 * told["seconds"] / COUNT, {"cpu_ms": 1000 * told["cpu"] / COUNT})

        yield measure


OFFICIAL = "supervisely Bitmap"
WORKLOAD = Workload(
    9,
    "masks",
    "A mask of 1920 x 1080 to text and back",
    "ms",
    more_is_better=False,
    cases=[Case(name, at + 1) for at, name in enumerate(CALLS)],
    entries=[
        Entry("modeldouble", Role.OURS, partial(_measuring, _here, "masks_ours.py")),
        Entry(OFFICIAL, Role.PEER, partial(_measuring, _official, "masks_official.py")),
    ],
    targets=[Target("a mask takes no longer than with the official SDK", OFFICIAL, at_most=1.0)],
    notes=[
        "100 masks that reach from edge to edge of the picture, so that there is nothing to crop; a reading is the mean"
        " of them, and the pixels that come out are counted.",
        "Ours is `Bitmap(mask).to_json()` and `Bitmap.from_json(...).data`, the official's the two functions inside,"
        " data_2_base64 and base64_2_data. Both decode the same texts.",
    ],
)
