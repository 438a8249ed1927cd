"""What the checks work with: the author's pictures, video, ids and settings, else the suite's own."""

import io
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

from .exchange import File
from .job import Video
from .plan import Plan

_MOST_PICTURES = 4
_MOST_BYTES = 100 * 1024 * 1024
_VIDEOS = (
    (0, b"\x1a\x45\xdf\xa3"), (0, b"FLV"), (0, b"OggS"), (0, b"\x00\x00\x01\xba"), (0, b"\x00\x00\x01\xb3"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"), (0, b"\x06\x0e\x2b\x34"), (0, b"YUV4MPEG2"), (8, b"AVI "),
    (188, b"G"), (196, b"G"),
    *((4, name) for name in (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")),
)  # fmt: skip
"""Where a container's mark stands, and what it is: Matroska, Flash, Ogg, MPEG, ASF, MXF, YUV, AVI, MPEG-TS, MP4."""
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
        # Pillow names the object that it was given, which is no file to anybody.
        why = "it is no picture" if isinstance(error, UnidentifiedImageError) else error
        raise ValueError(f"--image {path} cannot be read ({why}); give a picture such as a JPEG or PNG") from error


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
        return Video(file=_contained(_read(plan.video)))
    except (OSError, ValueError) as error:
        raise ValueError(f"--video {plan.video} cannot be read ({error}); give a video such as an mp4") from error


def _contained(file: File) -> File:
    """The file, if it begins as a video does. Or the app would be blamed for a text that it cannot play."""
    if not any(file.content.startswith(mark, at) for at, mark in _VIDEOS):
        raise ValueError("it is no video")
    return file


def _read(path: str) -> File:
    """A file of the author's. It is sent many times, so it may not be a large one."""
    with Path(path).open("rb") as opened:
        content = opened.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError(f"it has over {_MOST_BYTES:,} bytes, which are the most")
    return File(Path(path).name, content, path)
