"""The predictions of a job, made when they are asked for, from the job's record and the model: none is ever stored."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from . import wire
from .model import Model
from .scene import Settings, Subject
from .wire import Json
from .world import Entity, image_subject, video_subject


class Frames(NamedTuple):
    """Which frames of a video, in order: `start`, `start + step`, ...; `length` of them, all inside the video."""

    start: int
    step: int
    length: int


def frame_range(start: int | None, count: int | None, backward: bool, total: int) -> Frames:
    """Clip what was asked for to a video of `total` frames. No count means to the end.

    No start means the first frame in the direction of travel: backward, that is the last one.
    """
    first = start if start is not None else (max(0, total - 1) if backward else 0)
    left = 0 if first >= total else (first + 1 if backward else total - first)
    return Frames(first, -1 if backward else 1, left if count is None else min(count, left))


def image_prediction(model: Model, image: Entity, settings: Settings, shape: str = "prediction") -> Json:
    """The prediction of a platform image, with its ids and name; `shape` is its name in the dialects' tables."""
    found = {"name": image["name"], "image_name": image["name"], "image_id": image["id"]}
    owner = {"dataset_id": image["datasetId"], "project_id": image["projectId"]}
    return _predicted(model, image_subject(image), settings, {**found, **owner}, shape)


def bare_prediction(model: Model, subject: Subject, settings: Settings) -> Json:
    """The prediction of an uploaded picture or of a URL: real servers leave every key about its origin null."""
    return _predicted(model, subject, settings, {})


def video_prediction(model: Model, video: Entity, frame: int, settings: Settings) -> Json:
    """The prediction of one frame of a platform video, or of an uploaded one, which has no ids."""
    ids = {"video_id": video.get("id"), "dataset_id": video.get("datasetId"), "project_id": video.get("projectId")}
    return _predicted(model, video_subject(video, frame), settings, {**ids, "frame_index": frame})


def video_work(video: Entity, frames: Frames, settings: Settings) -> dict[str, Any]:
    """What a video job must remember: the video's identity, not its frames."""
    meta = {"width": video["fileMeta"]["width"], "height": video["fileMeta"]["height"]}
    if "size" in video["fileMeta"]:
        meta["bytes"] = int(video["fileMeta"]["size"])
    kept = {key: video[key] for key in ("id", "datasetId", "projectId", "hash") if key in video}
    return {"video": {**kept, "fileMeta": meta}, "start": frames.start, "step": frames.step, "settings": dict(settings)}


def images_work(images: Sequence[Entity], settings: Settings) -> dict[str, Any]:
    """What a job over platform images must remember of each."""
    keys = ("id", "name", "datasetId", "projectId", "hash", "width", "height")
    return {"images": [{key: image[key] for key in keys} for image in images], "settings": dict(settings)}


def files_work(subjects: Sequence[Subject], settings: Settings) -> dict[str, Any]:
    """What a job over uploaded pictures must remember of each: never its bytes."""
    return {"files": [list(subject) for subject in subjects], "settings": dict(settings)}


def speedtest_work(images: Sequence[Entity], pace: float, settings: Settings) -> dict[str, Any]:
    """What a speed test must remember: the pictures, and the seconds that a batch of them takes."""
    return {**images_work(images, settings), "pace": pace}


def job_results(model: Model, work: dict[str, Any], start: int, end: int) -> list[Json]:
    """Results `start` to `end` (exclusive) of a job."""
    settings = work.get("settings", {})
    if "pace" in work:
        return [_measured(model, work, at) for at in range(start, end)]
    if "video" in work:
        frames = range(work["start"] + start * work["step"], work["start"] + end * work["step"], work["step"])
        return [video_prediction(model, work["video"], frame, settings) for frame in frames]
    if "images" in work:
        shape = "prediction of a project" if "project" in work else "prediction"
        return [image_prediction(model, image, settings, shape) for image in work["images"][start:end]]
    return [bare_prediction(model, Subject(*facts), settings) for facts in work.get("files", [])[start:end]]


def _measured(model: Model, work: dict[str, Any], at: int) -> Json:
    """One iteration, in milliseconds. Real apps know the parts of the total only if the model measures itself."""
    images = work["images"]
    # One picture stands for its batch, so that a model that fails shows it here. It does not leave the CPU for this.
    model.spec.predict(image_subject(images[at % len(images)]), work["settings"])
    return {"total": 1000 * work["pace"], "preprocess": None, "inference": None, "postprocess": None}


def _predicted(model: Model, subject: Subject, settings: Settings, filled: Json, shape: str = "prediction") -> Json:
    model.deployment.thaw()
    found = model.spec.predict(subject, settings)
    annotated = wire.annotation((subject.width, subject.height), found)
    if model.dialect.release is not None:
        annotated["objects"] = [model.dialect.shaped("object", one) for one in annotated["objects"]]
    return model.dialect.shaped(shape, wire.prediction(annotated, **filled))
