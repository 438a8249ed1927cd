"""What a model does is measured and corrected until it meets its profile, and said where labels do not let it."""

import logging

import pytest

from modeldouble_server.predict.ground_truth.average_precision import mean_average_precision
from modeldouble_server.predict.ground_truth.fit import Sample, fit, map_of_boxes, map_of_masks, sampled, scene
from modeldouble_server.predict.ground_truth.labels import Label, Picture
from modeldouble_server.predict.ground_truth.observe import Errors, observe, overlap_of
from modeldouble_server.predict.ground_truth.plan import Hit, Phantom, Plan, make_plans
from modeldouble_server.predict.ground_truth.profile import PROFILES, Profile
from modeldouble_server.scene import Polygon

KITE = Polygon(((60, 110), (90, 125), (60, 140), (30, 125)))
LABELS = (Label("cat", (10, 10, 59, 49)), Label("dog", (100, 20, 159, 79)), Label("kite", (30, 110, 90, 140), KITE))
PICTURES = [Picture(f"{at:064x}", f"{at}.png", 200, 160, LABELS) for at in range(30)]


def fitted(profile: Profile, seed: int = 0) -> tuple[Sample, Errors]:
    plans = make_plans(PICTURES, profile, seed)
    return Sample(PICTURES, plans, seed), fit(PICTURES, plans, profile, seed)


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("seed", [0, 1])
def test_boxes_and_masks_meet_the_map(name: str, seed: int) -> None:
    sample, errors = fitted(PROFILES[name], seed)
    assert map_of_boxes(sample, errors) == pytest.approx(PROFILES[name].map, abs=0.015)
    # Of one class with thirty objects: one that is found is worth 0.03.
    assert map_of_masks(sample, errors) == pytest.approx(PROFILES[name].map, abs=0.05)


def test_the_better_the_boxes_the_greater_the_map() -> None:
    sample, _ = fitted(PROFILES["good"])
    measured = [map_of_boxes(sample, Errors(value / 4, None)) for value in range(5)]
    assert measured == sorted(measured)
    assert measured[0] < 0.15
    assert measured[4] > 0.75


def test_the_mean_overlap_falls_in_step_with_closeness() -> None:
    ranks = [(at + 0.5) / 100 for at in range(100)]
    means = [sum(overlap_of(rank, value / 10) for rank in ranks) / 100 for value in range(11)]
    assert means == pytest.approx([0.52 + 0.048 * value for value in range(11)])


@pytest.mark.parametrize(
    ("closeness", "least", "most"), [(0.0, 0.52, 0.52), (0.25, 0.52, 0.76), (0.5, 0.52, 1.0), (0.75, 0.76, 1.0)]
)
def test_overlaps_are_spread_over_a_range(closeness: float, least: float, most: float) -> None:
    assert [overlap_of(rank, closeness) for rank in (0.0, 1.0)] == pytest.approx([least, most])


def test_a_jitter_that_is_given_is_kept() -> None:
    _, errors = fitted(Profile(0.8, 0.85, box_jitter=0.12, mask_jitter=0.7))
    assert errors == pytest.approx((0.75, 0.7))
    _, plain = fitted(Profile(0.8, 0.85, box_jitter=0.0))
    assert plain == Errors(1.0, 1.0)


def test_a_given_jitter_is_the_mean_distance_of_found_boxes() -> None:
    sample, errors = fitted(Profile(0.8, 0.85, box_jitter=0.2))
    shares = []
    for picture, plan in zip(sample.pictures, sample.plans, strict=True):
        exact = observe(picture, plan._replace(phantoms=()), Errors(1.0, None), 0)
        off = observe(picture, plan._replace(phantoms=()), errors._replace(follow=None), 0)
        for one, other in zip(exact.objects, off.objects, strict=True):
            shares.append(1.0 - scene_overlap(one.box, other.box))
    assert sum(shares) / len(shares) == pytest.approx(0.2, abs=0.01)


def scene_overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> float:
    first = {(x, y) for x in range(one[0], one[2] + 1) for y in range(one[1], one[3] + 1)}
    second = {(x, y) for x in range(other[0], other[2] + 1) for y in range(other[1], other[3] + 1)}
    return len(first & second) / len(first | second)


def test_a_map_that_these_labels_do_not_let_it_reach_is_told(caplog: pytest.LogCaptureFixture) -> None:
    dots = [Picture("ab", "a.png", 200, 160, tuple(Label("dot", (at, 5, at, 5)) for at in range(0, 100, 10)))]
    profile = Profile(0.9, 0.9, map=0.3)
    with caplog.at_level(logging.WARNING, logger="modeldouble_server"):
        fit(dots, make_plans(dots, profile, 0), profile, 0)
    assert "map 0.3 is asked for, and of these labels' boxes 0." in caplog.text


def test_only_a_part_of_a_large_dataset_is_measured() -> None:
    many = [one._replace(sha256=f"{at:064x}") for at, one in enumerate(PICTURES * 100)]
    part, other = (sampled(some, [Plan()] * 3000, 0) for some in (many, many[::-1]))
    assert len(part.pictures) == len(part.plans) == 500
    assert {one.sha256 for one in part.pictures} == {one.sha256 for one in other.pictures}


def test_masks_are_measured_of_classes_that_have_some() -> None:
    plan = Plan(tuple(Hit(at, LABELS[at].class_name, 0.9, 0.5) for at in range(3)), (Phantom(LABELS[0], 0.3),))
    masks, boxes = (scene(PICTURES[0], plan, Errors(1.0, 1.0), 0, names) for names in (["kite"], None))
    assert [one.class_name for one in masks.truths] == [one.class_name for one in masks.guesses] == ["kite"]
    assert [one.class_name for one in boxes.truths] == ["cat", "dog", "kite"]
    assert [one.class_name for one in boxes.guesses] == ["cat", "dog", "kite", "cat"]
    assert mean_average_precision([masks]) == mean_average_precision([boxes]) == 1.0
