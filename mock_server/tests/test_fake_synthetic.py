"""The synthetic model of each task: plausible, and a function of seed, content, size and frame alone."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server import coco
from modeldouble_server.predict.synthetic import TASKS, Synthetic
from modeldouble_server.scene import Answer, Box, Detection, Graph, Mask, Origin, Polygon, Query, Subject

SHA = "0f" * 32
WIDTHS, HEIGHTS = (st.one_of(st.integers(1, 9), st.integers(1, most)) for most in (4000, 3000))
SHAS = st.binary(min_size=32, max_size=32).map(bytes.hex)
SUBJECTS = st.builds(Subject, SHAS, WIDTHS, HEIGHTS, st.none() | st.integers(0, 5000))
SMALL = st.builds(Subject, SHAS, st.integers(1, 90), st.integers(1, 70), st.none() | st.integers(0, 900))
CLASSES = ("person", "car", "dog", "sky", "road", "gadget")


def answer(model: Synthetic, subject: Subject) -> Answer:
    return model.predict(Query(subject))


def objects(subject: Subject, task: str = "detection", seed: int = 0, geometry: str = "mask") -> tuple[Detection, ...]:
    return answer(Synthetic(coco.NAMES, seed, task=task, geometry=geometry), subject).objects


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of inclusive boxes."""
    across = max(0, min(one[2], other[2]) - max(one[0], other[0]) + 1)
    down = max(0, min(one[3], other[3]) - max(one[1], other[1]) + 1)
    areas = [(right - left + 1) * (bottom - top + 1) for left, top, right, bottom in (one, other)]
    return across * down / (sum(areas) - across * down)


@settings(deadline=None)
@given(SUBJECTS, st.integers(), st.sampled_from(["detection", "pose"]))
def test_boxes_are_whole_pixels_inside_any_picture(subject: Subject, seed: int, task: str) -> None:
    for one in objects(subject, task, seed):
        left, top, right, bottom = one.box
        assert 0 <= left <= right < subject.width
        assert 0 <= top <= bottom < subject.height
        assert all(type(at) is int for at in one.box)


@settings(deadline=None)
@given(SUBJECTS, st.integers())
def test_keypoints_are_inside_their_box(subject: Subject, seed: int) -> None:
    for one in objects(subject, "pose", seed):
        assert isinstance(one.geometry, Graph)
        left, top, right, bottom = one.box
        assert one.geometry.nodes
        assert all(left <= x <= right and top <= y <= bottom for _, (x, y) in one.geometry.nodes)
        assert one.confidence is None


@settings(deadline=None)
@given(SUBJECTS)
def test_masks_are_inside_the_picture_and_fill_their_box(subject: Subject) -> None:
    for one in objects(subject, "instance_segmentation"):
        assert isinstance(one.geometry, Mask)
        left, top, right, bottom = one.box
        assert one.box == one.geometry.box
        assert 0 <= left <= right < subject.width
        assert 0 <= top <= bottom < subject.height
        rows = rows_of(one.geometry)
        union = 0
        for row in rows:
            union |= row
        assert all((rows[0], rows[-1], union & 1, union >> (right - left) == 1))


def rows_of(mask: Mask) -> list[int]:
    """Rows of a mask, the rightmost pixel in the lowest bit."""
    left, top, right, bottom = mask.box
    size, padding = (right - left + 8) // 8, -(right - left + 1) % 8
    assert len(mask.bits) == size * (bottom - top + 1)
    rows = [int.from_bytes(mask.bits[at : at + size], "big") for at in range(0, len(mask.bits), size)]
    assert not any(row & ((1 << padding) - 1) for row in rows)
    return [row >> padding for row in rows]


@settings(deadline=None)
@given(SUBJECTS)
def test_polygons_have_three_corners_at_least_and_span_their_box(subject: Subject) -> None:
    for one in objects(subject, "instance_segmentation", geometry="polygon"):
        assert isinstance(one.geometry, Polygon)
        across, down = zip(*one.geometry.exterior, strict=True)
        assert one.box == (min(across), min(down), max(across), max(down))
        assert min(one.box) >= 0
        assert one.box[2] < subject.width
        assert one.box[3] < subject.height
        assert len(across) >= 3
        assert one.geometry.exterior[0] != one.geometry.exterior[-1] or one.box[:2] == one.box[2:]


@settings(deadline=None)
@given(SUBJECTS, st.sampled_from(TASKS), st.integers())
def test_equal_questions_get_equal_answers_whatever_else_the_query_says(subject: Subject, task: str, seed: int) -> None:
    small = subject._replace(width=min(subject.width, 200), height=min(subject.height, 200))
    one, other = (Synthetic(names, seed, task=task) for names in (CLASSES, list(CLASSES)))
    settings_ = {"conf_thres": 0.9, "classes": ["dog"]}
    told = Query(Subject(*small), settings_, settings_, Origin("inference_image", "dog.jpg", 7, "http://x/y"))
    assert one.predict(Query(small)) == other.predict(told) == one.predict(Query(small))


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("frame", [None, 40])
def test_answers_depend_on_content_and_seed(task: str, frame: int | None) -> None:
    model = Synthetic(CLASSES, 0, task=task)
    found = answer(model, Subject(SHA, 640, 480, frame))
    assert found != answer(model, Subject("1f" * 32, 640, 480, frame))
    assert found != answer(Synthetic(CLASSES, 1, task=task), Subject(SHA, 640, 480, frame))


