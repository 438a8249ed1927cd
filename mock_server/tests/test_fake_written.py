"""Objects that a stub says again and again are written once, to the same bytes."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeldouble_server.blobs import Blobs
from modeldouble_server.board import Board
from modeldouble_server.clock import Clock
from modeldouble_server.dialect import Dialect, read_dialect
from modeldouble_server.geometry import object_json
from modeldouble_server.meta import of_names
from modeldouble_server.model import Model, ModelSpec, encoded
from modeldouble_server.predict.synthetic import Synthetic
from modeldouble_server.results import bare_body, bare_prediction
from modeldouble_server.scene import Detection, Polygon, Query, Subject, Tag, Turn
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.stubs import seen
from modeldouble_server.world import World
from modeldouble_server.written import _MOST, Around, Written

INFO = {"model_name": "m"}
NASTY = '"objects":[] \\ \ud55c'
WINDOWS = {"inference_mode": "sliding_window", "sliding_window_params": {"windowHeight": 320, "windowWidth": 320}}


Make = Callable[..., Model]


@pytest.fixture
async def model() -> AsyncIterator[Make]:
    store = SqliteStore()

    def made(dialect: Dialect | None = None) -> Model:
        spec, world = ModelSpec(INFO, {}, of_names(["a", "b"]), Synthetic(["a", "b"])), World(store, "w:", Blobs())
        spoken = dialect or read_dialect(None)
        return Model(spec, world, Clock(), lambda clock: Board(store, "j:", clock.now, 9), spoken)

    yield made
    await store.close()


def asked(model: Model, at: int = 0, **sent: Any) -> Query:
    query = Query(Subject(f"{at:064x}", 640, 480), sent, sent)
    return query._replace(turns=model.stubs.take(query, at))


STUBS: list[Any] = [
    [seen("a", box=(1, 2, 30, 40), confidence=0.5), seen("b", box=(5, 6, 7, 8), tags=["x"], confidence=1)],
    [seen("a", polygon=[(1, 2), (30, 2), (3, 40)]), seen("b", mask=[[1, 0], [1, 1]], origin=(3, 4))],
    [seen(NASTY, box=(1, 2, 3, 4), tags={NASTY: NASTY})],
    [],
]


@pytest.mark.parametrize("dialect", [None, "2023", "6.74.51"])
@pytest.mark.parametrize("objects", STUBS)
@pytest.mark.parametrize("sent", [{}, {"conf_thres": 0.7}, {"classes": ["b"]}, WINDOWS])
async def test_the_bytes_are_those_of_the_prediction(model: Make, objects: Any, sent: Any, dialect: str | None) -> None:
    one = model(read_dialect(dialect))
    one.stubs.when().predict(*objects, tags={NASTY: 0.9})
    for at in range(3):
        query = asked(one, at, **sent)
        assert bare_body(one, query) == encoded(bare_prediction(one, query))


async def test_each_size_has_its_own_bytes_around_the_objects(model: Make) -> None:
    one = model()
    one.stubs.when().predict(*STUBS[0])
    for at, size in enumerate([(640, 480), (480, 640), (640, 481), (640, 480)]):
        query = asked(one, at)._replace(subject=Subject("0", *size))
        assert bare_body(one, query) == encoded(bare_prediction(one, query))


async def test_so_they_are_without_a_stub(model: Make) -> None:
    one = model()
    for at in range(20):
        assert bare_body(one, asked(one, at)) == encoded(bare_prediction(one, asked(one, at)))


@pytest.fixture
def written() -> tuple[Written, list[Any]]:
    made: list[Any] = []

    def encode(value: Any) -> bytes:
        made.append(value)
        return encoded(value)

    return Written(encode), made


def test_an_object_is_written_once(written: tuple[Written, list[Any]]) -> None:
    one = Detection("a", (1, 2, 3, 4), 0.5, tags=(Tag("x", 1.0),))
    assert written[0].text(one) == written[0].text(one)
    assert len(written[1]) == 1


def test_what_is_equal_and_looks_otherwise_is_written_otherwise(written: tuple[Written, list[Any]]) -> None:
    whole, real = Detection("a", (1, 2, 3, 4), 1), Detection("a", (1, 2, 3, 4), 1.0)
    assert whole == real
    assert written[0].text(whole) != written[0].text(real)


def test_what_may_change_is_written_anew(written: tuple[Written, list[Any]]) -> None:
    mapping, box = {"classTitle": "a"}, [1, 2, 3, 4]
    changing: Any = (Detection("a", (1, 2, 3, 4), 1.0, verbatim=mapping), Detection("a", box, 1.0))  # type: ignore[arg-type]
    before = [written[0].text(one) for one in changing]
    mapping["classTitle"], box[0] = "b", 0
    after = [written[0].text(one) for one in changing]
    assert (before[0] != after[0], before[1] != after[1]) == (True, True)


def test_an_object_that_is_gone_does_not_lend_its_text_to_another(written: tuple[Written, list[Any]]) -> None:
    for at in range(3 * _MOST):
        assert b'"c%d"' % at in written[0].text(Detection(f"c{at}", (1, 2, 3, 4), 1.0))
    assert len(written[0]._texts) <= _MOST


async def test_turns_are_taken_by_each_picture(model: Make) -> None:
    one = model()
    one.stubs.when().predict("a", box=(1, 2, 3, 4))
    assert asked(one).turns == (Turn(1, 0),)
    assert asked(one).turns == (Turn(1, 1),)


def test_what_is_around_is_made_once_for_each_size_and_bounded(written: tuple[Written, list[Any]]) -> None:
    one, made = written[0], list[int]()

    def around(width: int) -> Around:
        made.append(width)
        return Around(b"%d" % width, b"")

    for width in (*range(256), 255, 0, 256, 0):
        assert one.around((width, 1), partial(around, width)) == Around(b"%d" % width, b"")
    assert made == [*range(257), 0]


NUMBERS = st.integers(-(10**20), 10**20) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
SURE = st.floats(0, 1) | st.sampled_from(
    [0, 1, True, None, 1e-05, 1e-07, 5e-324, -0.0, 1.5, float("inf"), float("nan")]
)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=9) | st.sampled_from(
    ["%d", '"<number>"', "<number>"]
)


@given(NAMES, st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), SURE)
def test_what_is_said_once_looks_as_the_encoder_writes_it(name: str, box: Any, sure: float | None) -> None:
    for one in (Detection(name, box, sure), Detection(name, (1, 2, 3, 4), sure), Detection(name, box, 0.5)):
        assert Written(encoded).fresh(one) == encoded(object_json(one))


def test_boxes_of_a_class_are_encoded_once(written: tuple[Written, list[Any]]) -> None:
    texts = {written[0].fresh(Detection("a", (at, 2, 3, 4), at / 9)) for at in range(9)}
    once = len(written[1])
    written[0].fresh(Detection("a", (1, 2, 3, 4), 0.25))
    assert (len(texts), len(written[1])) == (9, once)


def test_classes_beyond_the_bound_are_forgotten(written: tuple[Written, list[Any]]) -> None:
    for at in range(_MOST + 9):
        assert b'"c%d"' % at in written[0].fresh(Detection(f"c{at}", (1, 2, 3, 4), 0.5))
    assert len(written[0]._boxes) == 9


@pytest.mark.parametrize("more", [
    Detection("a", (1, 2, 3, 4), 0.5, tags=(Tag("x", 1),)),
    Detection("a", (1, 2, 3, 4), 0.5, geometry=Polygon(((1, 2), (3, 2), (3, 4)))),
    Detection("a", (1, 2, 3, 4), 0.5, verbatim={"classTitle": "b"}),
])  # fmt: skip
def test_what_is_more_than_a_box_is_encoded_whole(more: Detection) -> None:
    one = Written(encoded)
    assert [one.fresh(more) for _ in range(2)] == [encoded(object_json(more))] * 2
