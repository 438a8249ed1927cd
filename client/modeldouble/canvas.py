"""Pictures to draw on, from whatever a caller has."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from modeldouble.errors import BadArgument, BadImage, MissingExtra

try:
    import numpy as np
    from PIL import Image, ImageOps, UnidentifiedImageError
except ImportError:
    raise MissingExtra("drawing", "draw") from None

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from modeldouble.annotation import Annotation


def drawn(
    annotation: Annotation, image: Any, output_path: str | os.PathLike[str] | None, style: Mapping[str, Any]
) -> Image.Image:
    """Return a new picture, `image` with the annotation on it."""
    bitmap = _array(image, annotation.img_size)
    annotation.draw_pretty(bitmap, output_path=output_path, **style)
    return Image.fromarray(bitmap)


def _array(image: Any, size: tuple[int, int]) -> NDArray[np.uint8]:
    if isinstance(image, np.ndarray):
        return image.copy()
    if isinstance(image, Image.Image):
        return _upright(image, size)
    if not isinstance(image, (str, os.PathLike, bytes, bytearray)):
        raise BadArgument("image", type(image).__name__, "give a path, bytes, a PIL image or an array")
    shown = f"{len(image)} bytes" if isinstance(image, (bytes, bytearray)) else os.fspath(image)
    source = io.BytesIO(image) if isinstance(image, (bytes, bytearray)) else image
    try:
        with Image.open(source) as opened:
            return _upright(opened, size)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise BadImage("image", shown, f"the image cannot be read ({error})") from None


def _upright(image: Image.Image, size: tuple[int, int]) -> NDArray[np.uint8]:
    # Models see a picture as its EXIF data turns it, or as it is stored: the size of the annotation tells which.
    turned = ImageOps.exif_transpose(image)
    chosen = image if turned.size != (size[1], size[0]) == image.size else turned
    return np.array(chosen.convert("RGB"), dtype=np.uint8)
