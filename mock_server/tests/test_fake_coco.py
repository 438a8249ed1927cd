"""The classes of COCO and their colours."""

import re
from itertools import pairwise

from modeldouble_server.coco import COLORS, NAMES, color


def test_there_are_eighty_classes_each_once() -> None:
    assert len(NAMES) == len(set(NAMES)) == 80
    assert all(name == name.strip() and name for name in NAMES)


def test_classes_are_in_their_usual_order() -> None:
    usual = {0: "person", 2: "car", 9: "traffic light", 16: "dog", 39: "bottle", 49: "orange", 67: "cell phone",
             78: "hair drier", 79: "toothbrush"}  # fmt: skip
    assert {at: NAMES[at] for at in usual} == usual


def test_every_class_has_a_colour_of_its_own() -> None:
    assert list(COLORS) == list(NAMES)
    assert len(set(COLORS.values())) == 80
    assert all(re.fullmatch("#[0-9A-F]{6}", one) for one in COLORS.values())


def test_neighbours_differ_clearly() -> None:
    channels = [[int(one[at : at + 2], 16) for at in (1, 3, 5)] for one in COLORS.values()]
    for one, other in pairwise(channels):
        assert sum(abs(here - there) for here, there in zip(one, other, strict=True)) > 60


def test_colours_are_the_same_in_every_release() -> None:
    assert [color(index) for index in range(3)] == [COLORS["person"], COLORS["bicycle"], COLORS["car"]]
    assert [color(index) for index in (0, 1, 2, 79)] == ["#F22424", "#5583F2", "#7CBF1D", "#B943BF"]
