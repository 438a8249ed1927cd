"""Pictures, judged by their pixels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from modeldouble import (
    Annotation,
    BadArgument,
    Bitmap,
    Graph,
    Label,
    Node,
    ObjClass,
    Point,
    Polygon,
    Polyline,
    Rectangle,
    Tag,
    TagMeta,
)

RED, BLUE, DARK, GREY = (255, 0, 0), (0, 0, 255), (0, 0, 90), (100, 100, 100)
Picture = NDArray[np.uint8]


def plain(height: int = 200, width: int = 300) -> Picture:
    return np.full((height, width, 3), GREY, dtype=np.uint8)


def label(geometry: Any, colour: tuple[int, int, int] = RED, name: str = "car", score: float | None = None) -> Label:
    tags = [] if score is None else [Tag(TagMeta("confidence", "any_number"), score)]
    return Label(geometry, ObjClass(name, geometry.shape, colour), tags)


def drawn(*labels: Label, height: int = 200, width: int = 300, **style: Any) -> Picture:
    bitmap = plain(height, width)
    Annotation((height, width), labels).draw_pretty(bitmap, **{"draw_class_names": False, **style})
    return bitmap


def colour_at(bitmap: Picture, row: int, col: int) -> tuple[int, ...]:
    return tuple(bitmap[row, col].tolist())


def area_of(bitmap: Picture, colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (bitmap == np.array(colour)).all(axis=2)
    return found


def extent(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Top, left, bottom, right of what is set."""
    rows, cols = np.nonzero(mask)
    return int(rows.min()), int(cols.min()), int(rows.max()), int(cols.max())


def test_an_outline_runs_through_the_pixels_of_the_corners_and_no_further() -> None:
    bitmap = drawn(label(Rectangle(40, 50, 120, 180)), fill_rectangles=False, thickness=1)
    assert extent(area_of(bitmap, RED)) == (40, 50, 120, 180)
    assert area_of(bitmap, RED).sum() == 2 * (131 + 81) - 4
    assert area_of(bitmap, GREY).sum() == bitmap.shape[0] * bitmap.shape[1] - area_of(bitmap, RED).sum()


@pytest.mark.parametrize(("opacity", "inside"), [(0.0, GREY), (0.5, (178, 50, 50)), (1.0, RED)])
def test_areas_are_mixed_with_the_picture(opacity: float, inside: tuple[int, int, int]) -> None:
    bitmap = drawn(label(Rectangle(40, 50, 120, 180)), opacity=opacity)
    assert colour_at(bitmap, 80, 100) == inside
    assert colour_at(bitmap, 20, 20) == GREY
    assert colour_at(bitmap, 40, 50) == RED


def test_rectangles_can_be_left_empty_while_masks_are_filled() -> None:
    mask = label(Bitmap(np.ones((30, 30), dtype=bool), Point(150, 10)))
    bitmap = drawn(label(Rectangle(40, 50, 120, 180)), mask, fill_rectangles=False)
    assert colour_at(bitmap, 80, 100) == GREY
    assert colour_at(bitmap, 165, 25) == (178, 50, 50)


def test_the_array_itself_is_drawn_on_and_saved(tmp_path: Path) -> None:
    bitmap = plain()
    annotation = Annotation((200, 300), [label(Rectangle(40, 50, 120, 180), score=0.9)])
    annotation.draw_pretty(bitmap=bitmap, output_path=tmp_path / "x.png", fill_rectangles=False)
    assert area_of(bitmap, RED).any()
    assert np.array_equal(np.asarray(Image.open(tmp_path / "x.png")), bitmap)


def test_the_official_order_of_arguments_holds(tmp_path: Path) -> None:
    bitmap = plain()
    one = Annotation((200, 300), [label(Rectangle(40, 50, 120, 180))])
    one.draw_pretty(bitmap, [0, 255, 0], 3, 0.0, False, str(tmp_path / "x.png"), False)
    assert area_of(bitmap, RED).sum() == 0
    assert colour_at(bitmap, 42, 100) == (0, 255, 0)
    assert colour_at(bitmap, 43, 100) == GREY
    assert (tmp_path / "x.png").exists()


def test_a_hole_of_a_polygon_stays_clear() -> None:
    outer = (Point(20, 20), Point(20, 280), Point(180, 280), Point(180, 20))
    hole = (Point(80, 100), Point(80, 200), Point(140, 200), Point(140, 100))
    bitmap = drawn(label(Polygon(outer, (hole,))), thickness=1)
    assert colour_at(bitmap, 110, 150) == GREY
    assert colour_at(bitmap, 40, 40) == (178, 50, 50)
    assert colour_at(bitmap, 80, 150) == colour_at(bitmap, 20, 150) == RED


