"""The picture of a job's states has what the table has, in places where it can be read."""

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest

from modeldouble_contract.truth import load
from modeldouble_contract.truth.lifecycle import Lifecycle

from .states import _FRAME, _PLACES, _SIZE, HIGH, WIDE, common, drawing, framed

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def life() -> Lifecycle:
    return load().lifecycle


@pytest.fixture(scope="module")
def picture(life: Lifecycle) -> ElementTree.Element:
    return ElementTree.fromstring(drawing(life))


def test_every_state_is_a_box_and_every_event_is_named(life: Lifecycle, picture: ElementTree.Element) -> None:
    told = [one.text for one in picture.iter(f"{SVG}text") if one.get("class") is None]
    assert told == list(life.states)
    events = {one.text for one in picture.iter(f"{SVG}text") if one.get("class") == "event"}
    assert events == {"start", *life.events}


def test_every_transition_is_an_arrow_or_the_frames(life: Lifecycle, picture: ElementTree.Element) -> None:
    arrows = [one for one in picture.iter(f"{SVG}path") if one.get("marker-end")]
    pairs = [(name, *one) for name, state in life.states.items() for one in state.next.items()]
    own = [one for one in pairs if one[0] not in framed(life) or one[1] not in common(life)]
    assert len(arrows) == 1 + len(common(life)) + len(own)
    assert common(life) == {"clear": "cleared", "expire": "gone"}


def test_the_frame_goes_round_those_that_share_its_arrows_and_no_other(life: Lifecycle) -> None:
    left, top, wide, high = _FRAME
    inside = {name for name, (x, y) in _PLACES.items() if left < x < left + wide and top < y < top + high}
    assert inside == framed(life) == {"preparing", "running", "finished", "cancelled", "error"}
    assert set(_PLACES) == set(life.states)


def test_no_box_lies_on_another_or_outside() -> None:
    for one, other in combinations(_PLACES.values(), 2):
        assert abs(one[0] - other[0]) >= WIDE + 20 or abs(one[1] - other[1]) >= HIGH + 20
    assert all(WIDE / 2 < x < _SIZE[0] - WIDE / 2 and HIGH / 2 < y < _SIZE[1] - HIGH / 2 for x, y in _PLACES.values())


def test_who_cannot_see_it_is_told_all_of_it(life: Lifecycle, picture: ElementTree.Element) -> None:
    title = picture.findtext(f"{SVG}title") or ""
    told = re.findall(r"(\w+) (\w+) (\w+)(?:,|$)", title.partition(": ")[2])
    assert told == [(name, *one) for name, state in life.states.items() for one in state.next.items()]


def test_a_state_without_a_place_is_an_error(life: Lifecycle) -> None:
    states = {**life.states, "paused": life.states["running"]._replace(name="paused")}
    with pytest.raises(KeyError, match="paused"):
        drawing(life._replace(states=states))
