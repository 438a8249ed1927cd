"""The table of paths: the first pattern that fits, its names, and how much of it is known."""

import pytest
from yarl import URL

from modeldouble_server.paths import Paths

TABLE = [("/net/(?P<token>[^{}/]+)/(?P<route>.*)", 1), ("/a", 2), ("/(?P<route>.*)", 3), ("(?s:.*)", 4)]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/net/t/a/b", (1, {"token": "t", "route": "a/b"})), ("/net//a", (3, {"route": "net//a"})), ("/a", (2, {})),
        ("/a?b=c", (2, {})), ("/", (3, {"route": ""})), ("/a%0Ab", (4, {})), ("*", (4, {})),
        ("/net/%C3%A9%2F%25/x", (1, {"token": "é/%", "route": "x"})),
    ],
)  # fmt: skip
def test_the_first_that_fits_tells_its_names_each_time(path: str, found: tuple[int, dict[str, str]]) -> None:
    paths = Paths(TABLE)
    for _ in range(2):
        assert paths.find(URL(path, encoded=True)) == found


def test_paths_that_differ_in_their_quoting_only_are_told_apart() -> None:
    paths = Paths(TABLE)
    asked = ("/a%2Fb", "/a/b", "/a%252Fb")
    assert [paths.find(URL(one, encoded=True))[1]["route"] for one in asked] == ["a/b", "a/b", "a%2Fb"]


def test_what_is_known_is_bounded_in_number_and_in_length() -> None:
    paths = Paths(TABLE)
    for at in range(2000):
        assert paths.find(URL(f"/net/t/{at}", encoded=True)) == (1, {"token": "t", "route": str(at)})
    assert len(paths) == 512
    assert paths.find(URL(f"/{'x' * 300}", encoded=True)) == (3, {"route": "x" * 300})
    assert paths.find(URL(f"/net/t/{1999}", encoded=True))[0] == 1
    assert (len(paths), f"/{'x' * 300}" in paths._known) == (512, False)


def test_a_table_that_does_not_end_with_everything_says_so() -> None:
    with pytest.raises(LookupError, match="does not fit everything"):
        Paths(TABLE[:2]).find(URL("/b"))
