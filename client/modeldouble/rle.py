"""COCO's compressed run lengths of a mask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


def rle_of(mask: NDArray[np.bool_]) -> dict[str, Any]:
    """Return a boolean array, rows x columns, as `{"size": [height, width], "counts": TEXT}`."""
    import numpy

    flat = mask.ravel(order="F")
    changes = numpy.flatnonzero(flat[1:] != flat[:-1]) + 1
    edges = numpy.concatenate(([0], changes, [flat.size]))
    runs = [int(run) for run in numpy.diff(edges)]
    # The first run is of what is not set, even if there is none.
    counts = [0, *runs] if flat.size and flat[0] else runs
    return {"size": [int(mask.shape[0]), int(mask.shape[1])], "counts": _packed(counts)}


def _packed(counts: Sequence[int]) -> str:
    # As cocodataset/cocoapi writes it (common/maskApi.c, rleToString): from the fourth run on, the difference to the
    # run before the last; then groups of five bits, lowest first, with a sixth that says "more follows", from "0" on.
    text: list[str] = []
    for index, count in enumerate(counts):
        left = count - counts[index - 2] if index > 2 else count
        more = True
        while more:
            bits = left & 0x1F
            left >>= 5
            more = left != (-1 if bits & 0x10 else 0)
            text.append(chr((bits | 0x20 if more else bits) + 48))
    return "".join(text)
