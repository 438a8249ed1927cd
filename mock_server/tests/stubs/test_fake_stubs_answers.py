"""Every way to say what the model answers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from modeldouble_server.meta import Meta, of_names
from modeldouble_server.scene import Answer, Detection, Graph, Polygon, Tag
from modeldouble_server.stubs import Stubs, seen

Ask = Callable[..., Answer]


def test_a_class_name_with_a_box(stubs: Stubs, ask: Ask) -> None:
    stubs.when().predict("person", box=(10, 20, 110, 220), confidence=0.9)
    assert ask() == Answer((Detection("person", (10, 20, 110, 220), 0.9),), literal=True)


def test_confidence_is_1_unless_it_is_said_and_may_be_none() -> None:
    assert seen("cat", box=(0, 0, 0, 0)).confidence == 1.0
    assert seen("cat", box=(0, 0, 0, 0), confidence=None).confidence is None
    assert repr(seen("cat", box=(0, 0, 0, 0), confidence=np.float64(0.25)).confidence) == "0.25"


def test_nothing(stubs: Stubs, ask: Ask) -> None:
    stubs.when().predict()
    assert ask() == Answer(literal=True)


def test_several_objects_keep_their_order(stubs: Stubs, ask: Ask) -> None:
    first, second = seen("dog", box=(0, 0, 1, 1)), seen("cat", box=(0, 0, 1, 1), confidence=0.2)
    stubs.when().predict(first, second)
    assert ask().objects == (first, second)


def test_a_polygon_has_its_box_around_it_and_is_closed_by_itself() -> None:
    one = seen("cat", polygon=[(5, 1), (9, 7), (2, 4), (5, 1)], holes=[[(4, 3), (5, 3), (5, 4)]])
    assert one.box == (2, 1, 9, 7)
    assert one.geometry == Polygon(((5, 1), (9, 7), (2, 4)), (((4, 3), (5, 3), (5, 4)),))


def test_a_polygon_may_be_an_array() -> None:
    corners = np.array([[5.0, 1.0], [9.0, 7.0], [2.0, 4.0]])
    assert seen("cat", polygon=corners).geometry == Polygon(((5, 1), (9, 7), (2, 4)))  # type: ignore[arg-type]


def test_keypoints_keep_their_names_and_order() -> None:
    one = seen("person", keypoints={"nose": (5, 1), "left eye": (4, 0)}, confidence=None)
    assert (one.box, one.geometry) == ((4, 0, 5, 1), Graph((("nose", (5, 1)), ("left eye", (4, 0)))))


def test_tags_are_the_object_s_with_a_class_name_and_the_picture_s_without(stubs: Stubs, ask: Ask) -> None:
    stubs.when(image="a.jpg").predict("cat", box=(0, 0, 1, 1), tags={"age": 3, "breed": "tabby", "asleep": None})
    stubs.when(image="b.jpg").predict(tags={"cat": 0.9, "dog": 0.1})
    stubs.when(image="c.jpg").predict(seen("cat", box=(0, 0, 1, 1)), tags=["indoors"])
    assert ask("a.jpg").objects[0].tags == (Tag("age", 3), Tag("breed", "tabby"), Tag("asleep"))
    assert ask("b.jpg").tags == (Tag("cat", 0.9), Tag("dog", 0.1))
    assert (ask("c.jpg").tags, len(ask("c.jpg").objects)) == ((Tag("indoors"),), 1)


def test_classes_and_tags_of_a_stub_join_the_meta(stubs: Stubs, ask: Ask) -> None:
    stubs.when().predict("cat", mask=[[1]], tags={"asleep": None})
    meta = of_names(["person"]).joined(ask())
    assert isinstance(meta, Meta)
    assert [(one.name, one.shape) for one in meta.classes] == [("person", "rectangle"), ("cat", "bitmap")]
    assert [tag.name for tag in meta.tags] == ["confidence", "asleep"]


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ({}, "'cat' has no shape; give one of box=, polygon=, mask= and keypoints="),
        ({"box": (0, 0, 1, 1), "mask": [[1]]}, "'cat' has box and mask; give one of"),
        ({"box": (10, 20, 5, 30)}, r"box is \(10, 20, 5, 30\); give left, top, right, bottom, not left, top, width"),
        ({"box": (10, 20, 30)}, "box is .*; give left, top, right, bottom"),
        ({"box": "0123"}, "box is '0123'; give left, top, right, bottom"),
        ({"box": (0.5, 0, 1, 1)}, "give left, top, right, bottom in whole pixels: round them"),
        ({"box": (0, 0, 1, float("nan"))}, "box is nan; give left, top, right, bottom"),
        ({"box": (0, 0, 1, True)}, "box is True; give left, top, right, bottom"),
        ({"polygon": [(0, 0), (1, 1), (0, 0)]}, "polygon is .*; give at least three corners"),
        ({"polygon": [(0, 0), (1, 1), (2,)]}, r"polygon\[2\] is \(2,\); give x, y"),
        ({"polygon": 5}, "polygon is 5; give at least three corners"),
        ({"polygon": [(0, 0), (1, 1), (0, 1)], "holes": [[(0, 0)]]}, r"holes\[0\] is .*; give at least three"),
        ({"box": (0, 0, 1, 1), "holes": [[(0, 0)]]}, "holes is .*; they need polygon="),
        ({"box": (0, 0, 1, 1), "origin": (1, 1)}, r"origin is \(1, 1\); it needs mask="),
        ({"keypoints": {}}, "keypoints is {}; give names with points"),
        ({"keypoints": [(1, 2)]}, "keypoints is .*; give names with points"),
        ({"keypoints": {"nose": 5}}, r"keypoints\['nose'\] is 5; give x, y"),
        ({"box": (0, 0, 1, 1), "confidence": 90}, "confidence is 90; give a number from 0 to 1, or None"),
        ({"box": (0, 0, 1, 1), "confidence": "0.9"}, "confidence is '0.9'; give a number from 0 to 1"),
        ({"box": (0, 0, 1, 1), "tags": "cat"}, "tags is 'cat'; give names with values"),
        ({"box": (0, 0, 1, 1), "tags": {"cat": [1]}}, r"tags\['cat'\] is \[1\]; give a number, a text or None"),
        ({"box": (0, 0, 1, 1), "tags": {5: 1}}, "tags is 5; a tag's name is a str"),
        ({"box": (0, 0, 1, 1), "tags": {"confidence": 1}}, "give the confidence as confidence="),
    ],
)
def test_an_object_that_cannot_be_meant_is_refused_at_once(stubs: Stubs, given: dict[str, Any], remedy: str) -> None:
    with pytest.raises((TypeError, ValueError), match=remedy):
        stubs.when().predict("cat", **given)
    with pytest.raises((TypeError, ValueError), match=remedy):
        seen("cat", **given)


@pytest.mark.parametrize(
    ("objects", "given", "remedy"),
    [
        (("cat", "dog"), {"box": (0, 0, 1, 1)}, r'give several objects as predict\(seen\("person", box=...\)'),
        ((), {"box": (0, 0, 1, 1)}, "box without a class name; give it first"),
        ((), {"mask": [[1]], "confidence": 0.5}, "mask and confidence without a class name; give it first"),
        (([],), {}, r"predict is \[\]; give a class name with a shape, or objects as seen"),
        (("",), {"box": (0, 0, 1, 1)}, "class_name is ''; give the name of a class"),
        (("cat",), {"annotation": {"objects": []}}, "annotation says everything"),
        ((), {"annotation": {"objects": []}, "tags": ["cat"]}, "annotation says everything"),
    ],
)
def test_an_answer_that_cannot_be_meant_is_refused_at_once(
    stubs: Stubs, objects: tuple[Any, ...], given: dict[str, Any], remedy: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=remedy):
        stubs.when().predict(*objects, **given)


@pytest.mark.parametrize(
    ("kind", "text", "remedy"),
    [
        ("CUDA out of memory", "", "kind is 'CUDA out of memory'; give the name of an exception's class"),
        (RuntimeError, "", "give the name of an exception's class"),
        ("RuntimeError", 5, "text is 5; give the exception's text"),
    ],
)
def test_a_failure_is_the_name_of_a_class_and_a_text(stubs: Stubs, kind: Any, text: Any, remedy: str) -> None:
    with pytest.raises((TypeError, ValueError), match=remedy):
        stubs.when().raises(kind, text)
