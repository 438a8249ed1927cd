"""Ready models, one for each task, whose answers are invented: what `Synthetic` predicts and what its app says."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from . import coco
from .meta import BITMAP, CONFIDENCE, GRAPH, RECTANGLE, ClassSpec, Meta, TagSpec
from .model import ModelSpec
from .predict.poses import skeleton
from .predict.synthetic import TRACK, Synthetic

_SCENE = (
    "sky", "mountain", "building", "wall", "fence", "vegetation", "terrain", "water", "sidewalk", "road", "person",
    "bicycle", "car", "bus", "dog",
)  # fmt: skip
_PICTURES = (
    "tabby cat", "golden retriever", "horse", "sparrow", "sports car", "bicycle", "airliner", "sailboat", "espresso",
    "pizza", "orange", "laptop", "lighthouse", "mountain", "beach", "street",
)  # fmt: skip
_SETTINGS = {"conf_thres": 0.25, "iou_thres": 0.45, "augment": False}
_NO_THRESHOLDS = {"augment": False}


class _Task(NamedTuple):
    """What an app of a task says of itself. The words are those of the official `get_info` of each task."""

    words: str
    classes: tuple[str, ...]
    shape: str
    windows: str = "basic"
    tracked: bool = False
    settings: Mapping[str, Any] = _NO_THRESHOLDS
    """Only what acts is announced: without confidences there is no threshold."""


_TASKS = {
    "detection": _Task("object detection", coco.NAMES, RECTANGLE, tracked=True, settings=_SETTINGS),
    "instance_segmentation": _Task("instance segmentation", coco.NAMES, BITMAP, tracked=True, settings=_SETTINGS),
    "semantic_segmentation": _Task("semantic segmentation", _SCENE, BITMAP),
    "pose": _Task("pose estimation", ("person",), GRAPH, windows="none"),
    # No app of the SDK classifies pictures; this is what its list of older apps calls the task.
    "classification": _Task("classification", _PICTURES, "", windows="none"),
}
NAMES = tuple(_TASKS)


def preset(
    name: str, classes: Sequence[str] | None = None, seed: int = 0, track_tags: bool = False
) -> ModelSpec:  # fmt: skip
    """A model of one of `NAMES`, of its own classes or of those that are given.

    ValueError: a name that is not known, or classes that are none or name one twice.
    """
    if name not in _TASKS:
        raise ValueError(f"preset is {name!r}; give one of {', '.join(NAMES)}")
    task = _TASKS[name]
    names = task.classes if classes is None else tuple(classes)
    if not names or len(set(names)) < len(names):
        raise ValueError(f"classes are {list(names)!r}; give at least one, and none twice")
    predictor = Synthetic(names, seed, task=name, track_tags=track_tags)
    meta = _meta(name, task, names, track_tags)
    # Null where there are none, as real apps say that cannot tell: a classifier's classes are tags.
    info = _info(name, task, len(meta.classes) or None)
    return ModelSpec(info, task.settings, meta, predictor, deploy_info=_deployed(name, task))


def _meta(name: str, task: _Task, names: Sequence[str], track_tags: bool) -> Meta:
    tags = [TagSpec(CONFIDENCE)]
    if name == "classification":
        return Meta((), (*tags, *(TagSpec(one, color=coco.color(at)) for at, one in enumerate(names))))
    if track_tags:
        tags.append(TagSpec(TRACK, color=coco.color(1)))
    bones = skeleton() if task.shape == GRAPH else None
    return Meta(tuple(ClassSpec(one, coco.color(at), task.shape, bones) for at, one in enumerate(names)), tuple(tags))


def _info(name: str, task: _Task, classes: int | None) -> dict[str, Any]:
    """The keys of the newest release. No tracker is announced, as the fake has none to be asked for."""
    return {
        "app_name": "Neural Network Serving",
        "session_id": None,
        "number_of_classes": classes,
        "sliding_window_support": task.windows,
        "videos_support": True,
        "async_video_inference_support": True,
        "tracking_on_videos_support": task.tracked,
        "async_image_inference_support": True,
        "tracking_algorithms": [],
        "batch_inference_support": True,
        "max_batch_size": None,
        "task type": task.words,
        "model_name": _model(name),
        "checkpoint_name": name,
        "device": "cpu",
    }


def _deployed(name: str, task: _Task) -> dict[str, Any]:
    return {
        "checkpoint_name": name,
        "model_name": _model(name),
        "architecture": _model(name),
        "checkpoint_url": None,
        "custom_checkpoint_path": None,
        "model_source": "Pretrained models",
        "task_type": task.words,
        "device": "cpu",
        "runtime": "PyTorch",
        "model_precision": "FP32",
        "hardware": "none: a test double",
        "deploy_params": {},
    }


def _model(name: str) -> str:
    return "Synthetic " + name.replace("_", " ")
