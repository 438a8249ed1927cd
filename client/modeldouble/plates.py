"""Names on pictures: text on a plate of the class's colour, near its object and inside the picture."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from modeldouble.geometry import Rectangle
from modeldouble.meta import RGB

_SMALLEST, _LARGEST = 9, 160
_LONGEST = 200


class _Place(NamedTuple):
    left: int
    top: int
    right: int
    bottom: int

    @property
    def where(self) -> tuple[slice, slice]:
        """Index of this place in the picture's array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


class Plates:
    """The plates of one picture, which keep out of each other's way where there is room."""

    def __init__(self, canvas: Image.Image) -> None:
        self._canvas = canvas
        self._pen = ImageDraw.Draw(canvas)
        # A picture of what is taken: with thousands of plates, comparing each with each takes minutes.
        self._taken = np.zeros((canvas.height, canvas.width), dtype=bool)
        height = min(max(min(canvas.size) // 32, _SMALLEST + 3), _LARGEST)
        self._fonts = [ImageFont.load_default(size) for size in sorted({height, _SMALLEST}, reverse=True)]

    def put(self, texts: list[str], box: Rectangle, colour: RGB, gap: int) -> None:
        """Write the first of `texts` that fits the picture's width beside `box`; the last is cut if none does."""
        if not texts:
            return
        text, font = self._fitting([text.replace("\n", " ")[:_LONGEST] for text in texts])
        left, top, right, bottom = (int(value) for value in font.getbbox(text))
        pad = max(1, round((bottom - top) * 0.2))
        # The height of the font and not of these letters, so that plates in a row are alike.
        ascent, descent = font.getmetrics() if isinstance(font, ImageFont.FreeTypeFont) else (bottom, 0)
        width, height = right - left + 2 * pad, ascent + descent + pad
        place = self._free(box, width, height, gap)
        self._pen.rectangle((place.left, place.top, place.right - 1, place.bottom - 1), fill=colour)
        self._pen.text((place.left + pad - left, place.top + pad // 2), text, fill=_readable_on(colour), font=font)
        self._taken[place.where] = True

    def _fitting(self, texts: list[str]) -> tuple[str, ImageFont.FreeTypeFont | ImageFont.ImageFont]:
        room = self._canvas.width
        for text in texts:
            for font in self._fonts:
                if font.getlength(text) * 1.05 + 4 <= room:
                    return text, font
        font, cut = self._fonts[-1], texts[-1]
        while len(cut) > 1 and font.getlength(cut + "…") + 4 > room:
            cut = cut[:-1]
        return cut + "…", font

    def _free(self, box: Rectangle, width: int, height: int, gap: int) -> _Place:
        left, right = round(box.left), round(box.right) + 1
        top, bottom = round(box.top), round(box.bottom) + 1
        inside = top + gap
        wanted = [
            (left, top - height),
            (left, inside),
            (right - width, top - height),
            (right - width, inside),
            (left, bottom),
            (left, bottom - gap - height),
            *((left, inside + row * height) for row in range(1, 8)),
        ]
        places = [self._inside(x, y, width, height) for x, y in wanted]
        return next((place for place in places if not self._taken[place.where].any()), places[0])

    def _inside(self, left: int, top: int, width: int, height: int) -> _Place:
        x = max(0, min(left, self._canvas.width - width))
        y = max(0, min(top, self._canvas.height - height))
        return _Place(x, y, x + width, y + height)


def _readable_on(colour: RGB) -> RGB:
    # Luminance as in ITU-R BT.601: green looks far lighter than blue.
    red, green, blue = colour
    return (0, 0, 0) if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else (255, 255, 255)
