"""A model: what it says of itself, and its predictions under settings."""

import json
from collections.abc import AsyncIterator

import pytest

from modeldouble_server.blobs import Blobs
from modeldouble_server.board import Board
from modeldouble_server.clock import Clock
from modeldouble_server.meta import boxes
from modeldouble_server.model import Model, ModelFailed, ModelSpec, encoded
from modeldouble_server.scene import Answer, Detection, Query, Subject
from modeldouble_server.store.sqlite import SqliteStore
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


async def test_jobs_run_on_the_models_own_clock(model: Model) -> None:
    uuid = await model.board.start(10, 1.0, 0.0, {})
    model.clock.advance(4)
    assert (await model.board.look(uuid)).inferred == 4


def test_warnings_name_the_model(model: Model, caplog: pytest.LogCaptureFixture) -> None:
    model.noticer.note("backward", "x")
    assert caplog.messages[0].startswith("Mock: x; ")


def test_a_model_is_as_quick_as_the_designs_default() -> None:
    assert (SPEC.pace, SPEC.preparation, SPEC.max_batch_size) == (0.02, 0.0, None)
