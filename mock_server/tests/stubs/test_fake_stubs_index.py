"""However many stubs there are, a call finds the same ones as if it looked at each, and looks at few."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.scene import Answer, Origin, Query, Subject
from modeldouble_server.stubs import Exactly, Stubs, Unmatched
from modeldouble_server.stubs.asked import Asked
from modeldouble_server.stubs.conditions import read
from modeldouble_server.stubs.index import Index, Spans
from modeldouble_server.stubs.stub import Stub

See = Callable[..., list[str]]
BOX = (1, 2, 3, 4)
RANGES = st.builds(lambda first, count: range(first, first + count), st.integers(0, 9), st.integers(1, 9))
GIVEN: dict[str, st.SearchStrategy[Any]] = {
    "image": st.sampled_from(["a.jpg", "b.jpg", "*.jpg", b"a"]),
    "image_id": st.integers(1, 2),
    "video": st.sampled_from(["a.jpg", "a*"]),
    "frames": st.integers(0, 9) | RANGES,
    "settings": st.sampled_from([{"a": 1}, {"a": 1, "b": 2}, Exactly({"a": 1}), lambda one: one]),
    "call": st.integers(1, 2) | st.just(range(1, 3)),
}  # fmt: skip
CONDITIONS = st.fixed_dictionaries({}, optional=GIVEN)
QUERIES = st.builds(
    lambda name, image_id, frames, sent: Query(
        Subject("", 1, 1), sent, sent, Origin("r", name, image_id, frames=frames)
    ),
    st.sampled_from(["a.jpg", "b.jpg", None]),
    st.none() | st.integers(1, 2),
    st.none() | RANGES,
    st.sampled_from([{}, {"a": 1}, {"a": 1, "b": 2}]),
)


def stub(number: int, **given: Any) -> Stub:
    return Stub(number, read(given), Answer(), threading.RLock(), lambda _: None)


@settings(deadline=None, max_examples=300)
@given(st.lists(CONDITIONS, max_size=12), QUERIES, st.sets(st.integers(0, 11)))
def test_the_index_finds_what_a_scan_finds(given_all: list[dict[str, Any]], query: Query, used_up: set[int]) -> None:
    index, asked = Index(), Asked(query, 1)
    stubs = [stub(at, **one) for at, one in enumerate(given_all)]
    for one in stubs:
        index.set(one)
    for one in stubs:
        if one.number in used_up:
            one.once().use()
        index.set(one)
    expected = [one.number for one in stubs if one.number not in used_up and one.matches(asked)]
    assert sorted(one.number for one in index.matching(asked)) == expected


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 40))), st.integers(0, 60), st.integers(0, 30))
def test_spans_find_every_one_that_meets(spans: list[tuple[int, int]], first: int, more: int) -> None:
    index = Spans()
    for at, (begin, count) in enumerate(spans):
        index.add(range(begin, begin + count), at)
    meeting = {at for at, (begin, count) in enumerate(spans) if begin <= first + more and first < begin + count}
    assert meeting <= set(index.near(first, first + more))


KINDS: dict[str, tuple[Callable[[int], dict[str, Any]], Callable[[int], Query]]] = {
    "image": (lambda at: {"image": f"{at}.jpg"}, lambda at: Query(Subject("", 1, 1), origin=Origin(name=f"{at}.jpg"))),
    "settings": (lambda at: {"settings": {"conf": at}}, lambda at: Query(Subject("", 1, 1), sent={"conf": at})),
    "frames": (
        lambda at: {"video": "a.mp4", "frames": at},
        lambda at: Query(Subject("", 1, 1), origin=Origin(name="a.mp4", frames=range(at, at + 1))),
    ),
    "ranges": (
        lambda at: {"frames": range(10 * at, 10 * at + 10)},
        lambda at: Query(Subject("", 1, 1), origin=Origin(frames=range(10 * at, 10 * at + 10))),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_looks_at_few_of_many_stubs(kind: str) -> None:
    made, asked = KINDS[kind]
    index = Index()
    for at in range(2000):
        index.set(stub(at, **made(at)))
    call = Asked(asked(1234), 1)
    assert [one.number for one in index.matching(call)] == [1234]
    assert len(index.candidates(call)) <= 4


def test_thousands_that_were_used_up_leave_nothing_behind(stubs: Stubs, see: See) -> None:
    for at in range(2000):
        stubs.when(image="a.jpg", frames=None).predict(f"class {at}", box=BOX).once()
        assert see("a.jpg") == [f"class {at}"]
    with pytest.raises(Unmatched):
        see("a.jpg")


def test_threads_take_each_use_once(stubs: Stubs, query: Callable[..., Query]) -> None:
    for at in range(50):
        stubs.when(image=f"{at}.jpg").predict("first", box=BOX).times(40).then.predict("second", box=BOX)
    uses: list[tuple[int, int]] = []

    def call() -> None:
        for at in range(2000):
            uses.extend((turn.stub, turn.use) for turn in stubs.take(query(f"{at % 50}.jpg"), at))

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for at in range(500):
        stubs.when(image_id=at + 1).predict("cat", box=BOX)
    for thread in threads:
        thread.join()
    assert sorted(uses) == [(number, use) for number in range(1, 51) for use in range(160)]


def test_a_predicate_may_say_further_stubs(stubs: Stubs, see: See) -> None:
    def predicate(_: object) -> bool:
        stubs.when(image="b.jpg", call=2).predict("dog", box=BOX)
        return True

    stubs.when(settings=predicate).predict("cat", box=BOX)
    assert [see("a.jpg"), see("b.jpg")] == [["cat"], ["dog"]]
