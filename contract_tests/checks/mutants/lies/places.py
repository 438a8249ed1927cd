"""Where in an answer a lie is told: routes by what they answer, and the objects inside their JSON."""

from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
Place = Callable[[Any], Iterator[Json]]
"""Gives every JSON object of one kind that an answer holds."""

INFO = ("get_session_info",)
SETTINGS = ("get_custom_inference_settings",)
META = ("get_output_classes_and_tags",)
OTHER_META = ("get_model_meta",)
IMAGE = ("inference_image",)
BATCH = ("inference_batch",)
IMAGE_ID = ("inference_image_id",)
BATCH_IDS = ("inference_batch_ids",)
VIDEO_ID = ("inference_video_id",)
STARTS = (
    "inference_video_async", "inference_video_id_async", "inference_batch_async", "inference_batch_ids_async",
    "inference_image_id_async", "inference_project_id_async",
)  # fmt: skip
VIDEO_STARTS = STARTS[:2]
PROGRESS = ("get_inference_progress",)
POP = ("pop_inference_results",)
STATUS = ("get_inference_status",)
PREPARING = ("get_preparing_progress",)
RESULT = ("get_inference_result",)
STOP = ("stop_inference",)
CLEAR = ("clear_inference_request",)
POLLS = (*PROGRESS, *POP)
ABOUT_A_JOB = (*POLLS, *STATUS, *PREPARING, *RESULT)
FILES = (*IMAGE, *BATCH)
PREDICTING = (*FILES, *IMAGE_ID, *BATCH_IDS, *VIDEO_ID, *POP)


def whole(value: Any) -> Iterator[Json]:
    """The answer itself."""
    if isinstance(value, dict):
        yield value


def predictions(value: Any) -> Iterator[Json]:
    """Predictions of any route that gives some."""
    if isinstance(value, dict) and "annotation" in value:
        yield value
    listed = value if isinstance(value, list) else []
    if isinstance(value, dict):
        listed = next((value[key] for key in ("pending_results", "ann") if isinstance(value.get(key), list)), [])
    for one in listed:
        yield from predictions(one)


def annotations(value: Any) -> Iterator[Json]:
    """Annotations of predictions."""
    yield from (one["annotation"] for one in predictions(value) if one["annotation"] is not None)


def sizes(value: Any) -> Iterator[Json]:
    """Sizes of annotations."""
    yield from (one["size"] for one in annotations(value))


def objects(value: Any) -> Iterator[Json]:
    """Objects of annotations."""
    for one in annotations(value):
        yield from one["objects"]


def boxes(value: Any) -> Iterator[Json]:
    """What holds the corners of rectangles."""
    yield from (one["points"] for one in objects(value) if one["geometryType"] == "rectangle")


def confidences(value: Any) -> Iterator[Json]:
    """Tags of objects that tell a confidence."""
    for one in objects(value):
        yield from (tag for tag in one["tags"] if tag["name"] == "confidence")


def progresses(value: Any) -> Iterator[Json]:
    """The progress of a poll."""
    if isinstance(value, dict) and isinstance(value.get("progress"), dict):
        yield value["progress"]


def classes(value: Any) -> Iterator[Json]:
    """Classes of a project meta."""
    yield from value["classes"]


def tag_metas(value: Any) -> Iterator[Json]:
    """Tags of a project meta."""
    yield from value["tags"]


def each(place: Place, change: Callable[[Json], object]) -> Callable[[Any], Any]:
    """Change every object of a place, in place."""

    def changed(value: Any) -> Any:
        for one in list(place(value)):
            change(one)
        return value

    return changed
