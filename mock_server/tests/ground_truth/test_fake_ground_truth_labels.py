"""Labels are read as they are, of COCO files and of downloaded projects."""

import base64
import io
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from modeldouble_server.limits import Limits
from modeldouble_server.predict.ground_truth.labels import Label, read_labels
from modeldouble_server.scene import Graph, Mask, Polygon, Tag

WriteCoco = Callable[..., Path]
NODES = {"nose": {"label": "nose", "loc": [0.5, 0.25]}, "tail": {"label": "tail", "loc": [0.5, 0.75]}}
SKELETON = {"nodes": NODES, "edges": [{"src": "nose", "dst": "tail"}]}


def bitmap(image: Image.Image, x: int, y: int) -> dict[str, Any]:
    png = io.BytesIO()
    image.save(png, "PNG")
    data = base64.b64encode(zlib.compress(png.getvalue())).decode()
    return {"classTitle": "cat", "geometryType": "bitmap", "bitmap": {"origin": [x, y], "data": data}}


def project(folder: Path, *objects: dict[str, Any], tags: Any = ()) -> Path:
    """A downloaded project of one picture, 40 x 30."""
    classes = [{"title": "cat", "shape": "any", "color": "#112233"},
               {"title": "pose", "shape": "graph", "color": "#445566", "geometry_config": SKELETON}]  # fmt: skip
    meta = {"classes": classes, "tags": [{"name": "wet", "value_type": "none"}, {"name": "confidence"}]}
    (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    for inner in ("img", "ann"):
        (folder / "ds" / inner).mkdir(parents=True)
    Image.new("RGB", (40, 30)).save(folder / "ds" / "img" / "a.png")
    annotation = {"size": {"width": 40, "height": 30}, "tags": list(tags), "objects": list(objects)}
    (folder / "ds" / "ann" / "a.png.json").write_text(json.dumps(annotation), encoding="utf-8")
    return folder


def read_one(path: Path) -> Label:
    _, [picture] = read_labels(path, Limits())
    [label] = picture.labels
    return label


def test_a_box_of_coco_names_its_last_pixels(write_coco: WriteCoco) -> None:
    meta, [picture] = read_labels(write_coco([[("dog", [10, 20, 30, 40])]]), Limits())
    assert picture.labels == (Label("dog", (10, 20, 39, 59)),)
    assert (picture.name, picture.width, picture.height, len(picture.sha256)) == ("0.png", 200, 160, 64)
    assert meta.names == ("cat", "dog", "van")


def test_one_coco_file_is_read_with_the_pictures_beside_it(write_coco: WriteCoco) -> None:
    folder = write_coco([[("dog", [10, 20, 30, 40])]])
    assert read_labels(folder / "instances_all.json", Limits()) == read_labels(folder, Limits())


def test_a_crowd_is_known_as_one(write_coco: WriteCoco) -> None:
    crowd = {"category_id": 0, "bbox": [0, 0, 50, 50], "iscrowd": 1}
    assert read_one(write_coco([[crowd]])).crowd


def test_a_polygon_of_coco_has_its_box(write_coco: WriteCoco) -> None:
    thing = {"category_id": 0, "bbox": [1, 1, 9, 9], "segmentation": [[1, 1, 9, 2, 5, 9]]}
    assert read_one(write_coco([[thing]])) == Label("cat", (1, 1, 9, 9), Polygon(((1, 1), (9, 2), (5, 9))))


def test_a_bitmap_is_cut_to_what_is_in_it(tmp_path: Path) -> None:
    image = Image.new("1", (12, 4))
    image.putpixel((2, 1), 1)
    image.putpixel((10, 2), 1)
    assert read_one(project(tmp_path, bitmap(image, 5, 6))).geometry == Mask((7, 7, 15, 8), b"\x80\x00\x00\x80")


def test_the_alpha_of_a_bitmap_is_the_mask(tmp_path: Path) -> None:
    image = Image.new("RGBA", (3, 1), (255, 255, 255, 0))
    image.putpixel((1, 0), (0, 0, 0, 255))
    assert read_one(project(tmp_path, bitmap(image, 0, 0))).geometry == Mask((1, 0, 1, 0), b"\x80")


def test_a_graph_is_read_with_its_skeleton(tmp_path: Path) -> None:
    pose = {"classTitle": "pose", "geometryType": "graph", "nodes": {"nose": {"loc": [3, 4]}, "tail": {"loc": [9, 8]}}}
    path = project(tmp_path, pose)
    assert read_one(path) == Label("pose", (3, 4, 9, 8), Graph((("nose", (3, 4)), ("tail", (9, 8)))))
    skeleton = read_labels(path, Limits())[0].classes[1].skeleton
    assert skeleton is not None
    assert skeleton.edges == (("nose", "tail"),)
    assert [(node.name, node.x, node.y) for node in skeleton.nodes] == [("nose", 0.5, 0.25), ("tail", 0.5, 0.75)]


def test_tags_are_read_and_a_labels_own_confidence_is_not(tmp_path: Path) -> None:
    tags = [{"name": "wet"}, {"name": "confidence", "value": 0.4}]
    corners = {"exterior": [[1, 2], [3, 4]], "interior": []}
    box = {"classTitle": "cat", "geometryType": "rectangle", "points": corners, "tags": tags}
    meta, [picture] = read_labels(project(tmp_path, box, tags=[{"name": "wet"}]), Limits())
    assert picture.tags == picture.labels[0].tags == (Tag("wet"),)
    assert [one.name for one in meta.tags] == ["confidence", "wet"]


def test_what_lies_outside_of_the_picture_is_left_out(tmp_path: Path) -> None:
    corners = [{"exterior": [[50, 2], [60, 4]]}, {"exterior": [[-5, -5], [3, 4]]}]
    boxes = [{"classTitle": "cat", "geometryType": "rectangle", "points": one} for one in corners]
    assert read_one(project(tmp_path, *boxes)).box == (0, 0, 3, 4)


@pytest.mark.parametrize(
    "broken",
    [
        {"classTitle": "cat", "geometryType": "bitmap", "bitmap": {"origin": [0, 0], "data": "AAAA"}},
        {"classTitle": "cat", "geometryType": "bitmap"},
        {"classTitle": "cat", "geometryType": "polygon", "points": {"exterior": [["a", 1]]}},
        {"classTitle": "pose", "geometryType": "graph", "nodes": {"nose": {}}},
    ],
)
def test_an_object_that_cannot_be_read_is_named(tmp_path: Path, broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"a\.png: objects\[0\] is .* mend it or take it out"):
        read_labels(project(tmp_path, broken), Limits())


def test_a_mask_larger_than_a_picture_may_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a mask of 100 x 100 pixels"):
        read_labels(project(tmp_path, bitmap(Image.new("1", (100, 100), 1), 0, 0)), Limits(pixels=5000))


def test_pictures_without_labels_are_refused_with_what_to_give(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match="has no labels: give a COCO file"):
        read_labels(tmp_path, Limits())


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nowhere is no folder"):
        read_labels(tmp_path / "nowhere", Limits())


@pytest.mark.parametrize(
    ("label", "size"),
    [
        (Label("a", (0, 0, 31, 30)), "small"),
        (Label("a", (0, 0, 31, 31)), "medium"),
        (Label("a", (0, 0, 95, 94)), "medium"),
        (Label("a", (0, 0, 95, 95)), "large"),
        (Label("a", (0, 0, 99, 99), Polygon(((0, 0), (99, 0), (99, 99)))), "medium"),
        (Label("a", (0, 0, 49, 49), Mask((0, 0, 49, 49), b"\xff\0\0\0\0\0\x80" * 50)), "small"),
    ],
)
def test_sizes_are_cocos(label: Label, size: str) -> None:
    assert label.size == size


def test_holes_are_no_area() -> None:
    hole = ((1, 1), (99, 1), (99, 99), (1, 99))
    ring = Polygon(((0, 0), (100, 0), (100, 100), (0, 100)), (hole,))
    assert Label("a", (0, 0, 100, 100), ring).size == "small"
