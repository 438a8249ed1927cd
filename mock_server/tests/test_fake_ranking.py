"""Classification: the five best classes, whose confidences sum to less than one, and change slowly in a video."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.predict.ranking import MOST, SCENE, ranking
from modeldouble_server.predict.synthetic import Synthetic
from modeldouble_server.scene import Query, Subject

NAMES = tuple("abcdefghijkl")
SHA = "0f" * 32
SHAS = st.binary(min_size=32, max_size=32).map(bytes.hex)


def confidences(frame: int | None, names: tuple[str, ...] = NAMES, sha256: str = SHA) -> dict[str, float]:
    found = ranking((0,), names, Subject(sha256, 9, 9, frame))
    told = {one.name: one.value for one in found if isinstance(one.value, float)}
    assert len(told) == len(found)
    return told


@settings(deadline=None)
@given(SHAS, st.none() | st.integers(0, 10**9), st.integers(1, 300))
def test_the_best_are_first_and_all_are_probabilities(sha256: str, frame: int | None, count: int) -> None:
    found = list(confidences(frame, tuple(map(str, range(count))), sha256).values())
    assert len(found) == min(MOST, count)
    assert found == sorted(found, reverse=True)
    assert all(0 <= one <= 1 for one in found)
    assert sum(found) <= 1


def test_any_class_can_be_the_best_and_models_are_sure_or_not() -> None:
    found = [confidences(None, sha256=f"{number:064x}") for number in range(200)]
    assert {next(iter(one)) for one in found} == set(NAMES)
    best = [next(iter(one.values())) for one in found]
    assert min(best) < 0.5 < 0.8 < max(best)


def test_a_thousand_classes_leave_the_best_one_as_sure() -> None:
    names = tuple(map(str, range(1000)))
    best = sorted(next(iter(confidences(None, names, f"{number:064x}").values())) for number in range(50))
    assert best[25] > 0.3


def test_confidences_of_a_video_change_slowly() -> None:
    frames = [confidences(frame) for frame in range(400)]
    for one, other in pairwise(frames):
        assert all(abs(value - other[name]) < 0.06 for name, value in one.items() if name in other)
        assert all(value < 0.2 for name, value in one.items() if name not in other)


def test_the_best_class_of_a_video_lasts_for_dozens_of_frames_and_then_changes() -> None:
    best = [next(iter(confidences(frame))) for frame in range(600)]
    changes = [0] + [at + 1 for at, (one, other) in enumerate(pairwise(best)) if one != other]
    assert 5 <= len(changes) <= 600 / SCENE + 2
    assert all(other - one >= 12 for one, other in pairwise(changes[1:]))


def test_a_classifier_says_tags_of_the_picture_and_no_objects() -> None:
    answer = Synthetic(NAMES, task="classification").predict(Query(Subject(SHA, 64, 48)))
    assert answer.objects == ()
    assert len(answer.tags) == 5
