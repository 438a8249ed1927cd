"""Predicted boxes on a picture, readable on small and on large ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

_UNKNOWN = "#808080"


def drawn(picture: Image, annotation: Mapping[str, Any], colors: Mapping[str, str]) -> Image:
    """A copy of the picture with every rectangle of the annotation, its class and its confidence drawn on it."""
    from PIL import ImageDraw

    copy = picture.convert("RGB")
    pen = ImageDraw.Draw(copy)
    for found in annotation["objects"]:
        if found["geometryType"] == "rectangle":
            _draw(pen, copy.size, found, colors.get(found["classTitle"], _UNKNOWN))
    return copy


def _draw(pen: ImageDraw, size: tuple[int, int], found: Mapping[str, Any], color: str) -> None:
    from PIL import ImageFont

    (left, top), (right, bottom) = found["points"]["exterior"]
    line = max(2, round(min(size) / 200))
    # A dark line under the coloured one keeps a box visible on a background of its own colour.
    pen.rectangle((left - 1, top - 1, right + 1, bottom + 1), outline="#101010", width=line + 2)
    pen.rectangle((left, top, right, bottom), outline=color, width=line)
    font = ImageFont.load_default(max(11, round(min(size) / 25)))
    text = caption(found)
    x0, y0, x1, y1 = pen.textbbox((0, 0), text, font=font)
    width, height = x1 - x0 + 2 * line + 4, y1 - y0 + 2 * line + 2
    x = min(max(0, left), max(0, size[0] - width))
    y = top - height if top >= height else min(top, size[1] - height)
    pen.rectangle((x, y, x + width, y + height), fill=color)
    pen.text((x + line + 2 - x0, y + line + 1 - y0), text, font=font, fill=ink(color))


def caption(found: Mapping[str, Any]) -> str:
    """Class, and confidence with two digits if the object has one."""
    confidence = next((tag["value"] for tag in found["tags"] if tag["name"] == "confidence"), None)
    return found["classTitle"] if confidence is None else f"{found['classTitle']} {confidence:.2f}"


def ink(color: str) -> str:
    """Black or white, whichever is easier to read on the colour, by the luma of ITU-R BT.601."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return "#000000" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#FFFFFF"
