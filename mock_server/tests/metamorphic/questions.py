"""What may be asked: hypothesis strategies of subjects and of settings that no server refuses."""

import hashlib
from typing import Any

from hypothesis import strategies as st

from modeldouble_server.predict.acting import OVERLAPS, THRESHOLDS
from modeldouble_server.predict.windows import STRATEGIES
from modeldouble_server.scene import Settings, Subject

from .cases import CASES, model_of, names_of

Question = tuple[Subject, Settings]
WINDOWS = ("inference_mode", "sliding_window_params")
UNIT = st.sampled_from((0, 0.25, 0.45, 0.5, 1)) | st.floats(0, 1)
_SIDES = st.integers(1, 200)
_HASHES = st.integers(0, 500).map(lambda number: hashlib.sha256(str(number).encode()).hexdigest())
_OTHERS = st.builds(Subject, _HASHES, _SIDES, _SIDES, st.none() | st.integers(0, 1000))


def subjects(name: str) -> st.SearchStrategy[Subject]:
    """Pictures and frames, some of which the model knows."""
    known = CASES[name].subjects
    return st.sampled_from(known) | _OTHERS if known else _OTHERS


def thresholds(most: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    """Least confidences, under any of their names."""
    return st.dictionaries(st.sampled_from(THRESHOLDS), UNIT, max_size=most)


def classes(name: str) -> st.SearchStrategy[list[str]]:
    """Some of a model's classes, and one that it lacks."""
    return st.lists(st.sampled_from((*names_of(model_of(name).meta), "nothing")), max_size=4)


@st.composite
def rectangles(draw: st.DrawFn, subject: Subject) -> dict[str, Any]:
    """A region that may reach beyond the picture."""
    left, right = sorted(draw(st.integers(-5, subject.width + 5)) for _ in range(2))
    top, bottom = sorted(draw(st.integers(-5, subject.height + 5)) for _ in range(2))
    return {"points": {"exterior": [[left, top], [right, bottom]], "interior": []}}


@st.composite
def windows(draw: st.DrawFn, subject: Subject) -> dict[str, Any]:
    """Sliding windows, a few dozen at most."""
    params: dict[str, Any] = {"borderStrategy": draw(st.sampled_from(STRATEGIES))}
    for size, overlap, side in (
        ("windowHeight", "overlapY", subject.height), ("windowWidth", "overlapX", subject.width)
    ):  # fmt: skip
        params[size] = draw(st.integers((side + 2) // 3, side))
        params[overlap] = draw(st.integers(0, params[size] // 2 if params[size] > 1 else 0))
    return {"inference_mode": "sliding_window", "sliding_window_params": params}


@st.composite
def settings(draw: st.DrawFn, name: str, subject: Subject) -> dict[str, Any]:
    """Settings that a request may have."""
    given = draw(thresholds())
    if draw(st.booleans()):
        given[draw(st.sampled_from(OVERLAPS))] = draw(UNIT)
    if draw(st.booleans()):
        given["augment"] = draw(st.booleans())
    if draw(st.integers(0, 2)) == 0:
        given["classes"] = draw(classes(name) | st.just("all"))
    if draw(st.integers(0, 2)) == 0:
        given["rectangle"] = draw(rectangles(subject))
    if draw(st.integers(0, 3)) == 0:
        given |= draw(windows(subject))
    return given


@st.composite
def questions(draw: st.DrawFn, name: str) -> Question:
    """A subject, and settings for it."""
    subject = draw(subjects(name))
    return subject, draw(settings(name, subject))
