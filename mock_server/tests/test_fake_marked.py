"""Pages of which a part is made."""

import pytest

from modeldouble_server.marked import below, between


def test_what_is_between_the_marks_is_made_anew_and_nothing_else() -> None:
    assert between("a <1> old <2> b", "<1>", "<2>", "new") == "a <1>\nnew\n<2> b"


@pytest.mark.parametrize("page", ["a <2> b", "a <1> b", "<2> <1>", ""])
def test_a_page_without_both_marks_in_their_order_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="lacks the marks '<1>' and '<2>'"):
        between(page, "<1>", "<2>", "new")


def test_what_is_below_the_mark_is_made_anew() -> None:
    assert below("a <1> old", "<1>", "new") == "a <1>\nnew"


def test_a_page_without_the_mark_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks the mark '<1>'"):
        below("a", "<1>", "new")
