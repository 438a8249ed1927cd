"""Bit masks: areas, what two of them share, and cuts, with whole rows as numbers instead of pixel by pixel.

A row is a number whose highest bit is its leftmost pixel, so that a row of thousands of pixels is one operation.
"""

from collections.abc import Sequence

from ..scene import Box, Mask


def area(mask: Mask) -> int:
    """Pixels of the object."""
    return int.from_bytes(mask.bits, "big").bit_count()


def rows(mask: Mask, region: Box | None = None) -> list[int]:
    """The rows of a mask, or of the part of it in a region that lies inside the mask's box."""
    left, top, right, _ = mask.box
    from_x, from_y, to_x, to_y = region or mask.box
    bytes_a_row = (right - left + 8) // 8
    beyond = bytes_a_row * 8 - (to_x - left + 1)
    kept = (1 << (to_x - from_x + 1)) - 1
    starts = range((from_y - top) * bytes_a_row, (to_y - top + 1) * bytes_a_row, bytes_a_row)
    return [int.from_bytes(mask.bits[at : at + bytes_a_row], "big") >> beyond & kept for at in starts]


def from_rows(lines: Sequence[int], left: int, top: int, width: int) -> Mask | None:
    """The mask of rows of `width` pixels whose first pixel is at `left`, `top`; None if no pixel is set."""
    seen = [at for at, line in enumerate(lines) if line]
    if not seen:
        return None
    every = 0
    for line in lines:
        every |= line
    spare = (every & -every).bit_length() - 1
    wide = every.bit_length() - spare
    bytes_a_row = (wide + 7) // 8
    shift = bytes_a_row * 8 - wide
    bits = b"".join(
        (line >> spare << shift).to_bytes(bytes_a_row, "big") for line in lines[seen[0] : seen[-1] + 1]
    )  # fmt: skip
    first = left + width - every.bit_length()
    return Mask((first, top + seen[0], first + wide - 1, top + seen[-1]), bits)


def filled(box: Box) -> Mask:
    """The mask of every pixel of a box."""
    left, top, right, bottom = box
    width = right - left + 1
    bytes_a_row = (width + 7) // 8
    return Mask(box, ((1 << width) - 1 << bytes_a_row * 8 - width).to_bytes(bytes_a_row, "big") * (bottom - top + 1))


def cropped(mask: Mask, region: Box) -> Mask | None:
    """What of a mask lies in a region, in a box that is tight again; None if nothing does."""
    shared = common(mask.box, region)
    if shared is None or shared == mask.box:
        return None if shared is None else mask
    left, top, right, _ = shared
    return from_rows(rows(mask, shared), left, top, right - left + 1)


def intersection(one: Mask, other: Mask) -> int:
    """Pixels that two masks share."""
    shared = common(one.box, other.box)
    if shared is None:
        return 0
    pairs = zip(rows(one, shared), rows(other, shared), strict=True)
    return sum((mine & yours).bit_count() for mine, yours in pairs)


def union(one: Mask, other: Mask) -> int:
    """Pixels that are in one of two masks or in both."""
    return area(one) + area(other) - intersection(one, other)


def common(one: Box, other: Box) -> Box | None:
    """The box that two boxes share; None if they are apart."""
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[2], other[2]), min(one[3], other[3])
    return (left, top, right, bottom) if left <= right and top <= bottom else None
