"""Every way to start a job, and what it must give, result by result."""

from typing import Any, NamedTuple

from hypothesis import strategies as st

from modeldouble_server.default_world import PICTURES_DATASET_ID, VIDEO_ID

from .life import Json
from .served import FILM, PICTURES, PROJECT, Served

_ALIASES = (
    ("videoId", "startFrameIndex", "framesCount", "framesDirection"),
    ("video_id", "start_frame_index", "frames_count", "direction"),
    ("video_id", "start_frame", "num_frames", "direction"),
)
_BEYOND = 987_654_321
STRANGERS: tuple[tuple[str, Json], ...] = (
    ("inference_video_id_async", {"videoId": _BEYOND}),
    ("inference_image_id_async", {"image_id": _BEYOND}),
    ("inference_batch_ids_async", {"images_ids": [*PICTURES, _BEYOND]}),
    ("inference_project_id_async", {"projectId": _BEYOND}),
)
"""Starts over what there is not."""
_VIDEO: Json = {"videoId": VIDEO_ID}
WRONG: tuple[tuple[str, Any], ...] = (
    ("inference_video_id_async", {**_VIDEO, "framesDirection": "sideways"}),
    ("inference_video_id_async", {**_VIDEO, "startFrameIndex": -1}),
    ("inference_video_id_async", {**_VIDEO, "framesCount": "3"}),
    ("inference_video_id_async", {}),
    ("inference_batch_ids_async", {"images_ids": "all"}),
    ("inference_video_id_async", {**_VIDEO, "settings": {"conf_thres": 7}}),
    ("inference_image_id_async", None),
)
"""Starts that are refused."""


class Range(NamedTuple):
    """What a start says of the frames of a video."""

    start: int | None
    length: int | None
    backward: bool
    spelling: int

    def asked(self, video: int) -> Json:
        names = _ALIASES[self.spelling]
        direction = "backward" if self.backward else None if self.spelling else "forward"
        said = dict(zip(names, (video, self.start, self.length, direction), strict=True))
        return {name: value for name, value in said.items() if value is not None}

    def of(self, total: int) -> list[int]:
        """The frames that are meant: clipped to the video, from its end if it goes backward from nowhere."""
        every = list(range(total))
        if self.backward:
            every.reverse()
        if self.start is not None:
            every = every[every.index(self.start) :] if self.start < total else []
        return every if self.length is None else every[: self.length]


SOME = st.none() | st.integers(0, 12)
RANGES = st.builds(Range, SOME, SOME, st.booleans(), st.integers(0, 2))
MANY = st.builds(Range, SOME | st.integers(0, 1400), SOME | st.integers(400, 1400), st.booleans(), st.integers(0, 2))
IDS = st.lists(st.sampled_from(list(PICTURES)), max_size=6)


class Started(NamedTuple):
    """A job that was started: its uuid, and every result that it must give, in order."""

    uuid: str
    results: list[Json]
    video: bool = False


def video(served: Served, client: int, number: int, frames: Range) -> Started:
    uuid = uuid_of(served.ask(client, "inference_video_id_async", frames.asked(number)))
    known = served.frames[number]
    return Started(uuid, [known[at] for at in frames.of(len(known))], True)


def video_file(served: Served, client: int) -> Started:
    """Its frames are those of the same video on the platform, without the places that they have there."""
    uuid = uuid_of(served.form(client, "inference_video_async", [FILM]))
    nowhere: Json = {"project_id": None, "dataset_id": None, "video_id": None}
    return Started(uuid, [{**one, **nowhere} for one in served.frames[VIDEO_ID]], True)


def images(served: Served, client: int, ids: list[int]) -> Started:
    uuid = uuid_of(served.ask(client, "inference_batch_ids_async", {"images_ids": ids}))
    return Started(uuid, [served.images[one] for one in ids])


def image(served: Served, client: int, ids: list[int]) -> Started:
    """The only one of `ids`."""
    uuid = uuid_of(served.ask(client, "inference_image_id_async", {"image_id": ids[0]}))
    return Started(uuid, [served.images[ids[0]]])


def files(served: Served, client: int, ids: list[int]) -> Started:
    uuid = uuid_of(served.form(client, "inference_batch_async", [PICTURES[one] for one in ids]))
    return Started(uuid, [served.files[one] for one in ids])


def project(served: Served, client: int, whole: bool, known: bool) -> Started:
    """All of a project, or one dataset of it, which may be none of its own: then the job is empty."""
    asked: Json = {} if whole else {"dataset_ids": [PICTURES_DATASET_ID if known else _BEYOND]}
    uuid = uuid_of(served.ask(client, "inference_project_id_async", {"projectId": PROJECT, **asked}))
    return Started(uuid, [served.images[one] for one in sorted(served.images)] if whole or known else [])


def uuid_of(said: Any) -> str:
    assert said.status == 200, said
    assert list(said.value) == ["inference_request_uuid"], said
    uuid: str = said.value["inference_request_uuid"]
    assert len(uuid) == 32
    assert not set(uuid) - set("0123456789abcdef")
    return uuid