def test_a_larger_picture_of_the_same_content_has_the_same_objects_larger() -> None:
    small, large = objects(Subject(SHA, 100, 100)), objects(Subject(SHA, 1000, 1000))
    assert [(one.class_name, one.confidence) for one in small] == [(one.class_name, one.confidence) for one in large]
    corners = [[at for one in found for at in one.box] for found in (small, large)]
    assert all(abs(big - 10 * at) <= 20 for at, big in zip(*corners, strict=True))


def test_the_surest_object_is_the_first() -> None:
    for number in range(100):
        found = [one.confidence or 0.0 for one in objects(Subject(f"{number:064x}", 640, 480))]
        assert found == sorted(found, reverse=True)
        assert all(0.05 <= one <= 0.98 and one == round(one, 6) for one in found)


def test_pictures_show_every_class_and_sure_objects_as_well_as_unsure_ones() -> None:
    found = [one for number in range(600) for one in objects(Subject(f"{number:064x}", 640, 480))]
    assert {one.class_name for one in found} == set(coco.NAMES)
    sure = sum((one.confidence or 0.0) > 0.5 for one in found)
    assert len(found) * 0.4 < sure < len(found) * 0.8
    assert all(one.track is None for one in found)


def test_objects_are_all_over_the_picture() -> None:
    found = [one.box for number in range(200) for one in objects(Subject(f"{number:064x}", 900, 900))]
    middles = [((left + right) // 600, (top + bottom) // 600) for left, top, right, bottom in found]
    assert all(middles.count((x, y)) > len(found) / 100 for x in range(3) for y in range(3))


@pytest.mark.parametrize("frame", [None, 77])
@pytest.mark.parametrize("task", ["detection", "instance_segmentation"])
def test_some_objects_have_doubles_that_suppression_would_remove(task: str, frame: int | None) -> None:
    doubled = 0
    for number in range(40):
        found = objects(Subject(f"{number:064x}", 640, 480, frame), task)
        doubled += any(
            one.class_name == other.class_name and overlap(one.box, other.box) > 0.5
            for at, one in enumerate(found) for other in found[:at]
        )  # fmt: skip
    assert 15 < doubled <= 40


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("subject", [Subject(SHA, 0, 10), Subject(SHA, 10, 0), Subject(SHA, 0, 0, 3)])
def test_a_picture_without_pixels_has_no_objects(task: str, subject: Subject) -> None:
    assert answer(Synthetic(coco.NAMES, task=task), subject) == Answer()


@pytest.mark.parametrize("task", TASKS)
def test_a_model_without_classes_sees_nothing(task: str) -> None:
    assert answer(Synthetic([], task=task), Subject(SHA, 10, 10)) == Answer()


@pytest.mark.parametrize("task", TASKS)
def test_classes_of_ones_own_are_seen_and_no_others(task: str) -> None:
    model = Synthetic(("gadget", "widget", "gadget"), task=task)
    found = [answer(model, Subject(f"{number:064x}", 64, 48)) for number in range(30)]
    names = [one.class_name for told in found for one in told.objects] + [
        one.name for told in found for one in told.tags
    ]
    assert set(names) == {"gadget", "widget"}


def test_objects_of_a_video_are_tagged_with_their_track_only_if_that_is_wanted() -> None:
    for frame in range(0, 100, 7):
        plain, tagged = (
            answer(Synthetic(coco.NAMES, track_tags=wanted), Subject(SHA, 64, 48, frame)).objects
            for wanted in (False, True)
        )
        assert [one._replace(tags=()) for one in tagged] == list(plain)
        assert [[("track", one.track)] for one in tagged] == [[tuple(tag) for tag in one.tags] for one in tagged]
    assert not any(one.tags for one in objects(Subject(SHA, 640, 480)))


@pytest.mark.parametrize("wrong", [{"task": "detecton"}, {"geometry": "masks"}])
def test_an_unknown_word_is_refused_with_those_that_are_known(wrong: dict[str, str]) -> None:
    with pytest.raises(
        ValueError, match=r"(task is 'detecton'; give one of detection, |geometry is 'masks'; give one)"
    ):
        Synthetic(coco.NAMES, **wrong)  # type: ignore[arg-type]


def test_a_mask_and_a_polygon_are_the_same_silhouette() -> None:
    subject = Subject(SHA, 640, 480)
    masks, polygons = (objects(subject, "instance_segmentation", geometry=shape) for shape in ("mask", "polygon"))
    assert [one._replace(geometry=None) for one in masks] == [one._replace(geometry=None) for one in polygons]


def test_silhouettes_fill_a_plausible_part_of_their_box() -> None:
    for number in range(30):
        for one in objects(Subject(f"{number:064x}", 640, 480), "instance_segmentation"):
            assert isinstance(one.geometry, Mask)
            left, top, right, bottom = one.box
            filled = sum(bin(row).count("1") for row in rows_of(one.geometry))
            assert 0.3 < filled / ((right - left + 1) * (bottom - top + 1)) <= 1


def test_neighbouring_confidences_differ() -> None:
    found = [one.confidence or 0.0 for one in objects(Subject(SHA, 640, 480))]
    assert all(one != other for one, other in pairwise(found))
