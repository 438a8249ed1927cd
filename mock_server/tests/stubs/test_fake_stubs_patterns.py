"""Patterns are looked up by how they begin or end, and match what a comparison one by one matches."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.scene import Answer, Origin, Query, Subject
from modeldouble_server.stubs import Stubs, Unmatched

PATTERNS = st.text("ab.[*?", min_size=1, max_size=6)
NAMES = st.text("ab.[", min_size=1, max_size=6)


class Nobody:
    """A predictor that is not asked."""

    def predict(self, query: Query) -> Answer:
        raise AssertionError(query)


def like(pattern: str, name: str) -> bool:
    """`*` stands for any text and `?` for a character, as one would write it down first."""
    if not pattern:
        return not name
    if pattern[0] == "*":
        return any(like(pattern[1:], name[at:]) for at in range(len(name) + 1))
    return bool(name) and pattern[0] in ("?", name[0]) and like(pattern[1:], name[1:])


def answers(pattern: str, name: str) -> bool:
    """A stub of the pattern, among others, answers for the name."""
    stubs = Stubs(Nobody())
    wanted = stubs.when(image=pattern).predict()
    stubs.when(image="zz*").predict()
    stubs.when(image="*zz").predict()
    try:
        [turn] = stubs.take(Query(Subject("", 9, 9), origin=Origin("inference_image", name)), 1)
    except Unmatched:
        return False
    return turn.stub == wanted.number


@settings(deadline=None, max_examples=500)
@given(PATTERNS, NAMES)
def test_a_pattern_answers_what_it_describes_and_nothing_else(pattern: str, name: str) -> None:
    assert answers(pattern, name) == like(pattern, name)


@pytest.mark.parametrize("pattern", ["street*", "*.jpg", "s*g", "*ree*", "street.???", "*"])
def test_a_pattern_may_leave_open_its_beginning_its_end_or_both(pattern: str) -> None:
    assert answers(pattern, "street.jpg")
    assert not answers(pattern + "x", "street.jpg")


def test_a_call_without_a_name_is_of_no_pattern() -> None:
    stubs = Stubs(Nobody())
    stubs.when(image="a*").predict()
    with pytest.raises(Unmatched):
        stubs.take(Query(Subject("", 9, 9), origin=Origin("inference_image_url", url="http://a")), 1)
