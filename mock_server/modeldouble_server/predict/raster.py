"""Polygons as masks, in whole numbers: no release of a drawing library can change a bit."""

from collections.abc import Iterator, Sequence

from ..scene import Box, Mask, Point

Rows = list[int]
"""A window's rows from top to bottom; in each, the leftmost pixel is the highest of as many bits as it is wide."""


def filled(exterior: Sequence[Point], holes: Sequence[Sequence[Point]] = ()) -> Mask | None:
    """The pixels in and on a polygon without those in and on its holes; None if there are none.

    Corners are [x, y] of pixels and belong to it, so that a rectangle's four corners give exactly its inclusive
    pixels. Lines that cross each other enclose what an odd number of them surrounds. The corners' span is what it
    costs: whoever takes them from a caller cuts them to the picture first.
    """
    if not exterior:
        return None
    across, down = [x for x, _ in exterior], [y for _, y in exterior]
    window = min(across), min(down), max(across), max(down)
    rows = covered(exterior, window)
    for hole in holes:
        rows = [row & ~gone for row, gone in zip(rows, covered(hole, window), strict=True)]
    return packed(rows, window)


def covered(corners: Sequence[Point], window: Box) -> Rows:
    """The pixels of a window in and on a polygon, which may reach beyond it."""
    left, top, right, bottom = window
    width = right - left + 1
    rows = [0] * (bottom - top + 1)
    crossings: list[list[tuple[int, int]]] = [[] for _ in rows]
    for start, end in zip(corners, (*corners[1:], *corners[:1]), strict=True):
        one, other = sorted(((start[0] - left, start[1] - top), (end[0] - left, end[1] - top)), key=lambda at: at[1])
        for y, first, last in _line(one, other, len(rows)):
            rows[y] |= _span(first, last, width)
        _cross(one, other, crossings)
    for y, met in enumerate(crossings):
        met.sort()
        for (_, first), (last, _) in zip(met[::2], met[1::2], strict=True):
            rows[y] |= _span(first, last, width)
    return rows


def packed(rows: Rows, window: Box) -> Mask | None:
    """A mask of what is set in a window's rows, cut to its tight box; None if nothing is."""
    _, top, right, _ = window
    seen = 0
    for row in rows:
        seen |= row
    if not seen:
        return None
    first = next(at for at, row in enumerate(rows) if row)
    last = len(rows) - next(at for at, row in enumerate(reversed(rows)) if row)
    below = (seen & -seen).bit_length() - 1
    width = seen.bit_length() - below
    box = right + 1 - seen.bit_length(), top + first, right - below, top + last - 1
    size = (width + 7) // 8
    padding = size * 8 - width
    return Mask(box, b"".join((row >> below << padding).to_bytes(size, "big") for row in rows[first:last]))


def _span(first: int, last: int, width: int) -> int:
    first, last = max(first, 0), min(last, width - 1)
    return ((1 << (last - first + 1)) - 1) << (width - 1 - last) if first <= last else 0


def _cross(one: Point, other: Point, crossings: list[list[tuple[int, int]]]) -> None:
    """Note for each row where an edge crosses it, rounded down and up: all that order and filling depend on."""
    (x, y), rise, run = one, other[1] - one[1], other[0] - one[0]
    for at in range(max(y, 0), min(other[1], len(crossings))):
        whole, rest = divmod(run * (at - y), rise)
        crossings[at].append((x + whole, x + whole + (rest > 0)))


def _line(one: Point, other: Point, height: int) -> Iterator[tuple[int, int, int]]:
    """row, first and last pixel of a line down from one pixel to another, both included, without a gap."""
    (x, y), rise, run = one, other[1] - one[1], other[0] - one[0]
    first, last = max(y, 0), min(other[1], height - 1)
    if abs(run) <= rise:
        for at in range(first, last + 1):
            # A line may be one pixel long.
            middle = x + (2 * run * (at - y) + rise) // (2 * rise) if rise else x
            yield at, middle, middle
        return
    way, length = (1, run) if run > 0 else (-1, -run)
    for at in range(first, last + 1):
        # The pixels whose distance along the line, times the slope, rounds to this row.
        begins = max(0, -((length - 2 * length * (at - y)) // (2 * rise)) if rise else 0)
        ends = min(length, (2 * length * (at - y) + length - 1) // (2 * rise) if rise else length)
        sides = x + way * begins, x + way * ends
        yield at, min(sides), max(sides)
