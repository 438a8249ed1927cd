"""What is known of a picture's bytes: hash, size in pixels, kind.

Each content is looked at once, and decoded only if it cannot be told otherwise that it is whole.
"""

import io
from collections import OrderedDict
from functools import lru_cache
from typing import NamedTuple

from .jpeg import huffman_numbers, sure_head
from .refusal import Refused

_GLANCED, _GLANCED_PIXELS = 16 * 1024 * 1024, 80_000_000
"""Bytes and pixels of a picture that is told by a glance; Pillow has its own mind about larger ones."""
_REMEMBERED = 4096
_TABLES = 32
"""Segments of Huffman tables that are remembered, each at most 64 KiB: nearly all encoders write the same."""
_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
_ORIENTATION, _QUARTER_TURNS = 0x0112, (5, 6, 7, 8)
_REMEDY = "unsupported format: send the bytes of a whole JPEG, PNG, WebP, BMP, GIF or TIFF picture"


class Picture(NamedTuple):
    """Facts of one picture. Width and height are in pixels, as stored; a model sees `upright`."""

    sha256: str
    width: int
    height: int
    mime: str
    size: int
    """Length in bytes."""
    turned: bool = False
    """Its EXIF data asks for a quarter turn."""

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height once it is turned as its EXIF data asks, which real apps do before they infer a file."""
        return (self.height, self.width) if self.turned else (self.width, self.height)


class Examiner:
    """Sees that pictures are whole, and remembers by hash what it has seen. Safe in threads."""

    def __init__(self, most_pixels: int) -> None:
        self._most_pixels = most_pixels
        self._seen: OrderedDict[str, Picture] = OrderedDict()
        self._numbers = lru_cache(_TABLES)(huffman_numbers)

    def recall(self, sha256: str) -> Picture | None:
        """The facts of content that was examined before, which are then the last to be forgotten."""
        known = self._seen.pop(sha256, None)
        if known is not None:
            self._seen[sha256] = known
        return known

    def examine(self, content: bytes, sha256: str, name: str) -> Picture:
        """Facts of a picture; `name` is what a refusal calls it. Anything but a whole picture is a 400."""
        known = self.recall(sha256)
        if known is not None:
            return known
        return self._remember(self._decoded(content, sha256, name))

    def glance(self, content: bytes, sha256: str) -> Picture | None:
        """The facts of an ordinary JPEG, in a fraction of a millisecond for each megabyte; None: it has to be examined.

        One that has metadata may ask for a turn, or be more than one picture.
        """
        head = sure_head(content, self._numbers) if len(content) <= _GLANCED else None
        if head is None or not head.is_bare or head.width * head.height > min(self._most_pixels, _GLANCED_PIXELS):
            return None
        return self._remember(Picture(sha256, head.width, head.height, "image/jpeg", len(content)))

    def _remember(self, picture: Picture) -> Picture:
        self._seen[picture.sha256] = picture
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return picture

    def _decoded(self, content: bytes, sha256: str, name: str) -> Picture:
        if not content:
            raise Refused(400, f"{name} is empty; {_REMEDY}")
        # Loaded on first use: Pillow costs a server start that shows no picture a quarter of its time.
        from PIL import Image, UnidentifiedImageError

        try:
            # Only these: for an EPS, Pillow would run Ghostscript on the caller's bytes.
            image = Image.open(io.BytesIO(content), formats=_FORMATS)
            self._bound(image.width, image.height, name)
            if len(content) > _GLANCED or sure_head(content, self._numbers) is None:
                image.load()
            turned = image.getexif().get(_ORIENTATION, 1) in _QUARTER_TURNS
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise Refused(400, f"{name}: {error}; send a smaller picture") from error
        except UnidentifiedImageError as error:
            raise Refused(400, f"{name}: {_REMEDY}") from error
        except (OSError, SyntaxError, ValueError, EOFError, Warning) as error:
            raise Refused(400, f"{name}: {_REMEDY} ({str(error)[:120]})") from error
        mime = image.get_format_mimetype() or "image/png"
        return Picture(sha256, image.width, image.height, mime, len(content), turned)

    def _bound(self, width: int, height: int, name: str) -> None:
        if width * height > self._most_pixels:
            most = f"{self._most_pixels:,}"
            raise Refused(
                400, f"{name} has {width} x {height} pixels, over the limit of {most}; send a smaller picture"
            )
