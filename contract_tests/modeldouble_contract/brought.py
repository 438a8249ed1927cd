"""What the checks work with: the author's pictures, video, ids and settings, else the suite's own."""

import io
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image, ImageOps

from .exchange import File
from .job import Video
from .plan import Plan

_MOST_PICTURES = 4
_MOST_BYTES = 100 * 1024 * 1024
_MEDIA = files(__package__ or "modeldouble_contract") / "media"
PICTURES = ("portrait.jpg", "cat.jpg", "wide.jpg")
VIDEO, VIDEO_FRAMES, VIDEO_SIZE = "pan.mp4", 40, (160, 120)


class Picture(NamedTuple):
    """A picture and its size in pixels, as it is shown."""

    file: File
    width: int
    height: int

    def named(self, name: str) -> "Picture":
        """The same picture under another file name."""
        return self._replace(file=self.file._replace(name=name))


class Brought(NamedTuple):
    """Material of a run. `own` tells whether the pictures are the author's."""

    pictures: tuple[Picture, ...]
    video: Video
    settings: Mapping[str, Any]
    own: bool


def bring(plan: Plan) -> Brought:
    """Read what the plan names; ValueError with option and remedy for what cannot be read."""
    own = tuple(picture(path) for path in plan.image[:_MOST_PICTURES])
    shipped = tuple(_shipped(name) for name in PICTURES)
    return Brought((*own, *shipped), _video(plan), plan.own_settings(), bool(own))


def picture(path: str) -> Picture:
    """A picture of the author's."""
    try:
        return measured(_read(path))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError(f"--image {path} cannot be read ({error}); give a picture such as a JPEG or PNG") from error


def measured(file: File) -> Picture:
    """A picture with its size, which is that after the turn that its EXIF orientation asks for."""
    with Image.open(io.BytesIO(file.content)) as opened:
        shown = ImageOps.exif_transpose(opened)
        return Picture(file, *shown.size)


def _shipped(name: str) -> Picture:
    return measured(File(name, (_MEDIA / name).read_bytes(), str(_MEDIA / name)))


def shipped_video() -> Video:
    """The suite's own video."""
    return Video(
        file=File(VIDEO, (_MEDIA / VIDEO).read_bytes(), str(_MEDIA / VIDEO)), frames=VIDEO_FRAMES, size=VIDEO_SIZE
    )


def _video(plan: Plan) -> Video:
    if plan.video_id is not None:
        return Video(id=plan.video_id)
    if plan.video is None:
        return shipped_video()
    try:
        return Video(file=_read(plan.video))
    except (OSError, ValueError) as error:
        raise ValueError(f"--video {plan.video} cannot be read ({error}); give a video such as an mp4") from error


def _read(path: str) -> File:
    """A file of the author's. It is sent many times, so it may not be a large one."""
    size = Path(path).stat().st_size
    if size > _MOST_BYTES:
        raise ValueError(f"it has {size:,} bytes, {_MOST_BYTES:,} are the most")
    return File(Path(path).name, Path(path).read_bytes(), path)