def test_a_mask_is_filled_where_it_is_set_with_its_edge_in_full_colour() -> None:
    rows, cols = np.ogrid[:101, :101]
    disc = (rows - 50) ** 2 + (cols - 50) ** 2 <= 50**2
    bitmap = drawn(label(Bitmap(disc, Point(30, 40))), thickness=2)
    assert colour_at(bitmap, 80, 90) == (178, 50, 50)
    assert [colour_at(bitmap, 80, col) for col in (39, 40, 41, 42)] == [GREY, RED, RED, (178, 50, 50)]
    assert colour_at(bitmap, 31, 41) == GREY


def test_a_mask_at_the_border_has_an_edge_there_too() -> None:
    bitmap = drawn(label(Bitmap(np.ones((200, 300), dtype=bool))), thickness=1)
    assert colour_at(bitmap, 0, 150) == colour_at(bitmap, 199, 299) == RED
    assert colour_at(bitmap, 1, 1) == (178, 50, 50)


def test_lines_points_and_keypoints_are_drawn() -> None:
    skeleton = {"edges": [{"src": "a", "dst": "b"}, {"src": "b", "dst": "unseen"}]}
    nodes = {"a": Node(Point(20, 20)), "b": Node(Point(20, 120)), "unseen": Node(Point(150, 120), disabled=True)}
    pose = Label(Graph(nodes), ObjClass("p", "graph", BLUE, skeleton))
    bitmap = drawn(pose, label(Polyline((Point(180, 10), Point(180, 290)))), label(Point(100, 250)), thickness=2)
    assert colour_at(bitmap, 20, 70) == colour_at(bitmap, 20, 120) == BLUE
    assert colour_at(bitmap, 150, 120) == colour_at(bitmap, 85, 120) == GREY
    assert colour_at(bitmap, 180, 200) == colour_at(bitmap, 100, 250) == RED


def test_where_objects_overlap_the_picture_stays_as_visible_and_the_small_one_is_on_top() -> None:
    small, large = label(Rectangle(60, 80, 100, 120), BLUE), label(Rectangle(40, 50, 150, 250))
    for order in ([small, large], [large, small]):
        bitmap = drawn(*order)
        assert colour_at(bitmap, 80, 100) == (50, 50, 178)
        assert colour_at(bitmap, 130, 200) == (178, 50, 50)


def test_outlines_get_thicker_with_the_picture() -> None:
    small = drawn(label(Rectangle(10, 10, 40, 50)), height=48, width=64)
    large = drawn(label(Rectangle(300, 300, 2000, 3000)), height=3000, width=4000)
    assert area_of(small, RED)[25, :30].sum() == 1
    assert area_of(large, RED)[1000, :1000].sum() == 12
    none = drawn(label(Rectangle(10, 10, 40, 50)), thickness=0)
    assert area_of(none, RED).sum() == 0


def plate(bitmap: Picture, colour: tuple[int, int, int] = RED) -> tuple[int, int, int, int]:
    """Top, left, bottom, right of the plate, on a picture whose boxes are not outlined."""
    return extent(area_of(bitmap, colour))


def named(*labels: Label, **style: Any) -> Picture:
    return drawn(*labels, **{"draw_class_names": True, "thickness": 0, "opacity": 0.0, **style})


def test_a_name_stands_on_a_plate_of_the_class_colour_above_its_box() -> None:
    bitmap = named(label(Rectangle(100, 50, 160, 180), score=0.87))
    top, left, bottom, _ = plate(bitmap)
    assert (left, bottom) == (50, 99)
    assert 12 <= bottom - top < 30


def test_a_name_does_not_cover_the_dot_of_a_point() -> None:
    dot = area_of(drawn(label(Point(100, 150)), thickness=4), RED)
    both = area_of(drawn(label(Point(100, 150)), thickness=4, draw_class_names=True), RED)
    assert np.array_equal(both[92:], dot[92:])
    assert both[:92].any()


def test_the_confidence_is_part_of_the_name() -> None:
    bare, sure = named(label(Rectangle(100, 50, 160, 180))), named(label(Rectangle(100, 50, 160, 180), score=0.87))
    other = named(label(Rectangle(100, 50, 160, 180), score=0.13))
    assert plate(sure)[3] > plate(bare)[3] + 20
    assert not np.array_equal(sure, other)


@pytest.mark.parametrize(("colour", "ink"), [((255, 255, 0), (0, 0, 0)), (DARK, (255, 255, 255))])
def test_the_text_is_dark_on_light_plates_and_light_on_dark_ones(
    colour: tuple[int, int, int], ink: tuple[int, int, int]
) -> None:
    top, left, bottom, right = plate(
        bitmap := named(label(Rectangle(100, 50, 160, 180), colour), height=900, width=1200), colour
    )
    assert area_of(bitmap, ink)[top : bottom + 1, left : right + 1].sum() > 20
    assert area_of(bitmap, ink).sum() == area_of(bitmap[top : bottom + 1, left : right + 1], ink).sum()


