"""What a job remembers, and its results: made of that when they are asked for, and never stored."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .model import Model, encoded
from .results import Frames, Terms, bare_body, bare_prediction, image_prediction, video_bodies, video_prediction
from .scene import Origin, Query, Subject, Turn
from .wire import Json
from .world import Entity, image_subject, video_subject

Work = dict[str, Any]


def video_work(video: Entity, frames: Frames, query: Query) -> Work:
    """What a video job must remember: the video's identity, not its frames."""
    meta = {"width": video["fileMeta"]["width"], "height": video["fileMeta"]["height"]}
    if "size" in video["fileMeta"]:
        meta["bytes"] = int(video["fileMeta"]["size"])
    kept = {key: video[key] for key in ("id", "name", "datasetId", "projectId", "hash") if key in video}
    told: Work = {"video": {**kept, "fileMeta": meta}, "start": frames.start, "step": frames.step}
    return {**told, **_turns([query]), **_terms(Terms(query.origin.route, query.settings, query.sent))}


def images_work(images: Sequence[Entity], queries: Sequence[Query], terms: Terms) -> Work:
    """What a job over platform images must remember of each."""
    keys = ("id", "name", "datasetId", "projectId", "hash", "width", "height")
    return {"images": [{key: image[key] for key in keys} for image in images], **_turns(queries), **_terms(terms)}


def files_work(queries: Sequence[Query], terms: Terms) -> Work:
    """What a job over uploaded pictures must remember of each: never its bytes."""
    files = [[*one.subject[:3], one.origin.name] for one in queries]
    return {"files": files, **_turns(queries), **_terms(terms)}


def speedtest_work(images: Sequence[Entity], pace: float, terms: Terms) -> Work:
    """What a speed test must remember: the pictures, and the seconds that a batch of them takes."""
    return {**images_work(images, (), terms), "pace": pace}


def job_results(model: Model, work: Mapping[str, Any], start: int, end: int) -> list[Json]:
    """Results `start` to `end` (exclusive) of a job."""
    return list(each_result(model, work, start, end))


def each_result(model: Model, work: Mapping[str, Any], start: int, end: int) -> Iterator[Json]:
    """Results `start` to `end` (exclusive) of a job, each made when it is taken."""
    if "pace" in work:
        return (_measured(model, work, at) for at in range(start, end))
    if "video" in work:
        query = _video_query(work)
        return (video_prediction(model, work["video"], frame, query) for frame in _frames(work, start, end))
    if "images" in work:
        return (_image(model, work, at) for at in range(start, min(end, len(work["images"]))))
    files = work.get("files", [])
    return (bare_prediction(model, _file_query(work, at)) for at in range(start, min(end, len(files))))


def each_body(model: Model, work: Mapping[str, Any], start: int, end: int) -> Iterator[list[bytes]]:
    """`each_result` as it goes on the wire, some together where that is done at once."""
    if "video" in work:
        return video_bodies(model, work["video"], _frames(work, start, end), _video_query(work))
    if "files" in work:
        return ([bare_body(model, _file_query(work, at))] for at in range(start, min(end, len(work["files"]))))
    return ([encoded(one)] for one in each_result(model, work, start, end))


def _frames(work: Mapping[str, Any], start: int, end: int) -> range:
    return range(work["start"] + start * work["step"], work["start"] + end * work["step"], work["step"])


def _video_query(work: Mapping[str, Any]) -> Query:
    """One query for all frames: stubs remember by it which of them answers which frame."""
    origin = Origin(work["route"], work["video"].get("name"), video_id=work["video"].get("id"))
    return _query(work, video_subject(work["video"], None), origin, 0)


def _image(model: Model, work: Mapping[str, Any], at: int) -> Json:
    image = work["images"][at]
    query = _query(work, image_subject(image), Origin(work["route"], image["name"], image["id"]), at)
    shape = "prediction of ids" if work["route"] == "inference_batch_ids_async" else "prediction"
    return image_prediction(model, image, query, "prediction of a project" if "project" in work else shape)


def _file_query(work: Mapping[str, Any], at: int) -> Query:
    sha256, width, height, name = work["files"][at]
    return _query(work, Subject(sha256, width, height), Origin(work["route"], name), at)


def _measured(model: Model, work: Mapping[str, Any], at: int) -> Json:
    """One iteration, in milliseconds. Real apps know the parts of the total only if the model measures itself."""
    image = work["images"][at % len(work["images"])]
    # One picture stands for its batch, so that a model that fails shows it here. It does not leave the CPU for this.
    model.predict(_query(work, image_subject(image), Origin(work["route"], image["name"], image["id"]), None))
    return {"total": 1000 * work["pace"], "preprocess": None, "inference": None, "postprocess": None}


def _query(work: Mapping[str, Any], subject: Subject, origin: Origin, at: int | None) -> Query:
    turns = () if at is None or not work.get("turns") else tuple(Turn(*one) for one in work["turns"][at])
    return Query(subject, work["settings"], work["sent"], origin, turns)


def _terms(terms: Terms) -> Work:
    return {"route": terms.route, "settings": dict(terms.settings), "sent": dict(terms.sent)}


def _turns(queries: Sequence[Query]) -> Work:
    """Nothing while no stub answers, which spares the records of large jobs a list of empty lists."""
    return {"turns": [query.turns for query in queries]} if any(query.turns for query in queries) else {}
