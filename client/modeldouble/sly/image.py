"""Image files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modeldouble.errors import BadImage, MissingExtra

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["read"]


def read(path: str | os.PathLike[str]) -> NDArray[np.uint8]:
    """Return an image file as an array, height x width x 3, RGB, turned upright as its EXIF data says."""
    try:
        import numpy as np
        from PIL import Image, ImageOps
    except ImportError:
        raise MissingExtra("sly.image.read", "draw") from None
    try:
        with Image.open(path) as image:
            return np.array(ImageOps.exif_transpose(image).convert("RGB"), dtype=np.uint8)
    except OSError as error:
        raise BadImage("path", str(path), f"the image cannot be read ({error})") from None
