"""Tracks of a video: smooth, born and gone and hidden, the same whatever was asked before."""

import random
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server import coco
from modeldouble_server.predict.kinds import themes_of
from modeldouble_server.predict.synthetic import Synthetic
from modeldouble_server.predict.tracks import _REMEMBERED, Tracks
from modeldouble_server.scene import Detection, Graph, Mask, Query, Subject

SHA = "0f" * 32
TASKS = ["detection", "instance_segmentation", "pose"]
WIDTH, HEIGHT = 320, 180
LENGTH = 420


def seen(task: str, frame: int, sha256: str = SHA, seed: int = 0) -> tuple[Detection, ...]:
    model = Synthetic(coco.NAMES, seed, task=task)
    return model.predict(Query(Subject(sha256, WIDTH, HEIGHT, frame))).objects


@cache
def tracks(task: str, sha256: str = SHA) -> dict[int, dict[int, Detection]]:
    """track -> frame -> what is seen of it."""
    found: dict[int, dict[int, Detection]] = {}
    for frame in range(LENGTH):
        for one in seen(task, frame, sha256):
            assert one.track is not None
            found.setdefault(one.track, {})[frame] = one
    return found


def steps(task: str) -> Iterator[tuple[Detection, Detection]]:
    """What a track is in one frame and in the next one."""
    for track in tracks(task).values():
        for (frame, one), (then, other) in pairwise(sorted(track.items())):
            if then == frame + 1:
                yield one, other


@pytest.mark.parametrize("task", TASKS)
def test_a_track_has_one_class(task: str) -> None:
    assert all(len({one.class_name for one in track.values()}) == 1 for track in tracks(task).values())


@settings(deadline=None)
@given(st.integers(0, 10**12), st.binary(min_size=32, max_size=32).map(bytes.hex), st.integers())
def test_no_frame_has_one_track_twice(frame: int, sha256: str, seed: int) -> None:
    numbers = [one.track for one in seen("detection", frame, sha256, seed)]
    assert len(set(numbers)) == len(numbers)
    assert all(number is not None and number > 0 for number in numbers)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 100_000), st.binary(min_size=32, max_size=32).map(bytes.hex), st.integers())
def test_boxes_and_confidences_move_smoothly_in_any_video(frame: int, sha256: str, seed: int) -> None:
    now = {one.track: one for one in seen("detection", frame, sha256, seed)}
    for other in seen("detection", frame + 1, sha256, seed):
        if (one := now.get(other.track)) is not None:
            moved = [abs(at - then) for at, then in zip(one.box, other.box, strict=True)]
            assert max(moved[0], moved[2]) <= 0.012 * WIDTH + 2
            assert max(moved[1], moved[3]) <= 0.005 * HEIGHT + 2
            assert abs((one.confidence or 0) - (other.confidence or 0)) <= 0.05 * 8 / 50 + 1e-6


def test_masks_move_with_their_boxes_and_bend_gently() -> None:
    for one, other in steps("instance_segmentation"):
        assert isinstance(one.geometry, Mask)
        assert isinstance(other.geometry, Mask)
        fills = [_area(at.geometry) / _area_of(at) for at in (one, other) if isinstance(at.geometry, Mask)]
        assert abs(fills[0] - fills[1]) < 0.12
        if one.box[0] > 1 and one.box[2] < WIDTH - 2 and min(_area_of(one), _area_of(other)) > 400:
            moved = [abs(at - then) for at, then in zip(one.box, other.box, strict=True)]
            assert max(moved[0], moved[2]) <= 0.012 * WIDTH + 2


def _area(mask: Mask) -> int:
    return sum(bin(byte).count("1") for byte in mask.bits)


def _area_of(one: Detection) -> int:
    left, top, right, bottom = one.box
    return (right - left + 1) * (bottom - top + 1)


def test_keypoints_move_smoothly_and_legs_swing() -> None:
    swung = set()
    for one, other in steps("pose"):
        assert isinstance(one.geometry, Graph)
        assert isinstance(other.geometry, Graph)
        then, reach = dict(other.geometry.nodes), one.box[3] - one.box[1]
        for name, (x, y) in one.geometry.nodes:
            if name in then:
                assert abs(then[name][0] - x) <= 0.012 * WIDTH + 0.07 * reach + 2
                assert abs(then[name][1] - y) <= 0.005 * HEIGHT + 0.03 * reach + 2
        feet = [at[0] for name, at in one.geometry.nodes if name.endswith("ankle")]
        swung.add(feet[0] > feet[1] if len(feet) == 2 else None)
    assert swung == {True, False, None}


