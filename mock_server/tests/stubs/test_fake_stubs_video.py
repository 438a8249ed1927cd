"""Stubs for videos: once for a job, and for each frame the most specific one."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.scene import Answer, Detection, Origin, Query, Subject, Turn
from modeldouble_server.stubs import Raised, Stubs, Tied, Unmatched

from .conftest import query_of

Watch = Callable[..., Sequence[str]]
BOX = (1, 2, 3, 4)


class Nothing:
    """Nobody."""

    def predict(self, query: Query) -> Answer:
        return Answer((Detection("otherwise", BOX, 1.0),))


def test_without_frames_a_stub_answers_every_frame_and_is_used_once(stubs: Stubs, watch: Watch) -> None:
    stub = stubs.when(video="clip.mp4").predict("cat", box=BOX)
    assert watch(range(2, 5)) == ["cat", "cat", "cat"]
    assert stub.used == 1


def test_with_frames_it_answers_those_and_the_rest_shows_nothing(stubs: Stubs, watch: Watch) -> None:
    stubs.when(video="clip.mp4", frames=range(3, 5)).predict("cat", box=BOX)
    stubs.when(video="clip.mp4", frames=6).predict("dog", box=BOX)
    assert watch(range(2, 8)) == ["", "cat", "cat", "", "dog", ""]


def test_a_frame_beats_a_range_and_a_range_the_whole(stubs: Stubs, watch: Watch) -> None:
    stubs.when(video="clip.mp4").predict("whole", box=BOX)
    stubs.when(video="clip.mp4", frames=3).predict("one", box=BOX)
    stubs.when(video="clip.mp4", frames=range(2, 5)).predict("some", box=BOX)
    assert watch(range(1, 6)) == ["whole", "some", "one", "some", "whole"]


def test_backward_the_frames_are_the_same(stubs: Stubs, watch: Watch) -> None:
    stubs.when(frames=range(5, 2, -1)).predict("cat", box=BOX)
    assert watch(range(6, 1, -1)) == ["", "cat", "cat", "cat", ""]


@pytest.mark.parametrize(
    ("frames", "asked", "meant"),
    [
        (range(3, 5), range(5, 9), False),
        (range(3, 5), range(4, 9), True),
        (range(3, 5), range(0, 3), False),
        (range(3, 5), range(0, 4), True),
        (range(3, 5), range(9, 3, -1), True),
        (range(3, 5), range(9, 4, -1), False),
        (range(3, 5), range(0, 99, 6), False),
        (range(3, 5), range(1, 99, 3), True),
        (7, range(7, 8), True),
        (7, range(8, 9), False),
    ],
)
def test_a_stub_is_taken_by_a_job_over_one_of_its_frames(
    stubs: Stubs, watch: Watch, frames: Any, asked: range, meant: bool
) -> None:
    stub = stubs.when(frames=frames).predict("cat", box=BOX)
    if meant:
        assert "cat" in watch(asked)
    else:
        with pytest.raises(Unmatched):
            watch(asked)
    assert stub.used == meant


def test_a_tie_on_one_frame_is_a_tie_of_the_job(stubs: Stubs, watch: Watch) -> None:
    stubs.when(frames=range(0, 5)).predict("cat", box=BOX)
    stubs.when(frames=range(4, 9)).predict("dog", box=BOX)
    with pytest.raises(Tied, match="equally well at frame 4"):
        watch(range(0, 9))
    assert watch(range(0, 4)) == ["cat"] * 4


def test_a_tie_on_frames_that_a_better_one_answers_is_none(stubs: Stubs, watch: Watch) -> None:
    stubs.when(frames=range(0, 5)).predict("cat", box=BOX)
    stubs.when(frames=range(4, 9)).predict("dog", box=BOX)
    stubs.when(frames=4).predict("car", box=BOX)
    assert watch(range(3, 6)) == ["cat", "car", "dog"]


def test_a_stub_that_answers_no_frame_of_the_job_is_not_used(stubs: Stubs, watch: Watch) -> None:
    whole = stubs.when(video="clip.mp4").predict("whole", box=BOX)
    stubs.when(video="clip.mp4", frames=range(9)).predict("cat", box=BOX)
    assert watch(range(2, 5)) == ["cat"] * 3
    assert (whole.used, len(stubs.unused())) == (0, 1)


def test_a_job_over_no_frames_uses_nothing(stubs: Stubs, query: Callable[..., Query]) -> None:
    stubs.when(frames=1).predict("cat", box=BOX)
    assert stubs.take(query("clip.mp4", frames=range(0)), 1) == ()


def test_a_sequence_goes_on_with_the_next_job(stubs: Stubs, watch: Watch) -> None:
    stubs.when(video_id=7).predict("cat", box=BOX).then.raises("RuntimeError", "broken")
    assert watch(range(2), video_id=7) == ["cat", "cat"]
    with pytest.raises(Raised, match="broken"):
        watch(range(2), video_id=7)


def test_an_hour_of_video_with_a_stub_for_every_frame(stubs: Stubs, query: Callable[..., Query]) -> None:
    for at in range(3000):
        stubs.when(video="clip.mp4", frames=at).predict(f"class {at}", box=BOX)
    turns = stubs.take(query("clip.mp4", frames=range(1000, 2000)), 1)
    assert turns == tuple(Turn(at + 1, 0) for at in range(1000, 2000))
    asked = Query(Subject("", 64, 48, 1500), turns=turns)
    assert stubs.predict(asked).objects[0].class_name == "class 1500"


SPANS = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 12), st.booleans()), max_size=6)


@settings(deadline=None, max_examples=150)
@given(SPANS, st.integers(0, 20), st.integers(1, 15), st.sampled_from([-3, -1, 1, 2]))
def test_each_frame_is_answered_as_if_it_were_asked_alone(
    spans: list[tuple[int, int, bool]], start: int, length: int, step: int
) -> None:
    """Or the whole job is a tie, if one of its frames is, or unmatched, if all are."""
    frames = range(start, start + length * step, step)
    frames = range(start, max(-1, frames.stop), step) if step < 0 else frames

    def made() -> Stubs:
        stubs = Stubs(Nothing())
        stubs.when(video="other.mp4").predict()
        for at, (first, count, named) in enumerate(spans):
            more: dict[str, Any] = {"video": "clip.mp4"} if named else {}
            stubs.when(frames=range(first, first + count), **more).predict(f"stub {at}", box=BOX)
        return stubs

    def run(over: range) -> list[str]:
        stubs = made()
        asked = Query(Subject("", 64, 48), origin=Origin(name="clip.mp4", frames=over))
        try:
            turns = stubs.take(asked, 1)
        except (Tied, Unmatched) as error:
            return [type(error).__name__] * len(over)
        found = [stubs.predict(Query(Subject("", 64, 48, frame), turns=turns)).objects for frame in over]
        return [one[0].class_name if one else "Unmatched" for one in found]

    alone = [run(range(frame, frame + 1))[0] for frame in frames]
    assert run(frames) == (["Tied"] * len(frames) if "Tied" in alone else alone)


def test_nobody_knows_which_frames_are_alike_before_the_first_was_asked_for(stubs: Stubs) -> None:
    stubs.when().predict("car", box=(0, 0, 1, 1))
    video = query_of(frames=range(9))
    mine, other = (video._replace(turns=stubs.take(video, at)) for at in (1, 2))
    assert stubs.alike(mine, range(9)) == range(1)
    stubs.predict(mine)
    assert [stubs.alike(one, range(2, 9)) for one in (mine, other, video)] == [range(2, 9), range(2, 3), range(2, 3)]


def test_frames_are_alike_up_to_where_a_stub_begins_or_ends_in_both_directions(stubs: Stubs) -> None:
    stubs.when().predict("car", box=(0, 0, 1, 1))
    stubs.when(frames=range(3, 6)).predict("dog", box=(0, 0, 1, 1))
    video = query_of(frames=range(9))
    asked = video._replace(turns=stubs.take(video, 1))
    stubs.predict(asked)
    found = [[*stubs.alike(asked, range(at, 9))][-1] for at in range(9)]
    assert found == [2, 2, 2, 5, 5, 5, 8, 8, 8]
    assert [[*stubs.alike(asked, range(at, -1, -1))][-1] for at in range(9)] == [0, 0, 0, 3, 3, 3, 6, 6, 6]
