"""Figures: panels beside each other, each a photograph or a road with a prediction drawn by the client."""

import io
import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from modeldouble.annotation import Annotation, Label
from modeldouble.meta import ObjClass
from modeldouble_server.predict.synthetic import TRACK

from .asked import PHOTOGRAPHS, VIDEO_SIZE, WORLD, Panel

_TALL, _GAP, _CAPTION = 400, 8, 26
ROAD = "18635803.mp4"
_REGIONS = ("white", "yellow")
_TRACKS = (
    "#E6194B", "#3CB44B", "#FFE119", "#4363D8", "#F58231", "#42D4F4", "#F032E6", "#BFEF45", "#FABED4", "#9A6324",
    "#AAFFC3", "#800000", "#469990", "#DCBEFF",
)  # fmt: skip
"""Colours that are told apart easily, for tracks in the order in which they appear."""


def figure(panels: Sequence[Panel], columns: int = 2) -> Image.Image:
    """A figure of all panels, row by row, each with its caption below it."""
    colours = track_colours(panels)
    # Larger ones than these would be shown smaller, and their text with them.
    height = _TALL if len(panels) == columns else min(panel.annotation.img_size[0] for panel in panels)
    drawn = [_framed(_drawn(panel, colours), panel.caption, height) for panel in panels]
    rows = [drawn[at : at + columns] for at in range(0, len(drawn), columns)]
    width = max(sum(one.width for one in row) + _GAP * (len(row) - 1) for row in rows)
    height = sum(row[0].height for row in rows) + _GAP * (len(rows) - 1)
    sheet = Image.new("RGB", (width, height), "white")
    top = 0
    for row in rows:
        left = 0
        for one in row:
            sheet.paste(one, (left, top))
            left += one.width + _GAP
        top += row[0].height + _GAP
    return sheet


def encoded(picture: Image.Image) -> bytes:
    """The picture as WebP."""
    content = io.BytesIO()
    picture.save(content, "WEBP", quality=80, method=6)
    return content.getvalue()


def _drawn(panel: Panel, colours: dict[Any, str]) -> Image.Image:
    picture = Image.open(PHOTOGRAPHS / panel.ground).convert("RGB") if panel.ground else _road()
    pen = ImageDraw.Draw(picture)
    for (left, top, right, bottom), colour in zip(panel.regions, _REGIONS, strict=False):
        pen.rectangle((left, top, right, bottom), outline="black", width=5)
        pen.rectangle((left + 1, top + 1, right - 1, bottom - 1), outline=colour, width=3)
    bitmap = np.array(picture)
    _by_track(panel, colours).draw_pretty(bitmap, thickness=2, opacity=0.45, fill_rectangles=False)
    return Image.fromarray(bitmap)


def _by_track(panel: Panel, colours: dict[Any, str]) -> Annotation:
    """The annotation; objects that bear a track's number get its colour and show it with their class."""
    found = panel.annotation
    return found.clone([_numbered(one, colours) if _track(one) in colours else one for one in found.labels])


def _numbered(label: Label, colours: dict[Any, str]) -> Label:
    number, known = _track(label), label.obj_class.to_json()
    config = known.get("geometry_config") or None
    named = ObjClass(f"{number} {label.obj_class.name}", label.obj_class.shape, colours[number], config)
    return Label(label.geometry, named, label.tags)


def _track(label: Label) -> Any:
    return next((tag.value for tag in label.tags if tag.name == TRACK), None)


def track_colours(panels: Sequence[Panel]) -> dict[Any, str]:
    """A colour for each track, in the order in which they appear."""
    numbers = dict.fromkeys(_track(one) for panel in panels for one in panel.annotation.labels)
    numbers.pop(None, None)
    # Two tracks of one colour would look like one: more of them than colours are an error.
    return {number: _TRACKS[at] for at, number in enumerate(numbers)}


def _framed(picture: Image.Image, caption: str, height: int) -> Image.Image:
    """The picture at the height of its row, with its caption below."""
    size = round(picture.width * height / picture.height), height
    scaled = picture if picture.height == height else picture.resize(size, Image.Resampling.LANCZOS)
    if not caption:
        return scaled
    framed = Image.new("RGB", (scaled.width, height + _CAPTION), "white")
    framed.paste(scaled, (0, 0))
    ImageDraw.Draw(framed).text((2, height + 4), caption, fill="black", font=ImageFont.load_default(15))
    return framed


@cache
def _road() -> Image.Image:
    """The road of the default world's video without its vehicles: at each pixel, the frames that show none there."""
    with av.open(str(WORLD / ROAD)) as video:
        frames = np.stack([frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)])
    hidden = np.zeros(frames.shape, dtype=bool)
    labels = json.loads((WORLD / "labels.json").read_text(encoding="utf-8"))["videos"][ROAD]["frames"]
    for at, objects in enumerate(labels):
        for left, top, right, bottom in (one["box"] for one in objects):
            hidden[at, max(0, top - 4) : bottom + 12, max(0, left - 6) : right + 7] = True
    empty = np.nanmedian(np.where(hidden, np.nan, frames), axis=0)
    return Image.fromarray(empty.astype(np.uint8)).resize(VIDEO_SIZE, Image.Resampling.LANCZOS)