def test_keypoints_come_and_go_for_a_while() -> None:
    flicker = total = 0
    for track in tracks("pose").values():
        shown = [{name for name, _ in one.geometry.nodes} for one in track.values() if isinstance(one.geometry, Graph)]
        flicker += sum(one != other for one, other in pairwise(shown))
        total += len(shown)
        assert max(map(len, shown)) >= 8
    assert 0 < flicker < total / 10


def test_tracks_do_move() -> None:
    boxes = [[one.box[0] for one in track.values()] for track in tracks("detection").values()]
    assert sum(max(lefts) - min(lefts) > WIDTH / 25 for lefts in boxes) > len(boxes) / 2


@pytest.mark.parametrize("task", TASKS)
def test_tracks_are_born_and_die_in_the_middle_of_a_video(task: str) -> None:
    births = {min(track) for track in tracks(task).values() if 130 <= min(track) < 290}
    deaths = {max(track) for track in tracks(task).values() if 130 <= max(track) < 290}
    assert len(births) > 4
    assert len(deaths) > 4
    assert len({birth % 30 for birth in births}) > 3
    assert len({death % 30 for death in deaths}) > 3
    assert max(max(track) - min(track) for track in tracks(task).values()) < 120


def test_some_tracks_are_hidden_for_a_few_frames_and_come_back_as_themselves() -> None:
    gaps = [
        then - frame
        for track in tracks("detection").values()
        for frame, then in pairwise(sorted(track)) if then > frame + 1
    ]  # fmt: skip
    assert len(gaps) >= 3
    assert all(3 <= gap - 1 <= 9 for gap in gaps)


@pytest.mark.parametrize("sha256", [SHA, "aa" * 32, "bb" * 32])
def test_something_is_on_screen_in_almost_every_frame(sha256: str) -> None:
    assert len({frame for track in tracks("detection", sha256).values() for frame in track}) > LENGTH * 0.95


@pytest.mark.parametrize("task", [*TASKS, "semantic_segmentation", "classification"])
def test_frames_do_not_depend_on_the_order_in_which_they_are_asked_for(task: str) -> None:
    frames = list(range(0, 200, 3))
    forward = {frame: Synthetic(coco.NAMES, task=task).predict(_small(frame)) for frame in frames}
    random.Random(1).shuffle(frames)
    model = Synthetic(coco.NAMES, task=task)
    assert {frame: model.predict(_small(frame)) for frame in frames} == forward


def _small(frame: int) -> Query:
    return Query(Subject(SHA, 64, 48, frame))


def test_a_frame_far_into_a_video_has_objects_as_the_first_has() -> None:
    found = [one for frame in range(10**12, 10**12 + 60, 7) for one in seen("detection", frame)]
    assert found
    assert all(0 <= one.box[0] <= one.box[2] < WIDTH and 0 <= one.box[1] <= one.box[3] < HEIGHT for one in found)


def test_doubles_stay_with_their_object_under_numbers_of_their_own() -> None:
    doubles = [track for number, track in tracks("detection").items() if number % 3 != 1]
    assert doubles
    for track in doubles:
        for frame, one in track.items():
            original = tracks("detection")[((one.track or 0) - 1) // 3 * 3 + 1][frame]
            assert (original.class_name, original.confidence) >= (one.class_name, one.confidence)


def test_stretches_that_were_forgotten_come_back_the_same_and_are_bounded() -> None:
    tracks, subject = Tracks((0,), themes_of(coco.NAMES)), Subject(SHA, WIDTH, HEIGHT, 0)
    before = tracks.things(subject, 45, doubled=True)
    for frame in range(0, 30 * _REMEMBERED, 30):
        tracks.things(subject, frame)
    assert before == tracks.things(subject, 45, doubled=True)
    assert len(tracks._stretches) <= _REMEMBERED


def test_videos_that_differ_in_size_alone_do_not_lend_each_other_their_things() -> None:
    tracks, themes = Tracks((0,), themes_of(coco.NAMES)), themes_of(coco.NAMES)
    for size in ((WIDTH, HEIGHT), (HEIGHT, WIDTH), (WIDTH, HEIGHT + 1)):
        subject = Subject(SHA, *size, 50)
        assert tracks.things(subject, 50) == Tracks((0,), themes).things(subject, 50)
