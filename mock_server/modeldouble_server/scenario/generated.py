"""Pictures that are made and not shipped: a few areas of colour, the same bytes for the same key on every machine."""

import struct
import zlib

from ..predict.chance import Chance

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLORS = 16
_AREAS = 12
_STORED = 65535


def picture(size: tuple[int, int], *key: object) -> bytes:
    """A PNG of `size` (width, height): half a byte for each pixel, nothing of it compressed.

    Compressors pack differently from release to release, and a picture's predictions are keyed by its bytes.
    """
    width, height = size
    chance = Chance("picture", width, height, *key)
    palette = bytes(chance.whole(24, 231) for _ in range(3 * _COLORS))
    header = struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", _stored(_rows(width, height, chance))), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(*one) for one in parts)


def _rows(width: int, height: int, chance: Chance) -> bytes:
    """Rectangles over a ground; each row begins with the number of its filter: none."""
    lines = [bytearray(width + width % 2) for _ in range(height)]
    for number in range(_AREAS):
        left, right = sorted((chance.whole(0, width), chance.whole(0, width)))
        top, bottom = sorted((chance.whole(0, height), chance.whole(0, height)))
        for line in lines[top:bottom]:
            line[left:right] = bytes([number % _COLORS + 1]) * (right - left)
    return b"".join(b"\0" + _packed(line) for line in lines)


def _packed(line: bytearray) -> bytes:
    """Two pixels to a byte, the left one in the high half."""
    digits = line.translate(bytes(b"0123456789abcdef"[one % 16] for one in range(256)))
    return bytes.fromhex(digits.decode())


def _stored(rows: bytes) -> bytes:
    """A zlib stream of stored blocks."""
    blocks = [rows[at : at + _STORED] for at in range(0, len(rows), _STORED)]
    told = b"".join(
        struct.pack("<BHH", at == len(blocks) - 1, len(one), len(one) ^ 0xFFFF) + one for at, one in enumerate(blocks)
    )
    return b"\x78\x01" + told + struct.pack(">I", zlib.adler32(rows))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
