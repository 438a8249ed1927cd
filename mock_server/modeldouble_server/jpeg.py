"""JPEGs that surely decode, by their segments alone: what a decoder could object to stands before the first pixel.

A baseline picture of one scan that is followed by the end marker is drawn to its end whatever is in between: where its
data are wrong or too few, the decoder, libjpeg, warns and goes on. So they need not be decoded to know that it is whole
as a decoder understands it. Of everything else, None is said here, and a decoder has to be asked.
"""

import re
import struct
from collections.abc import Callable
from typing import NamedTuple

_START, _END = b"\xff\xd8", b"\xff\xd9"
_BASELINE, _HUFFMAN, _QUANTA, _INTERVAL, _SCAN = 0xC0, 0xC4, 0xDB, 0xDD, 0xDA
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends the data of a scan: not an escaped byte, a restart or a fill byte."""
_COMMENT, _FIRST_APP, _LAST_APP = 0xFE, 0xE0, 0xEF
_MOST_SEGMENTS = 64
"""Of a camera's picture, there are about twenty; the event loop has no time for thousands."""
_MOST_SIDE = 65_500
_FIRST = ((1, 1), (2, 1), (1, 2), (2, 2))
_SAMPLINGS = frozenset((first, *others) for first in _FIRST for others in ((), ((1, 1), (1, 1))))
"""How much finer each component is than the coarsest, across and down, as encoders have it."""
_WHOLE_SPECTRUM = b"\x00\x3f\x00"
_APPS = {0xE0: (b"JFIF\x00", 14), 0xEE: (b"Adobe", 12)}
"""What says nothing of a picture's size or turn, by marker: how it begins, and its least length."""


class Head(NamedTuple):
    """Width and height in pixels as stored; whether there are segments that a reader of metadata has to see."""

    width: int
    height: int
    is_bare: bool


Numbers = Callable[[bytes], frozenset[int] | None]


class _Tables:
    """What the segments before the scan defined."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        self.quanta: set[int] = set()
        self.huffman: set[int] = set()
        self.frame: bytes | None = None
        self.is_bare = True


def huffman_numbers(body: bytes) -> frozenset[int] | None:
    """Which Huffman tables a segment defines, None if a decoder might object; many write the standard's own."""
    at, known = 0, set[int]()
    while at + 17 <= len(body):
        number, counts = body[at], body[at + 1 : at + 17]
        values = body[at + 17 : at + 17 + sum(counts)]
        at += 17 + sum(counts)
        if number & 0xEF > 3 or not _is_code(counts) or (number < 16 and values and max(values) > 15):
            return None
        known.add(number)
    return frozenset(known) if at == len(body) else None


def sure_head(content: bytes, numbers: Numbers = huffman_numbers) -> Head | None:
    """The head of a JPEG that a decoder draws to its end, or None if only a decoder can tell.

    `numbers` stands for `huffman_numbers`, for whoever remembers what it says.
    """
    if not content.startswith(_START) or not content.endswith(_END):
        return None
    tables, at = _Tables(numbers), len(_START)
    for _ in range(_MOST_SEGMENTS):
        if at + 4 > len(content) or content[at] != 0xFF:
            return None
        kind, (length,) = content[at + 1], struct.unpack_from(">H", content, at + 2)
        body, at = content[at + 4 : at + 2 + length], at + 2 + length
        if length < 2 or at + len(_END) > len(content):
            return None
        if kind == _SCAN:
            return _head(tables, body) if _ends(content, at) else None
        if not _take(tables, kind, body):
            return None
    return None


def _ends(content: bytes, at: int) -> bool:
    """Nothing but the end marker stands behind the data: a second scan, or table, would be read as well."""
    found = _MARKER.search(content, at)
    return found is not None and found.end() == len(content)


def _take(tables: _Tables, kind: int, body: bytes) -> bool:
    """Note what a segment defines; False if a decoder might object to it."""
    if kind == _HUFFMAN:
        numbers = tables.numbers(body)
        tables.huffman |= numbers or set()
        return numbers is not None
    if kind == _QUANTA:
        return _take_quanta(tables.quanta, body)
    if kind == _BASELINE and tables.frame is None:
        tables.frame = body
        return True
    if kind == _INTERVAL:
        return len(body) == 2
    if _FIRST_APP <= kind <= _LAST_APP:
        begin, least = _APPS.get(kind, (b"", 1 << 16))
        tables.is_bare &= body.startswith(begin) and len(body) >= least
        return True
    return kind == _COMMENT


def _take_quanta(known: set[int], body: bytes) -> bool:
    at = 0
    while at < len(body):
        wide, number = divmod(body[at], 16)
        at += 1 + 64 * (1 + wide)
        if wide > 1 or number > 3:
            return False
        known.add(number)
    return at == len(body)


def _is_code(counts: bytes) -> bool:
    """Whether there are codes of 1, 2, ... bits in these numbers: none may be left with the rest of another."""
    free = 1
    for count in counts:
        free = 2 * free - count
        if free < 0:
            return False
    return 0 < sum(counts) <= 256


def _head(tables: _Tables, scan: bytes) -> Head | None:
    frame = tables.frame
    if frame is None or len(frame) < 6:
        return None
    bits, height, width, count = struct.unpack_from(">BHHB", frame)
    parts = [frame[at : at + 3] for at in range(6, len(frame), 3)]
    if bits != 8 or len(frame) != 6 + 3 * count or not (0 < width <= _MOST_SIDE and 0 < height <= _MOST_SIDE):
        return None
    drawn = tuple(divmod(part[1], 16) for part in parts) in _SAMPLINGS and len({part[0] for part in parts}) == count
    if not drawn or any(part[2] not in tables.quanta for part in parts):
        return None
    return Head(width, height, tables.is_bare) if _is_of_all(scan, parts, tables.huffman) else None


def _is_of_all(scan: bytes, parts: list[bytes], huffman: set[int]) -> bool:
    """The scan has all components, in their order, and its tables are there."""
    if len(scan) != 4 + 2 * len(parts) or scan[0] != len(parts) or scan[-3:] != _WHOLE_SPECTRUM:
        return False
    for at, part in enumerate(parts):
        name, (direct, other) = scan[1 + 2 * at], divmod(scan[2 + 2 * at], 16)
        if name != part[0] or direct not in huffman or other | 16 not in huffman:
            return False
    return True
