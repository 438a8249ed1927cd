"""Plans: exactly as many labels are found, and as many false detections made, as the profile says."""

from collections import Counter

import pytest

from modeldouble_server.predict.ground_truth.labels import Label, Picture
from modeldouble_server.predict.ground_truth.plan import Plan, make_plans
from modeldouble_server.predict.ground_truth.profile import Part, Profile

SMALL, LARGE = (0, 0, 9, 9), (50, 50, 169, 169)
LABELS = (Label("cat", SMALL), Label("dog", LARGE), Label("dog", (20, 0, 29, 9)), Label("van", (40, 0, 49, 9)))
PICTURES = [Picture(f"{at:064x}", f"{at}.png", 200, 200, LABELS) for at in range(100)]
PROFILE = Profile(recall=0.8, precision=0.9)


def sure(plans: list[Plan], profile: Profile = PROFILE) -> tuple[Counter[str], Counter[str]]:
    """How many labels of each class are found, and detections invented, at the threshold or above it."""
    found: Counter[str] = Counter()
    invented: Counter[str] = Counter()
    for picture, plan in zip(PICTURES, plans, strict=True):
        for hit in plan.hits:
            if hit.confidence >= profile.threshold:
                right = hit.class_name == picture.labels[hit.label].class_name
                (found if right else invented)[hit.class_name] += 1
        invented.update(one.like.class_name for one in plan.phantoms if one.confidence >= profile.threshold)
    return found, invented


@pytest.mark.parametrize("seed", range(3))
def test_each_class_has_its_share_to_within_one(seed: int) -> None:
    found, invented = sure(make_plans(PICTURES, PROFILE, seed))
    assert sum(found.values()) == 320
    assert sum(invented.values()) == round(320 * 0.1 / 0.9)
    assert all(abs(found[name] - count) <= 1 for name, count in (("cat", 80), ("dog", 160), ("van", 80)))
    assert all(abs(invented[name] - found[name] / 9) <= 1 for name in found)


def test_a_class_may_be_found_less_often_than_others() -> None:
    profile = PROFILE._replace(by_class={"cat": Part(recall=0.3, precision=0.5)})
    found, invented = sure(make_plans(PICTURES, profile, 0))
    assert abs(found["cat"] - 30) <= 1
    assert abs(invented["cat"] - 30) <= 1
    assert abs(found["van"] - 80) <= 1


def test_a_size_may_be_found_less_often_than_others() -> None:
    profile = PROFILE._replace(by_size={"large": Part(recall=0.2)})
    plans = make_plans(PICTURES, profile, 0)
    large = [hit for plan in plans for hit in plan.hits if hit.label == 1 and hit.confidence >= 0.25]
    assert abs(len(large) - 20) <= 1


def test_a_label_is_found_once_at_most() -> None:
    for plan in make_plans(PICTURES, PROFILE._replace(confusion={"dog": {"cat": 0.1}}), 0):
        places = [hit.label for hit in plan.hits]
        assert len(places) == len(set(places))


def test_some_that_are_missed_are_seen_below_the_threshold() -> None:
    plans = make_plans(PICTURES, PROFILE, 0)
    low = [hit.confidence for plan in plans for hit in plan.hits if hit.confidence < 0.25]
    assert len(low) == 20
    doubted = [one for plan in plans for one in plan.phantoms if one.confidence < 0.25]
    assert len(doubted) > 100


def test_a_mistaken_label_keeps_its_place_and_counts_as_false() -> None:
    profile = PROFILE._replace(confusion={"dog": {"cat": 0.1}})
    plans = make_plans(PICTURES, profile, 0)
    taken_for_cats = [hit for plan in plans for hit in plan.hits if hit.class_name == "cat" and hit.label in (1, 2)]
    assert len(taken_for_cats) == 20
    found, invented = sure(plans, profile)
    assert (sum(found.values()), sum(invented.values())) == (320, 36)


def test_no_label_is_mistaken_for_a_class_that_is_there() -> None:
    both = [one._replace(labels=(Label("cat", SMALL), Label("dog", SMALL))) for one in PICTURES]
    plans = make_plans(both, PROFILE._replace(precision=0.5, confusion={"dog": {"cat": 0.1}}), 0)
    assert all(hit.class_name == ("cat", "dog")[hit.label] for plan in plans for hit in plan.hits)


def test_more_confusion_than_precision_allows_is_refused() -> None:
    with pytest.raises(ValueError, match=r"confusion makes 40 false detections .* precision 0.95 allows 17; lower"):
        make_plans(PICTURES, PROFILE._replace(precision=0.95, confusion={"dog": {"cat": 0.2}}), 0)


def test_another_seed_finds_other_labels() -> None:
    assert make_plans(PICTURES, PROFILE, 0) == make_plans(PICTURES, PROFILE, 0)
    assert make_plans(PICTURES, PROFILE, 0) != make_plans(PICTURES, PROFILE, 1)


def test_the_order_of_the_pictures_does_not_matter() -> None:
    ahead, back = make_plans(PICTURES, PROFILE, 0), make_plans(PICTURES[::-1], PROFILE, 0)
    assert [[*plan.hits] for plan in ahead] == [sorted(plan.hits, key=ahead[at].hits.index) for at, plan in
                                                enumerate(back[::-1])]  # fmt: skip
    assert [Counter(plan.phantoms) for plan in ahead] == [Counter(plan.phantoms) for plan in back[::-1]]


def test_false_detections_go_round_the_pictures() -> None:
    counts = [len(plan.phantoms) for plan in make_plans(PICTURES, PROFILE, 0)]
    assert max(counts) - min(counts) <= 1


def test_sureness_does_not_depend_on_the_class() -> None:
    plans = make_plans(PICTURES, PROFILE, 0)
    hits = [hit for plan in plans for hit in plan.hits if hit.confidence >= 0.25]
    means = [
        sum(hit.confidence for hit in hits if hit.class_name == name) / sum(hit.class_name == name for hit in hits)
        for name in ("cat", "dog", "van")
    ]
    assert max(means) - min(means) < 0.02


def test_crowds_are_neither_found_nor_missed() -> None:
    crowds = [Picture("ab", "a.png", 200, 200, (Label("cat", LARGE, crowd=True),))]
    assert make_plans(crowds, PROFILE, 0) == [Plan()]


@pytest.mark.parametrize("pictures", [[], [Picture("ab", "a.png", 9, 9)]])
def test_without_labels_nothing_is_planned(pictures: list[Picture]) -> None:
    assert make_plans(pictures, PROFILE, 0) == [Plan() for _ in pictures]
