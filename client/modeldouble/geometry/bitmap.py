"""A mask: base64 of zlib of a PNG, cropped to what is set, with the place of its first pixel."""

from __future__ import annotations

import base64
import binascii
import io
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from modeldouble.errors import BadArgument, MissingExtra
from modeldouble.geometry.vector import Point, Rectangle, point_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A few bytes can unpack to gigabytes. A mask of 64 million pixels covers any photograph.
MOST_PIXELS = 1 << 26
_MOST_PNG = 1 << 26
_MOST_TEXT = 1 << 27


class Bitmap:
    """A mask. `data` is a boolean array, rows x columns, whose first pixel lies at `origin` in the image."""

    shape = "bitmap"

    __slots__ = ("_mask", "_text", "origin")

    def __init__(self, data: NDArray[np.bool_], origin: Point | None = None) -> None:
        """Crop `data` to what is set in it. Raises `BadArgument` when nothing is, or when it has not two dimensions."""
        mask = imported_numpy().asarray(data).astype(bool, copy=False)
        if mask.ndim != 2 or not mask.any():
            raise BadArgument("data", getattr(data, "shape", data), "a mask has two dimensions and a pixel that is set")
        rows, cols = mask.any(axis=1).nonzero()[0], mask.any(axis=0).nonzero()[0]
        start = origin or Point(0, 0)
        self.origin = Point(start.row + int(rows[0]), start.col + int(cols[0]))
        # A copy: the caller may go on with the array, and a picture of zeros would stay in memory with each mask.
        self._mask: NDArray[np.bool_] | None = mask[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1].copy()
        self._text: str | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Bitmap:
        """Make it from `{"bitmap": {"origin": [x, y], "data": TEXT}}`; the mask is decoded on first use."""
        bitmap = data.get("bitmap")
        if not isinstance(bitmap, Mapping) or not isinstance(bitmap.get("data"), str):
            raise BadArgument("bitmap", bitmap, 'a mask needs bitmap = {"origin": [x, y], "data": TEXT}')
        made = cls.__new__(cls)
        made.origin = point_of(bitmap.get("origin"), bitmap.get("origin"))
        made._mask, made._text = None, bitmap["data"]
        return made

    @property
    def data(self) -> NDArray[np.bool_]:
        """The mask, cropped. Raises `BadArgument` when its text is none, `MissingExtra` without numpy and Pillow."""
        if self._mask is None:
            self._mask = decode(self._text or "")
        return self._mask

    @property
    def area(self) -> int:
        """Pixels that are set."""
        return int(self.data.sum())

    def to_bbox(self) -> Rectangle:
        """Return the box around it."""
        height, width = self.data.shape
        top, left = round(self.origin.row), round(self.origin.col)
        return Rectangle(top, left, top + height - 1, left + width - 1)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON that `from_json` reads."""
        if self._text is None:
            self._text = encode(self.data)
        bitmap = {"origin": [self.origin.col, self.origin.row], "data": self._text}
        return {"bitmap": bitmap, "shape": "bitmap", "geometryType": "bitmap"}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Bitmap) or other.origin != self.origin:
            return False
        same_text = self._text is not None and self._text == other._text
        return same_text or bool(imported_numpy().array_equal(self.data, other.data))

    def __hash__(self) -> int:
        return hash(self.origin)

    def __repr__(self) -> str:
        return f"Bitmap(origin={tuple(self.origin)})"


def encode(mask: NDArray[np.bool_]) -> str:
    """Return a boolean array, rows x columns, as the text of a bitmap. Any size with a pixel; nothing is cropped."""
    numpy = imported_numpy()
    pixels = numpy.asarray(mask)
    if pixels.ndim != 2 or not 0 < pixels.size <= MOST_PIXELS:
        raise BadArgument("mask", pixels.shape, f"a mask has two dimensions and 1 to {MOST_PIXELS} pixels")
    height, width = pixels.shape
    # Each row begins with the number of its filter: none.
    rows = numpy.zeros((height, 1 + (width + 7) // 8), dtype=numpy.uint8)
    rows[:, 1:] = numpy.packbits(pixels.astype(bool, copy=False), axis=1)
    # A mask is runs of equal bytes: looking for nothing else takes a fifth of the time, and no more space.
    packer = zlib.compressobj(strategy=zlib.Z_RLE)
    head = _chunk(b"IHDR", width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x01\x03\0\0\0")
    data = _chunk(b"IDAT", packer.compress(rows) + packer.flush())
    return base64.b64encode(zlib.compress(b"".join((_SIGNATURE, head, _COLOURS, data, _END)))).decode("ascii")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Black and white. Readers take the alpha channel of a PNG that has one, so what is not set is also transparent.
_COLOURS = _chunk(b"PLTE", b"\0\0\0\xff\xff\xff") + _chunk(b"tRNS", b"\0")
_END = _chunk(b"IEND", b"")


def decode(text: str) -> NDArray[np.bool_]:
    """Return the mask in a bitmap's text: a boolean array, rows x columns.

    A PNG with alpha is set where it is opaque at all, one without where it is not black.
    """
    image = _pillow()
    png = _png(text)
    width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    if not 0 < width * height <= MOST_PIXELS:
        raise BadArgument("bitmap.data", f"{width} x {height}", f"a mask has 1 to {MOST_PIXELS} pixels")
    try:
        with image.open(io.BytesIO(png), formats=["PNG"]) as picture:
            mask = _set_pixels(picture)
    except (OSError, SyntaxError, ValueError) as error:
        raise _unreadable(text, str(error)) from None
    return mask


def _set_pixels(picture: Any) -> NDArray[np.bool_]:
    numpy, transparent = imported_numpy(), picture.info.get("transparency")
    mask: NDArray[np.bool_]
    if picture.mode == "P" and isinstance(transparent, int):
        # As nearly all masks are: one colour of the palette is transparent.
        mask = numpy.asarray(picture) != transparent
        return mask
    alpha = picture.mode in ("RGBA", "LA", "PA") or transparent is not None
    flat = picture.convert("RGBA").getchannel("A") if alpha else picture.convert("L")
    mask = numpy.asarray(flat) > 0
    return mask


def _png(text: str) -> bytes:
    try:
        packed = base64.b64decode(text if len(text) <= _MOST_TEXT else "", validate=True)
        # Some tools leave the compression out; a PNG is compressed anyway.
        unpack = zlib.decompressobj()
        png = packed if packed.startswith(b"\x89PNG") else unpack.decompress(packed, _MOST_PNG)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise _unreadable(text, str(error)) from None
    if not png.startswith(_SIGNATURE) or unpack.unconsumed_tail:
        raise _unreadable(text, "not a PNG of a bearable size")
    return png


def _unreadable(text: str, why: str) -> BadArgument:
    return BadArgument("bitmap.data", text[:40], f"not base64 of zlib of a PNG ({why})")


def imported_numpy() -> Any:
    """Return numpy, which is imported on first use only."""
    try:
        import numpy
    except ImportError:
        raise MissingExtra("the mask of a bitmap", "draw") from None
    return numpy


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError:
        raise MissingExtra("the mask of a bitmap", "draw") from None
    return Image
