"""Which stub answers when several could: the most specific one that is not used up."""

from collections.abc import Callable
from typing import Any

import pytest

from modeldouble_server.scene import Answer, Query
from modeldouble_server.stubs import Exactly, Raised, Stubs, Tied, Unmatched

See = Callable[..., list[str]]
BOX = (1, 2, 3, 4)
CALL: dict[str, Any] = {"name": "a.jpg", "image_id": 5, "sent": {"conf": 0.5}, "settings": {"conf": 0.5, "iou": 1}}


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        ({"image": "a.jpg"}, {}),
        ({"image": "*.jpg", "call": range(1, 9)}, {"image": "a.jpg"}),
        ({"image": "a.jpg"}, {"image": "*.jpg"}),
        ({"settings": Exactly({"conf": 0.5})}, {"settings": {"conf": 0.5}}),
        ({"call": 1}, {"call": range(1, 9)}),
        ({"image": "*.jpg"}, {"settings": lambda _: True}),
        ({"settings": {"conf": 0.5}}, {"settings": lambda _: True}),
        ({"image": "a.jpg", "settings": lambda _: True}, {"image": "*.jpg", "settings": {"conf": 0.5}}),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_the_more_specific_answers_in_whichever_order_they_were_said(
    stubs: Stubs, see: See, winner: dict[str, Any], loser: dict[str, Any], first: bool
) -> None:
    for conditions, name in [(winner, "winner"), (loser, "loser")][:: 1 if first else -1]:
        stubs.when(**conditions).predict(name, box=BOX)
    assert see(**CALL, call=1) == ["winner"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"image": "a.jpg"}, {"image": "a.jpg"}),
        ({"image": "a.jpg"}, {"image_id": 5}),
        ({"image": "*.jpg"}, {"settings": {"conf": 0.5}}),
    ],
)
def test_a_tie_is_an_error_that_names_both(stubs: Stubs, see: See, one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = stubs.when(**one).predict("cat", box=BOX), stubs.when(**other).predict("dog", box=BOX)
    with pytest.raises(Tied, match=r"two stubs answer call 1, .*equally well") as caught:
        see(**CALL)
    assert repr(first) in caught.value.text
    assert repr(second) in caught.value.text
    assert [first.used, second.used] == [0, 0]
    assert stubs.misses[0].tied


def test_a_tie_below_the_one_that_answers_does_not_matter(stubs: Stubs, see: See) -> None:
    for name in ("cat", "dog"):
        stubs.when(image="*.jpg").predict(name, box=BOX)
    stubs.when(image="a.jpg").predict("car", box=BOX)
    assert see("a.jpg") == ["car"]


def test_once_lets_the_next_one_answer(stubs: Stubs, see: See) -> None:
    stubs.when(image="a.jpg").predict("cat", box=BOX).once()
    stubs.when().predict("dog", box=BOX)
    assert [see("a.jpg") for _ in range(3)] == [["cat"], ["dog"], ["dog"]]


def test_a_stub_that_is_used_up_is_no_longer_tied(stubs: Stubs, see: See) -> None:
    stubs.when(image="a.jpg").predict("cat", box=BOX).once()
    assert see("a.jpg") == ["cat"]
    stubs.when(image="a.jpg").predict("dog", box=BOX)
    assert see("a.jpg") == ["dog"]


def test_when_all_is_used_up_a_call_is_unmatched(stubs: Stubs, see: See) -> None:
    stubs.when().predict("cat", box=BOX).times(2)
    assert see("a.jpg") == see("b.jpg") == ["cat"]
    with pytest.raises(Unmatched, match="all as expected, but used up: 2 of 2 times"):
        see("a.jpg")


def test_the_last_answer_of_a_sequence_repeats(stubs: Stubs, see: See) -> None:
    stubs.when().predict("a", box=BOX).then.predict("b", box=BOX).then.predict("c", box=BOX)
    assert [see()[0] for _ in range(5)] == ["a", "b", "c", "c", "c"]


def test_the_parts_of_a_sequence_are_counted_each(stubs: Stubs, see: See) -> None:
    stubs.when().predict("a", box=BOX).times(2).then.predict("b", box=BOX).once().then.predict().times(1)
    assert [see() for _ in range(4)] == [["a"], ["a"], ["b"], []]
    with pytest.raises(Unmatched):
        see()


def test_a_failure_may_come_in_a_sequence(stubs: Stubs, see: See) -> None:
    stubs.when().raises("RuntimeError", "CUDA out of memory").then.predict("cat", box=BOX)
    with pytest.raises(Raised, match="CUDA out of memory") as caught:
        see()
    assert (caught.value.kind, caught.value.text) == ("RuntimeError", "CUDA out of memory")
    assert see() == ["cat"]


def test_what_is_added_to_a_stub_in_use_leaves_its_past_alone(stubs: Stubs, query: Callable[..., Query]) -> None:
    stub = stubs.when().predict("a", box=BOX)
    asked = [query()._replace(turns=stubs.take(query(), call)) for call in (1, 2, 3)]
    before = [stubs.predict(one) for one in asked]
    stub.then.predict("b", box=BOX)
    assert [stubs.predict(one) for one in asked] == before
    assert stubs.predict(query()._replace(turns=stubs.take(query(), 4))).objects[0].class_name == "b"


def test_a_stub_that_was_used_up_goes_on_with_then(stubs: Stubs, see: See) -> None:
    stub = stubs.when().predict("a", box=BOX).once()
    assert see() == ["a"]
    stub.then.predict("b", box=BOX)
    assert see() == ["b"]


def test_a_limit_below_what_was_used_ends_the_stub(stubs: Stubs, see: See) -> None:
    stub = stubs.when().predict("a", box=BOX)
    assert see() == see() == ["a"]
    stub.once()
    assert (stub.used, stub.live) == (2, False)
    with pytest.raises(Unmatched):
        see()


def test_a_limit_below_what_was_used_leaves_the_past_alone(stubs: Stubs, query: Callable[..., Query]) -> None:
    stub = stubs.when().predict("a", box=BOX)
    asked = [query()._replace(turns=stubs.take(query(), call)) for call in (1, 2)]
    stub.once().then.predict("b", box=BOX)
    asked.append(query()._replace(turns=stubs.take(query(), 3)))
    assert [stubs.predict(one).objects[0].class_name for one in asked] == ["a", "a", "b"]


def test_the_same_turns_get_the_same_answer_however_often(stubs: Stubs, query: Callable[..., Query]) -> None:
    stub = stubs.when().predict("a", box=BOX).then.predict("b", box=BOX)
    first, second = (query()._replace(turns=stubs.take(query(), call)) for call in (1, 2))
    answers = [stubs.predict(one).objects[0].class_name for one in (second, first, second, first)]
    assert answers == ["b", "a", "b", "a"]
    assert stub.used == 2


def test_an_answer_is_literal(stubs: Stubs, ask: Callable[..., Answer]) -> None:
    stubs.when().predict("a", box=BOX).then.predict().then.predict(tags={"cat": 0.9}).then.predict(
        annotation={"objects": []}
    )
    assert [ask().literal for _ in range(4)] == [True] * 4


@pytest.mark.parametrize("count", [0, -1, 1.5, "2", True])
def test_times_takes_a_whole_number_from_1(stubs: Stubs, count: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"times is .*; give a whole number of at least 1"):
        stubs.when().predict().times(count)


def test_clear_forgets_stubs_and_misses(stubs: Stubs, see: See, query: Callable[..., Query]) -> None:
    stub = stubs.when(image="a.jpg").predict("cat", box=BOX)
    running = query("a.jpg")._replace(turns=stubs.take(query("a.jpg"), 1))
    with pytest.raises(Unmatched):
        see("b.jpg")
    stubs.clear()
    stub.once()
    assert (stubs.misses, stubs.unused(), see("a.jpg")) == ([], [], ["synthetic"])
    with pytest.raises(Unmatched, match="stub 1 answered this call and was cleared since"):
        stubs.predict(running)
