"""Masks, polygons, keypoints and tags of the presets are drawn as the serving app answers them."""

import numpy as np
import pytest
from PIL import ImageColor
from playwright.sync_api import expect

from modeldouble.geometry import Bitmap
from modeldouble_server.server import Server
from modeldouble_server.stubs import seen

from .drawn import CAT, answered, look_at, masks, objects
from .visiting import Visits

ALIKE = 0.97
"""How much of two masks together lies in both; a mask is painted at the screen's size."""


@pytest.mark.parametrize("preset", ["instance_segmentation", "semantic_segmentation"])
def test_masks_cover_what_the_server_says(server: Server, visits: Visits, preset: str) -> None:
    model = server.add_model(preset, seed=117)
    labels = model.session().inference_image_path(CAT).labels
    page = visits.of(model)
    look_at(page, count=len(labels))
    drawn = masks(page)
    assert [one["name"] for one in drawn] == [one.obj_class.name for one in labels]
    for one, label in zip(drawn, labels, strict=True):
        assert isinstance(label.geometry, Bitmap)
        row, column = label.geometry.origin.row, label.geometry.origin.col
        bits = np.asarray(one["bits"], bool).reshape(one["height"], one["width"])
        assert (one["top"], one["left"], bits.shape) == (row, column, label.geometry.data.shape)
        both, any_of_them = bits & label.geometry.data, bits | label.geometry.data
        assert both.sum() >= ALIKE * any_of_them.sum() > 0


def test_a_box_has_the_colour_of_its_class(server: Server, visits: Visits) -> None:
    model = server.add_model("detection", classes=["cat", "dog"])
    model.when().predict(seen("cat", box=(10, 20, 110, 220)), seen("dog", box=(0, 0, 9, 9)))
    page = visits.of(model)
    look_at(page, count=2)
    colors = {one.name: one.color for one in model.session().get_model_meta().obj_classes}
    drawn = {one.name: ImageColor.getrgb(one.color) for one in objects(page)}
    assert drawn == colors


def test_a_polygon_with_a_hole_is_a_path(server: Server, visits: Visits) -> None:
    model = server.add_model("detection")
    ring = [(20, 20), (200, 30), (150, 250)]
    model.when().predict("lake", polygon=ring, holes=[[(100, 60), (140, 60), (130, 100)]])
    page = visits.of(model)
    look_at(page, count=1)
    path = page.locator("#drawing g.object path.shape, #drawing g.object path").first.get_attribute("d")
    numbers = [float(one) for one in (path or "").replace("M", " ").replace("L", " ").replace("Z", " ").split()]
    assert numbers == [20, 20, 200, 30, 150, 250, 100, 60, 140, 60, 130, 100]


def test_keypoints_and_bones_of_a_pose_are_drawn(server: Server, visits: Visits) -> None:
    model = server.add_model("pose", seed=117)
    found = answered(model)
    page = visits.of(model)
    look_at(page, count=len(found))
    circles = page.locator("#drawing g.object circle").evaluate_all(
        "all => all.map(one => [one.cx.baseVal.value, one.cy.baseVal.value])"
    )
    nodes = [node["loc"] for one in found for node in one["nodes"].values()]
    assert len(nodes) > 5
    assert np.asarray(sorted(circles)) == pytest.approx(np.asarray(sorted(nodes)), abs=1)
    lines = page.locator("#drawing g.object line").evaluate_all(
        "all => all.map(one => ['x1', 'y1', 'x2', 'y2'].map(side => one[side].baseVal.value))"
    )
    ends = {tuple(end) for line in lines for end in (line[:2], line[2:])}
    assert len(lines) > 5
    assert ends <= {tuple(one) for one in circles}


def test_tags_of_a_classifier_are_told_in_words(server: Server, visits: Visits) -> None:
    model = server.add_model("classification", seed=117)
    tags = model.session().inference_image_path(CAT).img_tags
    page = visits.of(model)
    look_at(page)
    assert len(tags) > 0
    for tag in tags:
        expect(page.locator("#look")).to_contain_text(tag.name)


def test_objects_are_in_the_table_in_words(server: Server, visits: Visits) -> None:
    model = server.add_model("detection")
    model.when().predict(
        seen("person", box=(10, 20, 110, 220), confidence=0.87), seen("car", box=(0, 0, 9, 9), confidence=0.5)
    )
    page = visits.of(model)
    look_at(page, count=2)
    assert [(one.name, one.sure) for one in objects(page)] == [("person", "0.87"), ("car", "0.5")]
    for text in ("person", "0.87", "car", "0.50"):
        expect(page.locator("#objects")).to_contain_text(text)
