"""Semantic segmentation: each pixel is of exactly one class, layers keep their order, borders drift."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.predict.areas import Scenery, scenery
from modeldouble_server.predict.synthetic import Synthetic
from modeldouble_server.scene import Detection, Mask, Query, Subject

CLASSES = ("road", "person", "sky", "building", "car", "grass")
SHA = "0f" * 32
SHAS = st.binary(min_size=32, max_size=32).map(bytes.hex)


def seen(subject: Subject, classes: tuple[str, ...] = CLASSES, seed: int = 0) -> dict[str, Detection]:
    found = Synthetic(classes, seed, task="semantic_segmentation").predict(Query(subject)).objects
    assert len({one.class_name for one in found}) == len(found)
    return {one.class_name: one for one in found}


def grid(one: Detection, subject: Subject) -> list[int]:
    """The rows of the full picture, the rightmost pixel in the lowest bit."""
    assert isinstance(one.geometry, Mask)
    left, top, right, bottom = one.geometry.box
    size = (right - left + 8) // 8
    rows = [0] * subject.height
    for at in range(bottom - top + 1):
        bits = int.from_bytes(one.geometry.bits[at * size : (at + 1) * size], "big") >> (-(right - left + 1) % 8)
        rows[top + at] = bits << (subject.width - 1 - right)
    return rows


def lowest_middle(one: Detection, subject: Subject) -> float:
    """The mean height of an area."""
    counts = [bin(row).count("1") for row in grid(one, subject)]
    return sum(at * count for at, count in enumerate(counts)) / sum(counts)


@settings(deadline=None)
@given(SHAS, st.integers(1, 4000), st.integers(1, 400), st.none() | st.integers(0, 5000), st.integers())
def test_every_pixel_is_of_exactly_one_class(sha: str, width: int, height: int, frame: int | None, seed: int) -> None:
    subject = Subject(sha, width, height, frame)
    grids = [grid(one, subject) for one in seen(subject, seed=seed).values()]
    for rows in zip(*grids, strict=True):
        assert sum(rows) == (1 << width) - 1
        assert sum(bin(row).count("1") for row in rows) == width


@pytest.mark.parametrize("size", [(4000, 3000), (1, 3000), (4000, 1), (1, 1)])
def test_pictures_of_any_size_are_parted_whole(size: tuple[int, int]) -> None:
    subject = Subject(SHA, *size)
    found = seen(subject)
    assert all(
        sum(rows) == (1 << size[0]) - 1 for rows in zip(*(grid(one, subject) for one in found.values()), strict=True)
    )
    assert all(isinstance(one.geometry, Mask) and one.box == one.geometry.box for one in found.values())


def test_areas_have_no_confidence_and_come_in_the_order_of_the_classes() -> None:
    for number in range(20):
        found = seen(Subject(f"{number:064x}", 64, 48))
        assert all(one.confidence is None and one.track is None for one in found.values())
        assert list(found) == [name for name in CLASSES if name in found]


def test_the_sky_is_above_and_the_road_below() -> None:
    seen_both = 0
    for number in range(20):
        subject = Subject(f"{number:064x}", 64, 48)
        found = seen(subject)
        if {"sky", "road"} <= set(found):
            seen_both += 1
            assert lowest_middle(found["sky"], subject) < lowest_middle(found["road"], subject)
    assert seen_both > 5


def test_pictures_have_some_layers_and_all_classes_are_seen_somewhere() -> None:
    answers = [seen(Subject(f"{number:064x}", 64, 48)) for number in range(40)]
    assert set().union(*answers) == set(CLASSES)
    assert all(len(set(found) - {"person", "car"}) >= 2 for found in answers)


def test_borders_of_a_video_drift_and_do_not_jump() -> None:
    layers = ("sky", "grass", "road")
    changed = set()
    for frame in range(60):
        one, other = (
            {name: grid(at, Subject(SHA, 64, 48)) for name, at in seen(Subject(SHA, 64, 48, when), layers).items()}
            for when in (frame, frame + 1)
        )
        differs = sum(
            bin(a ^ b).count("1") for name in layers for a, b in zip(one[name], other[name], strict=True)
        )  # fmt: skip
        changed.add(differs > 0)
        assert differs < 64 * 48 / 25
    assert changed == {True, False} or changed == {True}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("road", "person", "sky"), Scenery(("sky", "road"), ("person",))),
        (("background", "horse"), Scenery(("background",), ("horse",))),
        (("person", "horse"), Scenery(("person",), ("horse",))),
        (("b", "a", "b", "floor"), Scenery(("floor", "b", "a"), ())),
        ((), Scenery((), ())),
    ],
)
def test_classes_are_layers_or_things(names: tuple[str, ...], expected: Scenery) -> None:
    assert scenery(names) == expected


def test_one_class_is_the_whole_picture() -> None:
    found = seen(Subject(SHA, 30, 20), ("lawn",))
    assert [(one.class_name, one.box) for one in found.values()] == [("lawn", (0, 0, 29, 19))]
