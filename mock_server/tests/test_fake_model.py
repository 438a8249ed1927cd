"""A model: what it says of itself, and its predictions under settings."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator

import pytest

from modeldouble_server.blobs import Blobs
from modeldouble_server.board import Board
from modeldouble_server.clock import Clock
from modeldouble_server.meta import boxes
from modeldouble_server.model import Model, ModelFailed, ModelSpec, encoded
from modeldouble_server.scene import Answer, Detection, Query, Subject
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.stubs import Raised
from modeldouble_server.world import World

INFO = {"app_name": "Sérve", "model_name": "Mock", "task type": "object detection", "half": None}
SETTINGS = {"conf_thres": 0.25, "augment": False}
COLORS = {"dog": "#000001", "cat": "#000002"}


class Fixed:
    def predict(self, query: Query) -> Answer:
        if query.subject.sha256 == "bad":
            raise ZeroDivisionError("no luck")
        return Answer((Detection("dog", (0, 0, 1, 1), 0.5), Detection("cat", (0, 0, 1, 1), 0.25)))


SPEC = ModelSpec(INFO, SETTINGS, boxes(COLORS), Fixed())


@pytest.fixture
async def model() -> AsyncIterator[Model]:
    store = SqliteStore()
    clock = Clock(lambda: 5.0)
    yield Model(SPEC, World(store, "w:", Blobs()), clock, lambda clock: Board(store, "j:", clock.now, 9))
    await store.close()


def test_json_goes_out_compact_and_in_utf8() -> None:
    assert encoded({"a": [1, None], "é": True}) == '{"a":[1,null],"é":true}'.encode()


def test_a_model_announces_info_settings_and_classes(model: Model) -> None:
    assert json.loads(model.info_body) == INFO
    assert json.loads(model.settings_body) == {"settings": SETTINGS}
    classes = json.loads(model.meta_body)["classes"]
    assert [(one["title"], one["color"]) for one in classes] == list(COLORS.items())


def test_the_order_of_keys_is_the_specs(model: Model) -> None:
    assert list(json.loads(model.info_body)) == list(INFO)


def test_settings_act_on_what_the_predictor_answers() -> None:
    assert [one.class_name for one in SPEC.predict(Query(Subject("aa", 9, 9))).objects] == ["dog", "cat"]
    assert [one.class_name for one in SPEC.predict(Query(Subject("aa", 9, 9), {"conf": 0.3})).objects] == ["dog"]


def test_a_predictor_that_raises_is_a_failure_of_the_model_by_its_name() -> None:
    with pytest.raises(ModelFailed, match="no luck") as failed:
        SPEC.predict(Query(Subject("bad", 9, 9)))
    assert failed.value.kind == "ZeroDivisionError"
    assert isinstance(failed.value.__cause__, ZeroDivisionError)


def test_a_predictor_that_returns_no_answer_is_told_what_to_return() -> None:
    class Listing:
        def predict(self, query: Query) -> Answer:
            return [Detection("dog", (0, 0, 1, 1), 0.5)]  # type: ignore[return-value]

    with pytest.raises(ModelFailed, match=r"Listing\.predict returned .*; return Answer") as failed:
        SPEC._replace(predictor=Listing()).predict(Query(Subject("aa", 9, 9)))
    assert failed.value.kind == "TypeError"


def test_a_stub_that_fails_the_model_names_the_exception() -> None:
    class Told:
        def predict(self, query: Query) -> Answer:
            raise Raised("OutOfMemoryError", "CUDA out of memory")

    with pytest.raises(ModelFailed, match="CUDA out of memory") as failed:
        SPEC._replace(predictor=Told()).predict(Query(Subject("aa", 9, 9)))
    assert failed.value.kind == "OutOfMemoryError"


async def test_a_class_that_an_answer_brings_is_told_from_then_on(model: Model) -> None:
    model.join(Answer((Detection("bird", (0, 0, 1, 1), 0.5),)))
    assert [one["title"] for one in json.loads(model.meta_body)["classes"]] == ["dog", "cat", "bird"]
    assert model.meta.names == ("dog", "cat", "bird")


async def test_another_pace_leaves_stubs_and_classes_as_they_are(model: Model) -> None:
    model.join(Answer((Detection("bird", (0, 0, 1, 1), 0.5),)))
    before = model.stubs
    model.spec = model.spec._replace(pace=3.0)
    assert (model.stubs is before, model.meta.names[-1], model.spec.pace) == (True, "bird", 3.0)


async def test_another_spec_takes_the_place_of_the_whole(model: Model) -> None:
    model.join(Answer((Detection("bird", (0, 0, 1, 1), 0.5),)))
    model.spec = ModelSpec({"model_name": "other"}, {"conf": 0.5}, boxes({"cow": "#000000"}), Fixed())
    assert [one["title"] for one in json.loads(model.meta_body)["classes"]] == ["cow"]
    assert json.loads(model.settings_body) == {"settings": {"conf": 0.5}}


async def test_a_quick_predictor_answers_on_the_loops_own_thread(model: Model) -> None:
    assert await model.work(threading.get_ident) == threading.get_ident()


async def test_a_slow_predictor_answers_in_a_thread_of_its_own(model: Model) -> None:
    model.spec = model.spec._replace(patience=60.0)
    assert await model.work(threading.get_ident) != threading.get_ident()


async def test_a_slow_predictor_that_does_not_end_is_a_failure_of_the_model(model: Model) -> None:
    over = threading.Event()
    model.spec = model.spec._replace(patience=0.01)
    with pytest.raises(ModelFailed, match=r"longer than its 0\.01 s") as failed:
        await model.work(over.wait)
    over.set()
    assert failed.value.kind == "TimeoutError"


async def test_a_slow_predictor_makes_four_answers_at_a_time(model: Model) -> None:
    model.spec = model.spec._replace(patience=60.0)
    at_once, most, lock = [0], [0], threading.Lock()
    full = threading.Event()

    def answer() -> None:
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        if at_once[0] == 4:
            full.set()
        full.wait(5.0)
        with lock:
            at_once[0] -= 1

    await asyncio.gather(*(model.work(answer) for _ in range(12)))
    assert most[0] == 4


async def test_jobs_run_on_the_models_own_clock(model: Model) -> None:
    uuid = await model.board.start(10, 1.0, 0.0, {})
    model.clock.advance(4)
    assert (await model.board.look(uuid)).inferred == 4


def test_warnings_name_the_model(model: Model, caplog: pytest.LogCaptureFixture) -> None:
    model.noticer.note("backward", "x")
    assert caplog.messages[0].startswith("Mock: x; ")


def test_a_model_is_as_quick_as_the_designs_default() -> None:
    assert (SPEC.pace, SPEC.preparation, SPEC.max_batch_size) == (0.02, 0.0, None)
