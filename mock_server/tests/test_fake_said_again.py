"""Predictions that went out before: whose they are, which are known, and how much is kept."""

from modeldouble_server.again import Again

ME, OTHER = object(), object()


def test_what_was_kept_is_found_by_who_said_it_what_was_asked_and_which_result_it_is() -> None:
    again = Again()
    again.keep(ME, b"a", 3, [b"three", b"four"])
    assert again.find(ME, b"a", range(3, 5)) == [b"three", b"four"]
    assert again.find(ME, b"a", range(4, 5)) == [b"four"]
    assert again.find(OTHER, b"a", range(3, 5)) is None
    assert again.find(ME, b"b", range(3, 5)) is None


def test_one_that_is_not_known_is_reason_to_make_all() -> None:
    again = Again()
    again.keep(ME, b"a", 0, [b"zero", b"one"])
    assert again.find(ME, b"a", range(3)) is None
    again.keep(ME, b"a", 2, [b"two"])
    assert again.find(ME, b"a", range(3)) == [b"zero", b"one", b"two"]


def test_what_was_not_asked_for_the_longest_makes_room() -> None:
    again = Again(most=1000)
    for name in (b"a", b"b"):
        again.keep(ME, name, 0, [b"x" * 200])
    assert again.find(ME, b"a", range(1)) is not None
    again.keep(ME, b"c", 0, [b"x" * 200])
    assert [again.find(ME, name, range(1)) is None for name in (b"a", b"b", b"c")] == [False, True, False]


def test_the_bytes_that_are_held_never_pass_the_limit_and_are_given_back() -> None:
    again = Again(most=1000)
    for at in range(100):
        again.keep(ME, b"%d" % at, 0, [b"x" * at] * (at % 4))
        assert again.held <= 1000
    again.keep(ME, b"large", 0, [b"x" * 2000])
    assert (again.held, again.find(ME, b"large", range(1))) == (0, None)


def test_what_is_kept_twice_is_counted_once() -> None:
    again = Again()
    for _ in range(2):
        again.keep(ME, b"a", 0, [b"x" * 50])
    assert again.held == 100 + 1 + 100 + 50
