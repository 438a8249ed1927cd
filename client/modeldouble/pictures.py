"""What may be given as an image, made ready to be sent; what cannot be one is refused here, before anything is sent."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from modeldouble.errors import BadImage, MissingExtra
from modeldouble.multipart import CHUNK

_MAGIC = (
    (b"\x89PNG", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"BM", ".bmp"),
    (b"II*\x00", ".tiff"),
    (b"MM\x00*", ".tiff"),
)


class Picture(NamedTuple):
    """An image ready to be sent: a file name, and bytes or a path with its size."""

    filename: str
    content: bytes | Path
    size: int


def from_path(path: str | os.PathLike[str]) -> Picture:
    """Take an image file by its path. The content is read when it is sent."""
    file = Path(path)
    try:
        found = file.stat()
        folder = stat.S_ISDIR(found.st_mode)
        if not folder:
            os.close(os.open(file, os.O_RDONLY))
    except FileNotFoundError:
        raise BadImage("path", str(path), f"there is no such file (looked from {Path.cwd()})") from None
    except (OSError, ValueError) as error:
        raise BadImage("path", str(path), f"the file cannot be read ({error})") from None
    if folder:
        raise BadImage("path", str(path), "this is a directory; give the files in it to inference_image_paths")
    if not found.st_size:
        raise _empty(path)
    return Picture(file.name, file, found.st_size)


def from_anything(image: Any) -> Picture:
    """Take a path, bytes, a binary file object, a PIL image, or a uint8 array, height x width x 3 or height x width."""
    if isinstance(image, (str, os.PathLike)):
        return from_path(image)
    if isinstance(image, (bytes, bytearray, memoryview)):
        return _from_bytes(bytes(image))
    if hasattr(image, "read"):
        return _from_file(image)
    # PIL images have an __array_interface__ too, so they are recognised first.
    if hasattr(image, "save") and hasattr(image, "mode"):
        return _from_pil(image)
    if hasattr(image, "__array_interface__") and hasattr(image, "tobytes"):
        return _from_array(image)
    remedy = "give a path, bytes, a binary file object, a PIL image, or a uint8 array (a tensor: its .numpy())"
    raise BadImage("image", type(image).__name__, remedy)


def one_of_many(image: Any) -> Picture:
    """Take what `from_anything` takes. A small file is read now, since it is opened anyway, and it is its turn."""
    if not isinstance(image, (str, os.PathLike)):
        return from_anything(image)
    name, content = os.fspath(image), b""
    try:
        with io.FileIO(name) as stream:
            size = os.fstat(stream.fileno()).st_size
            if 0 < size <= CHUNK:
                content = stream.read(size)
    except (OSError, ValueError):
        # There it is said what is wrong with it.
        return from_path(image)
    if not size:
        raise _empty(image)
    # A name in bytes is refused there.
    return (
        Picture(os.path.basename(name), content, len(content))
        if content and isinstance(name, str)
        else from_path(image)
    )


def _empty(path: str | os.PathLike[str]) -> BadImage:
    return BadImage("path", str(path), "the file is empty")


def distinct_names(pictures: Iterable[Picture]) -> list[Picture]:
    """Rename equal file names (`a.jpg`, `a-2.jpg`, ...): some servers store the files of a batch under these names."""
    pictures = list(pictures)
    taken = {picture.filename.lower() for picture in pictures}
    seen: set[str] = set()
    result = []
    for picture in pictures:
        name, number = picture.filename, 2
        # Compared without case, for servers whose file system does so.
        while name.lower() in seen or (number > 2 and name.lower() in taken):
            stem, dot, ending = picture.filename.rpartition(".")
            name = f"{stem or ending}-{number}{dot and stem and '.' + ending}"
            number += 1
        seen.add(name.lower())
        result.append(picture._replace(filename=name))
    return result


def _from_bytes(content: bytes, name: str = "") -> Picture:
    if not content:
        raise BadImage("image", content, "there are no bytes in it")
    # Servers of 2023 tell images by the extension of the file name.
    ending = next((ending for magic, ending in _MAGIC if content.startswith(magic)), ".jpg")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        ending = ".webp"
    return Picture(name or f"image{ending}", content, len(content))


def _from_file(stream: Any) -> Picture:
    content = stream.read()
    name = getattr(stream, "name", "")
    if not isinstance(content, (bytes, bytearray)):
        raise BadImage("image", name or type(stream).__name__, 'it is open as text; open it with mode "rb"')
    return _from_bytes(bytes(content), Path(name).name if isinstance(name, str) else "")


def _from_pil(image: Any) -> Picture:
    buffer = io.BytesIO()
    if image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    image.save(buffer, format="PNG")
    return _from_bytes(buffer.getvalue())


def _from_array(array: Any) -> Picture:
    interface = array.__array_interface__
    shape, kind = tuple(interface["shape"]), interface["typestr"]
    if kind != "|u1":
        raise BadImage(
            "array type", kind, "give uint8 values from 0 to 255 (of floats from 0 to 1: (255 * a).astype('uint8'))"
        )
    if 0 in shape or not (len(shape) == 2 or (len(shape) == 3 and shape[2] == 3)):
        raise BadImage("array shape", shape, "give height x width x 3 in the order RGB, or height x width")
    try:
        from PIL import Image
    except ImportError:
        raise MissingExtra("sending an array", "draw") from None
    mode = "RGB" if len(shape) == 3 else "L"
    return _from_pil(Image.frombytes(mode, (shape[1], shape[0]), array.tobytes()))
