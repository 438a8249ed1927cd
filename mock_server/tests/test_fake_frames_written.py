"""Results of jobs as they go on the wire: put together of parts, to the bytes that the encoder makes of the whole."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modeldouble_server.blobs import Blobs
from modeldouble_server.board import Board
from modeldouble_server.clock import Clock
from modeldouble_server.dialect import read_dialect
from modeldouble_server.meta import of_names
from modeldouble_server.model import Model, ModelFailed, ModelSpec, encoded
from modeldouble_server.predict.synthetic import TASKS, Synthetic
from modeldouble_server.results import Frames, Terms
from modeldouble_server.scene import Answer, Detection, Origin, Predictor, Query, Settings, Subject, Tag
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.stubs import seen
from modeldouble_server.work import Work, each_body, each_result, files_work, images_work, video_work
from modeldouble_server.world import World, video_subject

DIALECTS = [None, "2023", "6.73.100", "6.74.51"]
NASTY = '"objects":[],"frame_index":0 %d \\ \ud55c'
CLASSES = ["person", "car", "dog"]
HASH = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
VIDEO = {
    "id": 7,
    "name": NASTY,
    "datasetId": 3,
    "projectId": 2,
    "hash": HASH,
    "fileMeta": {"width": 640, "height": 360},
}
SHAPES: list[dict[str, Any]] = [
    {"box": (1, 2, 300, 200)}, {"polygon": [(1, 2), (300, 2), (3, 200)]}, {"mask": [[1, 0], [1, 1]], "origin": (9, 9)},
    {"keypoints": {"nose": (3, 4)}},
]  # fmt: skip
VERBATIM = {"size": {}, "objects": [{
    "classTitle": "car", "geometryType": "rectangle", "points": {"exterior": [[1, 2], [9, 9]], "interior": []},
    "frame_index": 0, "objects": [],
}]}  # fmt: skip
WINDOWS = {"inference_mode": "sliding_window", "sliding_window_params": {"windowHeight": 180, "windowWidth": 320}}
REGION = {"rectangle": {"points": {"exterior": [[5, 5], [200, 100]], "interior": []}}}
SENT: list[Settings] = [{}, {"conf_thres": 0.7}, {"classes": ["car", NASTY]}, WINDOWS, REGION, {"iou_thres": 0.2}]
Make = Callable[..., Model]


@pytest.fixture
async def model() -> AsyncIterator[Make]:
    store = SqliteStore()

    def made(dialect: str | None = None, predictor: Predictor | None = None) -> Model:
        spec = ModelSpec({"model_name": "m"}, {}, of_names(CLASSES), predictor or Synthetic(CLASSES))
        world, board = World(store, "w:", Blobs()), lambda clock: Board(store, "j:", clock.now, 9)
        return Model(spec, world, Clock(), board, read_dialect(dialect))

    yield made
    await store.close()


def of_video(model: Model, frames: Frames, sent: Settings, video: dict[str, Any] = VIDEO) -> Work:
    asked = range(frames.start, frames.start + frames.step * frames.length, frames.step)
    query = Query(video_subject(video, None), sent, sent, Origin("r", NASTY, video_id=7, frames=asked))
    return video_work(video, frames, query._replace(turns=model.stubs.take(query, 1)))


def bodies(model: Model, work: Work, start: int, end: int) -> list[bytes]:
    return [one for some in each_body(model, work, start, end) for one in some]


SURE = st.none() | st.sampled_from([0, 1]) | st.floats(0, 1)
OBJECTS = st.lists(
    st.builds(
        lambda name, shape, sure, tags: seen(name, **shape, confidence=sure, tags=tags),
        st.sampled_from([*CLASSES, NASTY]), st.sampled_from(SHAPES), SURE, st.none() | st.just({NASTY: NASTY}),
    ),
    max_size=3,
)  # fmt: skip
PREDICTED = st.builds(lambda said, tags: (said, {"tags": tags}), OBJECTS, st.none() | st.just({NASTY: 0.9})) | st.just(
    ((), {"annotation": VERBATIM})
)
SPANS = st.builds(range, st.integers(0, 20), st.integers(21, 40)) | st.integers(0, 30)
STUBS = st.lists(st.tuples(SPANS, PREDICTED), max_size=4, unique_by=lambda one: str(one[0]))
FRAMES = st.builds(Frames, st.integers(30, 50), st.sampled_from([1, -1]), st.integers(1, 30))


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(whole=PREDICTED, others=STUBS, frames=FRAMES, sent=st.sampled_from(SENT), cut=st.integers(0, 30))
async def test_frames_of_stubs_are_the_encoders_bytes(
    model: Make, dialect: str | None, whole: Any, others: Any, frames: Frames, sent: Settings, cut: int
) -> None:
    one, cut = model(dialect), min(cut, frames.length)
    one.stubs.when().predict(*whole[0], **whole[1])
    for at, (span, (said, more)) in enumerate(others):
        # Later ones are the more specific, so that none ties with another.
        extra: dict[str, Any] = dict(list({"route": "r", "video_id": 7, "video": "*"}.items())[:at])
        one.stubs.when(frames=span, **extra).predict(*said, **more)
    work = of_video(one, frames, sent)
    pieces = bodies(one, work, 0, cut) + bodies(one, work, cut, frames.length)
    assert pieces == [encoded(result) for result in each_result(one, work, 0, frames.length)]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("sent", SENT)
async def test_frames_that_are_made_up_are_the_encoders_bytes(model: Make, task: str, sent: Settings) -> None:
    one = model(None, Synthetic([*CLASSES, NASTY], task=task, track_tags=True))
    small = {**VIDEO, "fileMeta": {"width": 320, "height": 180}}
    sent = {**sent, **({"sliding_window_params": {"windowHeight": 90, "windowWidth": 160}} if sent is WINDOWS else {})}
    work = of_video(one, Frames(40, -1, 9), sent, small)
    assert bodies(one, work, 0, 9) == [encoded(result) for result in each_result(one, work, 0, 9)]


async def test_videos_differ_by_their_ids_and_sizes(model: Make) -> None:
    one = model()
    one.stubs.when().predict("car", box=(1, 2, 3, 4))
    file = {"hash": HASH, "fileMeta": {"width": 64, "height": 48}}
    for video in (VIDEO, {**VIDEO, "id": 8}, {**VIDEO, "datasetId": 9}, {**VIDEO, "projectId": 9}, file, VIDEO):
        work = of_video(one, Frames(0, 1, 3), {}, video)
        assert bodies(one, work, 0, 3) == [encoded(result) for result in each_result(one, work, 0, 3)]


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_pictures_of_jobs_are_the_encoders_bytes(model: Make, dialect: str | None) -> None:
    one, terms = model(dialect), Terms("r", {}, {})
    image = {"id": 5, "name": NASTY, "datasetId": 3, "projectId": 2, "hash": HASH, "width": 640, "height": 480}
    queries = [Query(Subject(f"{at:064x}", 640, 480), {}, {}, Origin("r", NASTY)) for at in range(5)]
    for work in (files_work(queries, terms), images_work([image] * 5, queries, terms)):
        assert bodies(one, work, 1, 9) == [encoded(result) for result in each_result(one, work, 1, 5)]


async def test_frames_before_the_one_on_which_a_stub_raises_are_told(model: Make) -> None:
    one = model()
    one.stubs.when().predict("car", box=(1, 2, 3, 4))
    one.stubs.when(frames=7).raises("RuntimeError", "out of memory")
    made, told = each_body(one, of_video(one, Frames(2, 1, 20), {}), 0, 20), list[bytes]()
    with pytest.raises(ModelFailed, match="out of memory"):
        told.extend(text for some in made for text in some)
    assert [b'"frame_index":%d,' % at in text for at, text in enumerate(told, 2)] == [True] * 5


async def test_frames_that_a_stub_answers_alike_come_together(model: Make) -> None:
    one = model()
    one.stubs.when().predict("car", box=(1, 2, 3, 4))
    one.stubs.when(frames=range(10, 20)).predict("dog", box=(1, 2, 3, 4))
    sizes = {step: [len(some) for some in each_body(one, of_video(one, Frames(start, step, 30), {}), 0, 30)]
             for start, step in ((0, 1), (29, -1))}  # fmt: skip
    assert sizes == {1: [10, 10, 10], -1: [10, 10, 10]}


async def test_each_frame_is_asked_for_of_who_is_not_a_stub(model: Make) -> None:
    class Counts:
        def predict(self, query: Query) -> Answer:
            return Answer((Detection("car", (query.subject.frame or 0, 2, 300, 4), 0.5),), (Tag("x"),), literal=True)

    one = model(None, Counts())
    work = of_video(one, Frames(0, 1, 9), {})
    assert bodies(one, work, 0, 9) == [encoded(result) for result in each_result(one, work, 0, 9)]
    assert len(set(bodies(one, work, 0, 9))) == 9
