"""What a picture shows, whatever file it came in: the digest by which an array is recognised."""

import io

from .stubs import pixels_digest


def decoded_digest(content: bytes) -> str:
    """The digest of a picture's pixels as RGB, upright; `content` is a whole picture that was examined before."""
    # Loaded on first use, as wherever else Pillow is needed.
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content)) as stored:
        picture = ImageOps.exif_transpose(stored).convert("RGB")
    return pixels_digest(picture.width, picture.height, picture.tobytes())
