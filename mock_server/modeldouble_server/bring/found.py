"""What was found in a folder, before any of it has an id."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..entities import Facts
from ..refusal import Refused

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
_CHUNK = 1024 * 1024

Annotation = Mapping[str, Any]


class FoundImage(NamedTuple):
    """A file that is a picture, and its annotation in pixels, as the platform has it, if it has one."""

    path: Path
    name: str
    facts: Facts
    annotation: Annotation | None


class FoundDataset(NamedTuple):
    """Pictures of one dataset, in the order of their names."""

    name: str
    images: Sequence[FoundImage]


class FoundProject(NamedTuple):
    """A whole folder."""

    name: str
    meta: Mapping[str, Any]
    datasets: Sequence[FoundDataset]


class Root:
    """A folder out of which nothing is read, whatever a link or a name in it says."""

    def __init__(self, path: Path, most_pixels: int, most_images: int) -> None:
        self.path = path.resolve()
        self._most_pixels = most_pixels
        self.most_images = most_images

    def inside(self, path: Path) -> Path:
        """The file that `path` leads to, which must be under the root."""
        resolved = path.resolve()
        if not resolved.is_relative_to(self.path):
            raise Refused(400, f"{path} leads out of {self.path}, to {resolved}; copy the file into the folder")
        return resolved

    def pictures(self, folder: Path) -> list[Path]:
        """The pictures that lie in a folder, in the order of their names."""
        found = sorted(one for one in self.inside(folder).iterdir() if one.suffix.lower() in SUFFIXES)
        if len(found) > self.most_images:
            raise Refused(
                400, f"{folder} has {len(found):,} pictures, over the limit of {self.most_images:,}; split it"
            )
        return [self.inside(one) and one for one in found if one.is_file() or one.is_symlink()]

    def folders(self, folder: Path) -> list[Path]:
        """The folders in a folder that are not hidden, in the order of their names."""
        found = sorted(one for one in self.inside(folder).iterdir() if one.is_dir() and not one.name.startswith("."))
        return [one for one in found if self.inside(one)]

    def facts(self, path: Path) -> Facts:
        """Hash, size and kind of a picture. Its header is read and its bytes are hashed; it is not decoded."""
        from PIL import Image

        file = self.inside(path)
        try:
            with file.open("rb") as content:
                digest = hashlib.sha256()
                while chunk := content.read(_CHUNK):
                    digest.update(chunk)
                length = content.tell()
                content.seek(0)
                with Image.open(content, formats=("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")) as image:
                    width, height = image.size
                    mime = image.get_format_mimetype() or "image/png"
        except (OSError, SyntaxError, ValueError, Warning) as error:
            remedy = "replace it by a whole JPEG, PNG, WebP, BMP, GIF or TIFF picture, or take it out"
            raise Refused(400, f"{path} is no picture that can be read ({str(error)[:120]}); {remedy}") from error
        if width * height > self._most_pixels:
            raise Refused(
                400, f"{path} has {width} x {height} pixels, over the limit of {self._most_pixels:,}; shrink it"
            )
        return Facts(digest.hexdigest(), width, height, mime, length)
