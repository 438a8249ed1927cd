"""Masks: out of COCO's run lengths or several polygons, into the platform's bitmap."""

import base64
import io
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image


def from_counts(counts: Sequence[int] | str, height: int, width: int) -> "Image":
    """A mask out of run lengths: of zeros and ones in turn, column by column; as a list, or COCO's packed text."""
    from PIL import Image

    runs = _unpacked(counts) if isinstance(counts, str) else counts
    if sum(runs) != height * width or any(run < 0 for run in runs):
        raise ValueError(f"counts add up to {sum(runs)}, not to {height} x {width}")
    columns = b"".join(bytes([255 * (at % 2)]) * run for at, run in enumerate(runs))
    return Image.frombytes("L", (height, width), columns).transpose(Image.Transpose.TRANSPOSE)


def from_polygons(polygons: Sequence[Sequence[float]], height: int, width: int) -> "Image":
    """A mask that is all of the polygons, each a flat list x, y, x, y, ..."""
    from PIL import Image, ImageDraw

    mask = Image.new("L", (width, height))
    for one in polygons:
        ImageDraw.Draw(mask).polygon([round(value) for value in one], fill=255)
    return mask


def bitmap(mask: "Image") -> dict[str, Any] | None:
    """The platform's bitmap: the mask cut to what is in it, and where (x, y) that lies; None if nothing is."""
    box = mask.getbbox()
    if box is None:
        return None
    png = io.BytesIO()
    mask.crop(box).save(png, "PNG")
    return {"origin": [box[0], box[1]], "data": base64.b64encode(zlib.compress(png.getvalue())).decode()}


def _unpacked(text: str) -> list[int]:
    """Numbers of five bits a character, as COCO packs them: from the third on, differences to the one before last."""
    runs: list[int] = []
    value = shift = 0
    for character in text:
        code = ord(character) - 48
        if not 0 <= code < 64:
            raise ValueError(f"counts has {character!r}, which is not of COCO's packed text")
        value |= (code & 31) << shift
        shift += 5
        if not code & 32:
            value -= (1 << shift) if code & 16 else 0
            runs.append(value + (runs[-2] if len(runs) > 2 else 0))
            value = shift = 0
    return runs