@pytest.mark.parametrize("box", [Rectangle(0, 0, 20, 20), Rectangle(180, 280, 199, 299), Rectangle(0, 0, 199, 299)])
def test_a_plate_stays_inside_the_picture(box: Rectangle) -> None:
    reference = plate(named(label(Rectangle(100, 50, 160, 180), score=0.5)))
    top, left, bottom, right = plate(named(label(box, score=0.5)))
    assert (bottom - top, right - left) == (reference[2] - reference[0], reference[3] - reference[1])


def test_plates_make_room_for_each_other() -> None:
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]
    bitmap = named(*(label(Rectangle(80, 50, 160, 180), colour, score=0.5) for colour in colours))
    alone = area_of(named(label(Rectangle(80, 50, 160, 180), score=0.5)), RED).sum()
    assert all(area_of(bitmap, colour).sum() >= alone * 0.9 for colour in colours)


def test_letters_are_tall_enough_on_a_tiny_picture_and_in_proportion_on_a_large_one() -> None:
    tiny = plate(named(label(Rectangle(20, 3, 46, 55), score=0.9), height=48, width=64))
    large = plate(named(label(Rectangle(900, 900, 2000, 3000), score=0.9), height=3000, width=4000))
    assert 9 <= tiny[2] - tiny[0] <= 24
    assert 90 <= large[2] - large[0] <= 200


def test_a_long_name_gives_up_its_confidence_and_then_its_end() -> None:
    tiny = {"height": 48, "width": 64}
    long, longer = "refrigerator", "refrigerator in the kitchen"
    fits = named(label(Rectangle(20, 3, 46, 55), name=long, score=0.9), **tiny)
    assert np.array_equal(fits, named(label(Rectangle(20, 3, 46, 55), name=long), **tiny))
    cut = plate(named(label(Rectangle(20, 3, 46, 55), name=longer, score=0.9), **tiny))
    assert cut[1] >= 0
    assert cut[3] <= 63
    assert not np.array_equal(fits, named(label(Rectangle(20, 3, 46, 55), name=longer), **tiny))


def test_other_tags_come_when_asked_for() -> None:
    tagged = label(Rectangle(100, 50, 160, 180), score=0.5)
    tagged.tags = type(tagged.tags)([*tagged.tags, Tag(TagMeta("track", "any_number"), 7), Tag(TagMeta("new"))])
    names, both = plate(named(tagged)), plate(named(tagged, draw_tags=True))
    only = plate(named(tagged, draw_tags=True, draw_class_names=False))
    assert both[3] > names[3] + 30
    assert only[3] > only[1] + 30
    assert (area_of(named(tagged, draw_class_names=False), RED)).sum() == 0


def test_what_lies_outside_the_picture_is_not_drawn() -> None:
    assert np.array_equal(named(label(Rectangle(500, 500, 600, 600)), label(Point(-5, -5))), plain())


@pytest.mark.parametrize(
    "bitmap",
    [
        None,
        [[0]],
        np.zeros((200, 300), np.uint8),
        np.zeros((200, 300, 4), np.uint8),
        np.zeros((200, 300, 3), np.float32),
        np.zeros((300, 200, 3), np.uint8),
        np.frombuffer(bytes(200 * 300 * 3), np.uint8).reshape(200, 300, 3),
    ],
)
def test_what_cannot_be_drawn_on_is_refused(bitmap: Any) -> None:
    with pytest.raises(BadArgument, match=r"^bitmap = .*(uint8|read-only|200 high and 300 wide)"):
        Annotation((200, 300)).draw_pretty(bitmap)


@pytest.mark.parametrize(
    "style",
    [
        {"opacity": 1.1},
        {"opacity": -1},
        {"thickness": -1},
        {"thickness": 10**6},
        {"color": [1, 2]},
        {"color": [0, 0, 256]},
    ],
)
def test_a_style_that_means_nothing_is_refused(style: dict[str, Any]) -> None:
    with pytest.raises(BadArgument, match=next(iter(style))):
        drawn(label(Rectangle(1, 2, 3, 4)), **style)


@pytest.mark.parametrize("name", ["x.nothing", "no/such/folder/x.png"])
def test_a_picture_that_cannot_be_saved_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadArgument, match="output_path"):
        drawn(label(Rectangle(1, 2, 3, 4)), output_path=tmp_path / name)


@pytest.mark.parametrize("name", ["", "\ud800", "犬", "a\nb", "\x00", "x" * 5000])
def test_any_name_can_be_drawn_and_stays_inside(name: str) -> None:
    top, left, bottom, right = plate(named(label(Rectangle(100, 50, 160, 180), name=name)))
    assert 12 <= bottom - top < 30
    assert 0 <= left < right <= 299


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (1, 500), (500, 1)])
def test_pictures_of_any_size_can_be_drawn_on(size: tuple[int, int]) -> None:
    bitmap = plain(*size)
    Annotation(size, [label(Rectangle(0, 0, 600, 600), score=0.5)]).draw_pretty(bitmap)
    assert bitmap.shape == (*size, 3)
    assert not (bitmap == np.array(GREY)).all(axis=2).any()
