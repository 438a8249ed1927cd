"""Small pictures for tests, drawn when they are asked for."""

import io
import shutil
import tempfile
import weakref
from pathlib import Path

_FORMATS = {
    ".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP", ".bmp": "BMP", ".gif": "GIF", ".tif": "TIFF",
    ".tiff": "TIFF",
}  # fmt: skip
_MOST = 10_000


def drawn(name: str, size: tuple[int, int]) -> bytes:
    """A picture of `size` (width, height) in the format of the name's suffix; what it shows is the name's and the
    size's alone. ValueError: a suffix that is no picture's, or a size that is none."""
    suffix = Path(name).suffix.lower()
    if suffix not in _FORMATS:
        raise ValueError(f"name is {name!r}; end it with one of {', '.join(_FORMATS)}")
    if len(size) != 2 or not all(type(one) is int and 1 <= one <= _MOST for one in size):
        raise ValueError(f"size is {size!r}; give (width, height) in pixels, 1 to {_MOST:,} each")
    from .scenario.generated import picture

    content = picture((size[0], size[1]), name)
    if suffix == ".png":
        return content
    from PIL import Image

    written = io.BytesIO()
    Image.open(io.BytesIO(content)).convert("RGB").save(written, _FORMATS[suffix])
    return written.getvalue()


class Folder:
    """A temporary folder that is made when something is first put into it, and goes with its owner."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._remove: weakref.finalize[..., Folder] | None = None

    def put(self, name: str, content: bytes) -> Path:
        """Write a file and give its path; a name that leads out of the folder is a ValueError."""
        if name in ("", ".", "..") or set(name) & set("/\\"):
            raise ValueError(f"name is {name!r}; give a file name without folders")
        if self._path is None:
            self._path = Path(tempfile.mkdtemp(prefix="modeldouble-"))
            self._remove = weakref.finalize(self, shutil.rmtree, self._path, ignore_errors=True)
        path = self._path / name
        path.write_bytes(content)
        return path

    def remove(self) -> None:
        """Remove it and what is in it."""
        self._path = None
        if self._remove is not None:
            self._remove()
