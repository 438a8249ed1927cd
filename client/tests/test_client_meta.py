"""Metas, annotations, geometries: typed views that lose nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble import (
    Annotation,
    BadArgument,
    Bitmap,
    Graph,
    ObjClass,
    Point,
    Polygon,
    Polyline,
    ProjectMeta,
    Rectangle,
    TagMeta,
    UnknownClass,
)

if TYPE_CHECKING:
    from collections.abc import Callable

CAR = {"title": "car", "shape": "rectangle", "color": "#0a0B0c", "geometry_config": {}, "hotkey": "", "id": 3}
TAG = {"name": "confidence", "value_type": "any_number", "color": "#710F8A", "applicable_type": "all", "classes": []}
META = {"classes": [CAR], "tags": [TAG], "projectSettings": {"multiView": {"enabled": False}}}


def test_a_meta_comes_back_as_it_was() -> None:
    meta = ProjectMeta.from_json(META)
    assert meta.to_json() == META
    assert meta == ProjectMeta.from_json(META)
    meta.to_json()["classes"][0]["title"] = "changed"
    assert meta.to_json() == META


def test_classes_and_tags_are_found_by_name() -> None:
    meta = ProjectMeta.from_json(META)
    car = meta.obj_classes.get("car")
    assert car is not None
    assert (car.name, car.shape, car.color, car.sly_id) == ("car", "rectangle", (10, 11, 12), 3)
    assert meta.get_obj_class("bus") is None
    assert meta.obj_classes.get("bus", "none") == "none"
    assert (len(meta.obj_classes), meta.obj_classes.has_key("car")) == (1, True)
    tag = meta.get_tag_meta("confidence")
    assert tag is not None
    assert (tag.value_type, tag.color, tag.sly_id) == ("any_number", (113, 15, 138), None)


def test_a_meta_can_be_made_by_hand() -> None:
    meta = ProjectMeta([ObjClass("a", "polygon", "#000000")], [TagMeta("t")])
    assert ProjectMeta.from_json(meta.to_json()) == meta
    assert meta.obj_classes[0] == ObjClass.from_json({"title": "a", "shape": "polygon", "color": "#000000"})


def test_the_kind_of_geometry_may_be_its_type() -> None:
    kinds: list[Any] = [Rectangle, Polygon, Polyline, Point, Bitmap, Graph]
    assert [ObjClass("a", kind).shape for kind in kinds] == "rectangle polygon line point bitmap graph".split()
    assert ObjClass("a", Rectangle) == ObjClass("a", "rectangle")
    with pytest.raises(BadArgument, match=r"shape.*Rectangle, Polygon"):
        ObjClass("a", int)


def test_the_order_of_keys_is_kept() -> None:
    platform = {"projectType": "images", "tags": [TAG], "projectSettings": None, "classes": [CAR]}
    assert json.dumps(ProjectMeta.from_json(platform).to_json()) == json.dumps(platform)


def test_a_meta_grows_by_making_another() -> None:
    meta = ProjectMeta.from_json(META)
    more = meta.add_obj_class(ObjClass("bus")).add_tag_meta(TagMeta("seen"))
    assert [item.name for item in (*more.obj_classes, *more.tag_metas)] == ["car", "bus", "confidence", "seen"]
    assert more.to_json()["projectSettings"] == META["projectSettings"]
    assert meta.to_json() == META
    with pytest.raises(BadArgument, match="has a class of this name"):
        more.add_obj_class(ObjClass("bus"))
    with pytest.raises(BadArgument, match="has a tag of this name"):
        more.add_tag_meta(TagMeta("seen"))


def test_a_colour_is_given_or_follows_from_the_name() -> None:
    assert ObjClass("a", color=[1, 2, 255]).to_json()["color"] == "#0102FF"
    assert ObjClass("a").color == ObjClass("a").color == ObjClass.from_json({"title": "a"}).color
    assert ObjClass("a").to_json()["color"] == ObjClass("a", "point", ObjClass("a").color).to_json()["color"]
    assert len({ObjClass(name).color for name in "abcdefgh"}) == 8
    assert "color" not in ObjClass.from_json({"title": "a"}).to_json()
    assert TagMeta.from_json({"name": "t", "color": "red"}).color == TagMeta("t").color


@pytest.mark.parametrize("color", ["red", "#12345", "#GGGGGG", [1, 2], [0, 0, 256], [-1, 0, 0]])
def test_what_is_no_colour_is_refused(color: Any) -> None:
    with pytest.raises(BadArgument, match="RRGGBB"):
        ObjClass("a", "any", color)


@pytest.mark.parametrize("data", [{"classes": {}, "tags": []}, {"classes": [], "tags": None}])
def test_classes_and_tags_are_lists(data: Any) -> None:
    with pytest.raises(BadArgument, match="lists its classes"):
        ProjectMeta.from_json(data)


@pytest.mark.parametrize(
    "data", [{}, {"classes": []}, {"classes": [{}], "tags": []}, {"classes": [], "tags": [{}]}, []]
)
def test_what_is_no_meta_is_refused(data: Any) -> None:
    with pytest.raises(BadArgument, match="needs the key"):
        ProjectMeta.from_json(data)


SHAPES: list[dict[str, Any]] = [
    {"geometryType": "polygon", "points": {"exterior": [[1, 2], [3, 4], [5, 6]], "interior": [[[1, 1]]]}},
    {"geometryType": "bitmap", "bitmap": {"origin": [1, 2], "data": "eJz"}},
    {"geometryType": "graph", "nodes": {"nose": {"loc": [1, 2]}}},
    {"geometryType": "of_the_future", "what": [1]},
]


@pytest.mark.parametrize("shape", SHAPES)
def test_other_shapes_are_carried(shape: dict[str, Any], predict: Callable[..., dict[str, Any]]) -> None:
    data = predict()["annotation"]
    data["objects"] = [{"classTitle": "x", "tags": [{"name": "t"}], "nnCreated": True, **shape}]
    annotation = Annotation.from_json(data)
    assert annotation.to_json() == data
    assert annotation.labels[0].geometry.shape == shape["geometryType"]
    assert annotation.labels[0].geometry.to_json().items() >= shape.items()
    assert annotation.labels[0].to_json() == data["objects"][0]


def test_a_rectangle_includes_its_borders(predict: Callable[..., dict[str, Any]]) -> None:
    label = Annotation.from_json(predict()["annotation"], ProjectMeta.from_json(META)).labels[0]
    box = label.geometry
    assert isinstance(box, Rectangle)
    assert (box.left, box.top, box.right, box.bottom, box.width, box.height, box.area) == (1, 2, 3, 4, 3, 3, 9)
    assert label.tags[0].value == 0.5
    assert label.tags[0].meta is not None
    assert (label.obj_class.sly_id, label.description) == (3, "")


def test_corners_may_be_swapped() -> None:
    assert Rectangle.from_json({"points": {"exterior": [[9, 8], [1, 2]]}}) == Rectangle(2, 1, 8, 9)
    assert Rectangle(2, 1, 8, 9).to_json()["points"]["exterior"] == [[1, 2], [9, 8]]
    with pytest.raises(BadArgument, match="exterior"):
        Rectangle.from_json({"points": {"exterior": [[9, 8]]}})


def test_a_class_that_the_meta_lacks(predict: Callable[..., dict[str, Any]]) -> None:
    with pytest.raises(UnknownClass, match="get_model_meta"):
        Annotation.from_json(predict(title="bus")["annotation"], ProjectMeta.from_json(META))


@pytest.mark.parametrize("data", [None, [], {}, {"size": None}, {"size": {}}, {"annotation": {}}])
def test_what_is_no_annotation_is_refused(data: Any) -> None:
    with pytest.raises(BadArgument, match=r"annotation"):
        Annotation.from_json(data)
