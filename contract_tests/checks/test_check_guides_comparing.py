"""What a page shows of an output is told from what it does not show."""

import pytest

from .guides.comparing import difference, lines, matches, unmet


@pytest.mark.parametrize(
    ("expected", "output"),
    [
        ([], ""),
        ([], "\n  \n"),
        (["a  b", "", "c"], "a b  \n\n\nc\n"),
        (["took ... s"], "took 0.5 s\n"),
        (["a...c...e"], "abcde\n"),
        (["a", "...", "d"], "a\nb\nc\nd\n"),
        (["a", "...", "d"], "a\nd\n"),
        (["...", "b"], "a\nb\nx\nb\n"),
        (["a", "..."], "a\n"),
        (["100%"], "0%\r50%\r100%\n"),
        (["a"], "a\r\n"),
        (["f(x) [y] *"], "f(x) [y] *\n"),
    ],
)
def test_the_same(expected: list[str], output: str) -> None:
    assert matches(expected, output)
    assert unmet(expected, output) is None


@pytest.mark.parametrize(
    ("expected", "output", "at"),
    [
        ([], "a\n", None),
        (["a"], "", 0),
        (["a"], "b\n", 0),
        (["a"], "A\n", 0),
        (["ab"], "a b\n", 0),
        (["a"], "a\nb\n", None),
        (["b"], "a\nb\n", 0),
        (["a", "b"], "a\n", 1),
        (["a...c"], "a\nc\n", 0),
        (["a", "...", "d", "e"], "a\nb\nd\nf\n", 3),
        (["a.c"], "abc\n", 0),
        (["a", "...", "b"], "a\nb\nc\n", None),
    ],
)
def test_not_the_same(expected: list[str], output: str, at: int | None) -> None:
    assert not matches(expected, output)
    assert unmet(expected, output) == at


def test_only_the_last_state_of_a_line_is_seen() -> None:
    assert lines("a\rb\n  c   d \n\nlast") == ["b", "c d", "last"]


def test_a_difference_shows_what_was_seen_and_what_the_page_says() -> None:
    told = difference(["took ... s", "2 passed"], "took 5 s\n1 failed\n").splitlines()
    assert [line for line in told if line[0] in "-+ " and line[:3] not in ("---", "+++")] == [
        " took ... s", "-2 passed", "+1 failed",
    ]  # fmt: skip
