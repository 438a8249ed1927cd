"""Which requests are measured, in which order, and what came of it."""

import io
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..refusal import CannotServe
from ..scenario.generated import picture

Ask = Callable[[Sequence[bytes]], float]
"""Pictures to the seconds until they are answered."""
Make = Callable[["Cell", int], list[bytes]]
LEAST_ROUNDS = 6
MOST_CELLS = 64
MOST_MEGAPIXELS = 100


class OutOfTime(CannotServe):
    """The deadline came before an answer."""


class Cell(NamedTuple):
    """A kind of request: pictures of `width` x `height` pixels, `batch` of them at a time."""

    width: int
    height: int
    batch: int

    @property
    def pixels(self) -> list[int]:
        """Of each picture."""
        return [self.width * self.height] * self.batch


class Measured(NamedTuple):
    """Seconds. `first` is the very first call, of the first cell; `rounds` have one call of each cell, in its order."""

    cells: Sequence[Cell]
    first: float
    rounds: Sequence[Sequence[float]]

    def of(self, held_out: bool) -> list[list[float]]:
        """The seconds of each cell: of every third round, which is held out, or of the others."""
        kept = [one for at, one in enumerate(self.rounds) if (at % 3 == 2) == held_out]
        return [list(one) for one in zip(*kept, strict=True)]


def cells(sizes: Sequence[tuple[int, int]], batches: Sequence[int]) -> list[Cell]:
    """Each size with each batch size; too many or too large ones are a CannotServe."""
    found = [Cell(*size, batch) for size in dict.fromkeys(sizes) for batch in dict.fromkeys(batches)]
    if not 0 < len(found) <= MOST_CELLS:
        raise CannotServe(f"--sizes and --batch-sizes make {len(found)} kinds of requests; give 1 to {MOST_CELLS}")
    for one in found:
        if min(one) < 1 or sum(one.pixels) > MOST_MEGAPIXELS * 1_000_000:
            told = f"{one.batch} pictures of {one.width}x{one.height}"
            raise CannotServe(f"a request of {told} has nothing in it, or over {MOST_MEGAPIXELS} megapixels; give less")
    return found


def measure(
    kinds: Sequence[Cell], requests: int, ask: Ask, step: Callable[[], object], make: Make | None = None
) -> Measured:
    """Ask once, then once of each kind to warm up, then `requests` rounds, or as many as there is time for.

    The time is over when `ask` raises OutOfTime. Kinds take turns, so that what slows the app down for a while is not
    taken for what a kind costs. `step` is called after each request. Fewer than six rounds are a CannotServe.
    """
    made = make or pictures
    first = ask(made(kinds[0], 0))
    step()
    rounds: list[list[float]] = []
    for number in range(requests + 1):
        times = []
        for one in kinds:
            try:
                times.append(ask(made(one, number + 1)))
            except OutOfTime:
                return _enough(kinds, first, rounds)
            step()
        if number:
            rounds.append(times)
    return _enough(kinds, first, rounds)


def pictures(cell: Cell, number: int) -> list[bytes]:
    """JPEGs of one request, which no other request has."""
    from PIL import Image

    found = []
    for at in range(cell.batch):
        buffer, drawn = io.BytesIO(), picture((cell.width, cell.height), "profile", number, at)
        Image.open(io.BytesIO(drawn)).convert("RGB").save(buffer, "JPEG", quality=90)
        found.append(buffer.getvalue())
    return found


def _enough(kinds: Sequence[Cell], first: float, rounds: Sequence[Sequence[float]]) -> Measured:
    if len(rounds) < LEAST_ROUNDS:
        raise CannotServe(
            f"only {len(rounds)} of each kind of request were answered in time, and a profile needs {LEAST_ROUNDS};"
            " name a longer --deadline, fewer --sizes or fewer --batch-sizes"
        )
    return Measured(kinds, first, rounds)
