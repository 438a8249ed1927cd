"""Profiles are read with errors that say what to give instead."""

from typing import Any

import pytest

from modeldouble_server.predict.ground_truth import PROFILES, read_profile
from modeldouble_server.predict.ground_truth.profile import Part, Profile, feasible_map


@pytest.mark.parametrize("name", PROFILES)
def test_a_shipped_profile_is_read_by_its_name(name: str) -> None:
    assert read_profile({"profile": name}) == PROFILES[name]


def test_without_a_name_one_begins_with_the_good_one() -> None:
    assert read_profile({}) == PROFILES["good"]
    assert read_profile({"recall": 0.7}) == PROFILES["good"]._replace(recall=0.7)


def test_all_fields_are_read() -> None:
    values = {
        "recall": 0.6, "precision": 0.7, "map": 0.4, "threshold": 0.3, "mask_jitter": 2,
        "by_class": {"cat": {"recall": 0.5}}, "by_size": {"small": {"precision": 0.4}},
        "confusion": {"cat": {"dog": 0.1}},
    }  # fmt: skip
    read = read_profile(values)
    assert (read.recall, read.precision, read.map, read.threshold, read.mask_jitter) == (0.6, 0.7, 0.4, 0.3, 2.0)
    assert read.by_class == {"cat": Part(recall=0.5)}
    assert read.by_size == {"small": Part(precision=0.4)}
    assert read.confusion == {"cat": {"dog": 0.1}}


def test_a_given_jitter_takes_the_place_of_a_map() -> None:
    read = read_profile({"box_jitter": 0.1})
    assert (read.map, read.box_jitter) == (None, 0.1)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"recal": 0.5}, "recal is unknown; did you mean recall?"),
        ({"zzz": 0.5}, "zzz is unknown; give one of profile, recall"),
        ({"profile": "best"}, "profile is 'best'; give one of weak, good, excellent"),
        ({"profile": 3}, "profile is 3; give one of"),
        ({"recall": "much"}, "recall is 'much'; give a number from 0.05 to 1.0"),
        ({"recall": 0}, "recall is 0; give a number"),
        ({"precision": True}, "precision is True; give a number"),
        ({"precision": float("nan")}, "precision is nan; give a number"),
        ({"map": 1.1}, "map is 1.1; give a number from 0.0 to 1.0"),
        ({"threshold": 0.99}, "threshold is 0.99; give a number from 0.02 to 0.95"),
        ({"box_jitter": 0.6}, "box_jitter is 0.6; give a number from 0.0 to 0.48"),
        ({"box_jitter": 0.1, "map": 0.5}, "box_jitter is 0.1, which follows from map; give one of the two"),
        ({"mask_jitter": -1}, "mask_jitter is -1; give a number from 0.0 to 4.0"),
        ({"by_class": ["cat"]}, r"by_class is \['cat'\]; give a mapping of names"),
        ({"by_class": {"cat": 0.5}}, "by_class.cat is 0.5; give a mapping"),
        ({"by_class": {"cat": {"map": 0.5}}}, "by_class.cat.map is unknown; give one of recall, precision"),
        ({"by_size": {"tiny": {}}}, "by_size.tiny is unknown; give one of small, medium, large"),
        ({"by_size": {"small": {"recall": 2}}}, "by_size.small.recall is 2; give a number"),
        ({"confusion": {"cat": {"dog": -0.1}}}, "confusion.cat.dog is -0.1; give a number from 0.0 to 1.0"),
        ({"confusion": {"cat": {"cat": 0.1}}}, "a class is not mistaken for itself"),
        ({"confusion": {"cat": {"dog": 0.3}}}, r"confusion.cat adds up to 0.300, and with its recall of 0.8 to more"),
        ({"precision": 0.2}, "precision is 0.2, at or below the threshold 0.25.*give a lower threshold"),
        ({"map": 0.9}, r"map is 0.9, which recall 0.8 and precision 0.85 do not allow; give one from 0.08 to 0.81"),
        ({"map": 0.05}, "give one from 0.08 to 0.81"),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_profile(values)


def test_the_profile_itself_must_be_a_mapping() -> None:
    with pytest.raises(ValueError, match=r"the profile is \[\]; give a mapping"):
        read_profile([])  # type: ignore[arg-type]


def test_a_better_profile_allows_a_greater_map() -> None:
    reach = [feasible_map(PROFILES[name]) for name in ("weak", "good", "excellent")]
    assert reach == sorted(reach)
    assert all(least == pytest.approx(most / 10) for least, most in reach)
    assert reach[2][1] < 0.97


def test_a_model_that_misses_nothing_and_invents_nothing_may_have_any_map() -> None:
    assert feasible_map(Profile(1.0, 1.0)) == pytest.approx((0.1, 1.0))


def test_a_class_or_a_size_has_its_own_targets_and_both_act_together() -> None:
    profile = Profile(0.8, 0.9, by_class={"cat": Part(0.4, 0.45)}, by_size={"small": Part(0.6, 0.3)})
    asked = (("dog", "large"), ("cat", "large"), ("dog", "small"), ("cat", "small"))
    assert [profile.recall_of(*one) for one in asked] == pytest.approx([0.8, 0.4, 0.6, 0.3])
    assert [profile.precision_of(*one) for one in asked] == pytest.approx([0.9, 0.45, 0.3, 0.15])


def test_targets_that_act_together_are_never_over_one() -> None:
    profile = Profile(0.5, 0.5, by_class={"cat": Part(0.9)}, by_size={"small": Part(0.9)})
    assert profile.recall_of("cat", "small") == 1.0
