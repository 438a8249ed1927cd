"""Keys that are missing, renamed, or hold a value of the wrong type."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..lie import OBJECTS, VIDEO, Changed, Lie
from . import places
from .places import Json, Place, each


class Spot(NamedTuple):
    """A kind of object on some routes, and its keys with a value of the wrong type for each."""

    kind: str
    routes: tuple[str, ...]
    place: Place
    keys: dict[str, Any]
    needs: tuple[str, ...] = ()


SPOTS = (
    Spot("info", places.INFO, places.whole, {
        "app_name": 5, "number_of_classes": "80", "videos_support": "true", "async_video_inference_support": 1,
        "sliding_window_support": True, "task type": None,
    }),
    Spot("settings-answer", places.SETTINGS, places.whole, {"settings": [1]}),
    Spot("meta", places.META, places.whole, {"classes": {}, "tags": None}),
    Spot("class", places.META, places.classes, {"title": 1, "shape": "blob", "color": [255, 0, 0]}),
    Spot("tag-meta", places.META, places.tag_metas, {"name": None, "value_type": "number"}),
    Spot("prediction", places.IMAGE, places.predictions, {"annotation": "none", "data": None}),
    Spot("batch-prediction", places.BATCH, places.predictions, {"annotation": []}),
    Spot("annotation", places.IMAGE, places.annotations, {"size": [1, 1], "objects": {}, "tags": "none"}),
    Spot("size", places.BATCH, places.sizes, {"width": "640", "height": 1.5}),
    Spot("object", places.IMAGE, places.objects, {
        "classTitle": 7, "geometryType": "box", "shape": None, "tags": {}, "points": [[1, 2], [3, 4]],
    }, (OBJECTS,)),
    Spot("batch-object", places.BATCH, places.objects, {"classTitle": None, "points": []}, (OBJECTS,)),
    Spot("points", places.IMAGE, places.boxes, {"exterior": {"left": 1}, "interior": None}, (OBJECTS,)),
    Spot("confidence-tag", places.IMAGE, places.confidences, {"value": [0.5]}, (OBJECTS,)),
    Spot("start", places.STARTS, places.whole, {"inference_request_uuid": 17}, (VIDEO,)),
    Spot("poll", places.PROGRESS, places.whole, {
        "progress": 0.5, "is_inferring": "true", "pending_results": "none", "finished": None, "exception": True,
    }, (VIDEO,)),
    Spot("poll-progress", places.PROGRESS, places.progresses, {"current": "1", "total": None}, (VIDEO,)),
    Spot("pop", places.POP, places.whole, {
        "pending_results": 3, "progress": [], "is_inferring": 0, "finished": "no", "stage": 4,
    }, (VIDEO,)),
    Spot("pop-progress", places.POP, places.progresses, {"current": 0.25, "total": "10"}, (VIDEO,)),
    Spot("frame", places.POP, places.predictions, {"annotation": {}, "frame_index": "0"}, (VIDEO,)),
    Spot("status", places.STATUS, places.whole, {"stage": None, "progress": "50 %", "is_inferring": "yes"}, (VIDEO,)),
    Spot("preparing", places.PREPARING, places.whole, {"status": 1, "total": "10"}, (VIDEO,)),
    Spot("stop", places.STOP, places.whole, {"success": "yes"}, (VIDEO,)),
    Spot("clear", places.CLEAR, places.whole, {"success": 1}, (VIDEO,)),
)  # fmt: skip
RENAMED = {
    "info/task type": "task_type", "annotation/size": "image_size", "object/classTitle": "class",
    "meta/classes": "labels",
    "object/geometryType": "geometry_type", "start/inference_request_uuid": "uuid", "pop/pending_results": "results",
    "poll/is_inferring": "inferring", "points/exterior": "outer", "size/width": "w", "frame/annotation": "ann",
    "poll-progress/current": "done", "settings-answer/settings": "defaults",
}  # fmt: skip


def _lies() -> Iterator[Lie]:
    for spot in SPOTS:
        for key, wrong in spot.keys.items():
            yield from _of_one_key(spot, key, wrong)


def _of_one_key(spot: Spot, key: str, wrong: Any) -> Iterator[Lie]:
    where, word = f"{spot.kind}: {key!r}", key.replace(" ", "-")
    new = RENAMED.get(f"{spot.kind}/{key}")

    def drop(one: Json) -> None:
        one.pop(key, None)

    def spoil(one: Json) -> None:
        one[key] = wrong

    def rename(one: Json) -> None:
        one[str(new)] = one.pop(key)

    yield _lie(f"{spot.kind}-{word}-missing", f"{where} is left out", spot, drop)
    yield _lie(f"{spot.kind}-{word}-mistyped", f"{where} is {wrong!r}", spot, spoil)
    if new is not None:
        yield _lie(f"{spot.kind}-{word}-renamed", f"{where} is called {new!r}", spot, rename)


def _lie(name: str, what: str, spot: Spot, change: Any) -> Lie:
    return Lie(name, what, spot.routes, lambda: Changed(each(spot.place, change)), spot.needs)


LIES = tuple(_lies())
