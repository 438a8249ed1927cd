"""The synthetic detector: plausible, and a function of seed, content, size and frame alone."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server import coco
from modeldouble_server.predict.synthetic import Synthetic, _wave
from modeldouble_server.scene import Detection, Subject

SHA = "0f" * 32
SIZES = st.one_of(st.integers(1, 5), st.integers(1, 20_000))
SHAS = st.binary(min_size=32, max_size=32).map(bytes.hex)
SUBJECTS = st.builds(Subject, SHAS, SIZES, SIZES, st.none() | st.integers(0, 5000))


@settings(deadline=None)
@given(SUBJECTS, st.integers())
def test_boxes_are_whole_pixels_inside_any_picture(subject: Subject, seed: int) -> None:
    for one in Synthetic(coco.NAMES, seed).predict(subject):
        left, top, right, bottom = one.box
        assert 0 <= left <= right < subject.width
        assert 0 <= top <= bottom < subject.height
        assert all(type(at) is int for at in one.box)


@settings(deadline=None)
@given(SUBJECTS)
def test_confidences_are_plausible_and_classes_known(subject: Subject) -> None:
    for one in Synthetic(["a", "b"], 1).predict(subject):
        assert 0.05 <= one.confidence <= 0.99
        assert one.confidence == round(one.confidence, 6)
        assert one.class_name in ("a", "b")


@settings(deadline=None)
@given(SUBJECTS)
def test_equal_questions_get_equal_answers(subject: Subject) -> None:
    assert Synthetic(coco.NAMES, 5).predict(subject) == Synthetic(list(coco.NAMES), 5).predict(Subject(*subject))


@pytest.mark.parametrize("frame", [None, 40])
def test_answers_depend_on_content_and_seed(frame: int | None) -> None:
    model = Synthetic(coco.NAMES, 0)
    answer = model.predict(Subject(SHA, 640, 480, frame))
    assert answer != model.predict(Subject("1f" * 32, 640, 480, frame))
    assert answer != Synthetic(coco.NAMES, 1).predict(Subject(SHA, 640, 480, frame))
    assert answer == model.predict(Subject(SHA, 640, 480, frame))


def test_a_larger_picture_of_the_same_content_has_the_same_objects_larger() -> None:
    model = Synthetic(coco.NAMES, 0)
    small, large = model.predict(Subject(SHA, 100, 100)), model.predict(Subject(SHA, 1000, 1000))
    assert [(one.class_name, one.confidence) for one in small] == [(one.class_name, one.confidence) for one in large]
    corners = [[at for one in found for at in one.box] for found in (small, large)]
    assert all(abs(big - 10 * at) <= 20 for at, big in zip(*corners, strict=True))


def test_a_picture_has_one_to_seven_objects_the_surest_first() -> None:
    model = Synthetic(coco.NAMES, 0)
    answers = [model.predict(Subject(f"{number:064x}", 640, 480)) for number in range(300)]
    assert {len(found) for found in answers} == set(range(1, 8))
    assert all(one.confidence >= other.confidence for found in answers for one, other in pairwise(found))


def test_pictures_show_every_class_and_sure_objects_as_well_as_unsure_ones() -> None:
    model = Synthetic(coco.NAMES, 0)
    found = [one for number in range(300) for one in model.predict(Subject(f"{number:064x}", 640, 480))]
    assert {one.class_name for one in found} == set(coco.NAMES)
    sure = sum(one.confidence > 0.5 for one in found)
    assert len(found) * 0.6 < sure < len(found) * 0.9
    assert all(one.track is None for one in found)


@pytest.mark.parametrize("subject", [Subject(SHA, 0, 10), Subject(SHA, 10, 0), Subject(SHA, 0, 0, 3)])
def test_a_picture_without_pixels_has_no_objects(subject: Subject) -> None:
    assert Synthetic(coco.NAMES).predict(subject) == []


def test_a_model_without_classes_sees_nothing() -> None:
    assert Synthetic([]).predict(Subject(SHA, 10, 10)) == []


WIDTH, HEIGHT = 1280, 720


def _tracks(length: int = 300, sha256: str = SHA) -> dict[int, dict[int, Detection]]:
    """track -> frame -> what is seen of it."""
    model = Synthetic(coco.NAMES, 0)
    tracks: dict[int, dict[int, Detection]] = {}
    for frame in range(length):
        for one in model.predict(Subject(sha256, WIDTH, HEIGHT, frame)):
            assert one.track is not None
            tracks.setdefault(one.track, {})[frame] = one
    return tracks


def test_a_track_is_one_object_seen_without_a_gap() -> None:
    for track in _tracks().values():
        assert sorted(track) == list(range(min(track), max(track) + 1))
        assert len({one.class_name for one in track.values()}) == 1


def test_no_frame_has_one_track_twice() -> None:
    model = Synthetic(coco.NAMES, 0)
    for frame in range(300):
        numbers = [one.track for one in model.predict(Subject(SHA, WIDTH, HEIGHT, frame))]
        assert len(set(numbers)) == len(numbers)


def test_tracks_move_smoothly() -> None:
    for track in _tracks().values():
        for (_, one), (_, other) in pairwise(sorted(track.items())):
            steps = [abs(at - then) for at, then in zip(one.box, other.box, strict=True)]
            assert max(steps[0], steps[2]) <= WIDTH * 0.4 / 60 + 2
            assert max(steps[1], steps[3]) <= HEIGHT * 0.03 * 8 / 60 + 2
            assert abs(one.confidence - other.confidence) <= 0.03 * 3 * 8 / 60 + 1e-6


def test_tracks_do_move() -> None:
    travelled = [max(one.box[0] for one in track.values()) - min(one.box[0] for one in track.values())
                 for track in _tracks().values()]  # fmt: skip
    assert sum(distance > WIDTH / 20 for distance in travelled) > len(travelled) / 2


def test_tracks_are_born_and_die_in_the_middle_of_a_video() -> None:
    tracks = _tracks().values()
    births = {min(track) for track in tracks if 60 <= min(track) < 240}
    deaths = {max(track) for track in tracks if 60 <= max(track) < 240}
    assert len(births) > 5
    assert len(deaths) > 5
    assert len({birth % 30 for birth in births}) > 3
    assert len({death % 30 for death in deaths}) > 3
    assert max(len(track) for track in tracks) <= 60
    assert min(len(track) for track in tracks if min(track) > 60 and max(track) < 240) >= 30


def test_something_is_on_screen_in_almost_every_frame() -> None:
    for sha256 in (SHA, "aa" * 32, "bb" * 32):
        seen = {frame for track in _tracks(300, sha256).values() for frame in track}
        assert len(seen) > 270


def test_frames_do_not_depend_on_the_order_in_which_they_are_asked_for() -> None:
    frames = list(range(200))
    forward = {frame: Synthetic(coco.NAMES).predict(Subject(SHA, 64, 48, frame)) for frame in frames}
    random.Random(1).shuffle(frames)
    model = Synthetic(coco.NAMES)
    assert {frame: model.predict(Subject(SHA, 64, 48, frame)) for frame in frames} == forward


def test_a_frame_far_into_a_video_has_objects_as_the_first_has() -> None:
    found = [
        one
        for frame in range(10**12, 10**12 + 60)
        for one in Synthetic(coco.NAMES).predict(Subject(SHA, 64, 48, frame))
    ]
    assert found
    assert all(
        0 <= left <= right < 64 and 0 <= top <= bottom < 48 for left, top, right, bottom in (one.box for one in found)
    )


def test_the_wave_is_smooth_and_stays_within_one() -> None:
    heights = [_wave(at / 1000) for at in range(-2000, 3000)]
    assert (max(heights), min(heights)) == (1.0, -1.0)
    assert all(abs(one - other) <= 0.0081 for one, other in pairwise(heights))
    assert _wave(0.25) == _wave(1.25) == _wave(-0.75) == 1.0
