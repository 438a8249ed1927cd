"""What the pictures of docs/models.md show: photographs and frames of a video, and what each preset says of them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import modeldouble_server
from modeldouble import Prediction
from modeldouble.annotation import Annotation
from modeldouble.geometry import Bitmap
from modeldouble_server.presets import preset
from modeldouble_server.server import Server

_DATA = Path(modeldouble_server.__file__).parent / "data"
PHOTOGRAPHS, WORLD = _DATA / "demo", _DATA / "world"
VIDEO_SIZE = (480, 270)
VIDEO_ID = 27
SEEDS = {"photographs": 117, "video": 189, "settings": 82}
"""Chosen so that little lies on each other, and what passes on the road belongs there."""
_PAIRS = {
    "detection": ("astronaut.jpg", "espresso.jpg"),
    "instance_segmentation": ("cat.jpg", "cameraman.jpg"),
    "semantic_segmentation": ("cat.jpg", "cameraman.jpg"),
    "pose": ("cat.jpg", "cameraman.jpg"),
    "classification": ("cat.jpg", "cameraman.jpg"),
}
_FILMED = {"detection": range(30, 90, 10), "instance_segmentation": range(30, 90, 10), "pose": range(30, 90, 10)}
_WINDOWS = {"windowHeight": 300, "windowWidth": 260, "overlapX": 60}
_RECTANGLE = {"points": {"exterior": [[150, 60], [400, 280]], "interior": []}}
_SURE = {"conf_thres": 0.05, "iou_thres": 1.0}
_ACTING: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("conf_thres 0.05, iou_thres 1: everything that is seen", _SURE),
    ("conf_thres 0.6, iou_thres 1", {**_SURE, "conf_thres": 0.6}),
    ("conf_thres 0.05, iou_thres 0.45: no doubles", {**_SURE, "iou_thres": 0.45}),
    ("the defaults: conf_thres 0.25, iou_thres 0.45", {}),
    ("the defaults, and a rectangle", {"rectangle": _RECTANGLE}),
    ("the defaults, and sliding windows", {"inference_mode": "sliding_window", "sliding_window_params": _WINDOWS}),
)


class Panel(NamedTuple):
    """One picture of a figure."""

    ground: str
    """The photograph's file; "" for the road of the default world's video."""
    caption: str
    annotation: Annotation
    regions: tuple[tuple[int, int, int, int], ...] = ()
    """What is outlined beside the objects: left, top, right, bottom in pixels."""

    @property
    def digest(self) -> str:
        """Of what was predicted, however a mask's text was packed."""
        labels = self.annotation.labels
        said = [
            [one.obj_class.name, [tag.to_json() for tag in one.tags], _told(one.geometry), list(one.obj_class.color)]
            for one in labels
        ]
        tags = [tag.to_json() for tag in self.annotation.img_tags]
        content = json.dumps([self.ground, self.caption, self.regions, said, tags], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


def figures() -> dict[str, list[Panel]]:
    """The panels of each figure by its name, from a fake, through the client."""
    with modeldouble_server.serve() as server:
        made = {name: _photographed(server, name, pair) for name, pair in _PAIRS.items()}
        made |= {f"{name}_video": _filmed(server, name, frames) for name, frames in _FILMED.items()}
        return {**made, "settings": _acting(server, "cat.jpg")}


def _photographed(server: Server, name: str, files: Iterable[str]) -> list[Panel]:
    with server.add_model(name, seed=SEEDS["photographs"]) as model:
        session = model.session()
        seen = {file: session.inference_image_path(PHOTOGRAPHS / file) for file in files}
        return [Panel(file, _said(one), one.annotation) for file, one in seen.items()]


def _filmed(server: Server, name: str, frames: range) -> list[Panel]:
    spec = preset(name, seed=SEEDS["video"], track_tags=True)
    with server.add_model(spec=spec, pace=0) as model:
        video = model.add_video(frames.stop, VIDEO_SIZE, video_id=VIDEO_ID)
        seen = model.session().inference_video_id(video)
        return [Panel("", f"frame {at}", seen[at].annotation) for at in frames]


def _acting(server: Server, file: str) -> list[Panel]:
    with server.add_model("detection", seed=SEEDS["settings"]) as model:
        session, made = model.session(), []
        for caption, settings in _ACTING:
            session.set_inference_settings(dict(settings))
            found = session.inference_image_path(PHOTOGRAPHS / file)
            made.append(Panel(file, caption, found.annotation, _regions(settings, found)))
        return made


def _said(found: Prediction) -> str:
    """The best of a classifier's answer, which has no place in the picture."""
    return "   ".join(f"{tag.name} {tag.value:.2f}" for tag in found.img_tags[:3] if isinstance(tag.value, float))


def _regions(settings: Mapping[str, Any], found: Prediction) -> tuple[tuple[int, int, int, int], ...]:
    # The last two slides are the whole picture.
    slides = [slide["rectangle"] for slide in found["data"].get("slides", [])[:-2]]
    corners = [one["points"]["exterior"] for one in (*slides, *filter(None, [settings.get("rectangle")]))]
    return tuple((left, top, right, bottom) for (left, top), (right, bottom) in corners)


def _told(geometry: Any) -> Any:
    if not isinstance(geometry, Bitmap):
        return geometry.to_json()
    packed = hashlib.sha256(geometry.data.tobytes()).hexdigest()
    return [geometry.origin.col, geometry.origin.row, *geometry.data.shape, packed]
