"""Masks as a test says them: an array, nested lists, or COCO's run lengths."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..scene import Mask, Point
from .conditions import refused

_REMEDY = 'give 0 and 1, or bool, height x width, or COCO\'s RLE, {"size": [height, width], "counts": ...}'
_MOST_PIXELS = 100_000_000
_DIGITS = bytes([48, 49, *range(2, 256)])


def read_mask(value: Any, origin: Point) -> Mask:
    """The mask cut to what is in it; its left top pixel, before that, is at `origin` (x, y)."""
    rows = _of_runs(value) if isinstance(value, Mapping) else _of_rows(value)
    inked = [at for at, row in enumerate(rows) if 1 in row]
    if not inked:
        raise ValueError("mask has no pixel; leave the object out")
    top, bottom = inked[0], inked[-1]
    left = min(rows[at].index(1) for at in inked)
    right = max(rows[at].rindex(1) for at in inked)
    bits = b"".join([_packed(row[left : right + 1]) for row in rows[top : bottom + 1]])
    x, y = origin
    return Mask((x + left, y + top, x + right, y + bottom), bits)


def _packed(row: bytes) -> bytes:
    """A byte a pixel to a bit a pixel, the leftmost in the highest."""
    padded = row + bytes(-len(row) % 8)
    return int(padded.translate(_DIGITS), 2).to_bytes(len(padded) // 8, "big")


def _of_rows(value: Any) -> list[bytes]:
    plain = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(plain, (str, bytes)) or not isinstance(plain, Sequence) or not len(plain):
        raise refused("mask", value, _REMEDY, TypeError)
    try:
        rows = [bytes(row) for row in plain if not isinstance(row, (int, str))]
    except (TypeError, ValueError) as error:
        raise refused("mask", value, _REMEDY) from error
    if len(rows) != len(plain) or len({len(row) for row in rows}) != 1 or any(max(row, default=2) > 1 for row in rows):
        raise refused("mask", value, _REMEDY)
    return rows


def _of_runs(value: Mapping[str, Any]) -> list[bytes]:
    """Decoded with Pillow, which is loaded only for this."""
    from ..bring.masks import from_counts

    size, counts = value.get("size"), value.get("counts")
    counts = counts.decode("ascii", "replace") if isinstance(counts, bytes) else counts
    whole = all(isinstance(one, int) and one > 0 for one in size) if isinstance(size, Sequence) else False
    if size is None or not whole or len(size) != 2 or size[0] * size[1] > _MOST_PIXELS:
        raise refused("mask['size']", size, f"give [height, width], of at most {_MOST_PIXELS:,} pixels")
    if not isinstance(counts, str) and not (
        isinstance(counts, Sequence) and all(isinstance(run, int) for run in counts)
    ):
        raise refused("mask['counts']", counts, "give COCO's run lengths, as a list or packed", TypeError)
    try:
        flat = from_counts(counts, size[0], size[1]).tobytes()
    except ValueError as error:
        raise ValueError(f"mask: {error}; {_REMEDY}") from error
    return [flat[at : at + size[1]].replace(b"\xff", b"\x01") for at in range(0, len(flat), size[1])]
