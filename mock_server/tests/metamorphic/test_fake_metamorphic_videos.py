"""Frames are what they are, whichever run they are part of: prefix, part, direction and pops."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.results import Frames, Terms, video_query
from modeldouble_server.scene import Subject
from modeldouble_server.settings import resolve
from modeldouble_server.work import job_results, video_work
from modeldouble_server.world import hash_of

from .cases import CASES, VIDEO, answer, model_of, served
from .questions import settings as settings_of

FEW = settings(deadline=None, max_examples=4)
FORWARD, BACKWARD = 1, -1


class Run:
    """Runs over a video that a model knows, if it knows any, under the same settings; each is of a new model."""

    def __init__(self, name: str, data: st.DataObject) -> None:
        self._name = name
        known = [one for one in CASES[name].subjects if one.frame is not None]
        self.subject: Subject = data.draw(st.sampled_from([*known, VIDEO]))._replace(frame=None)
        self._given = data.draw(settings_of(name, self.subject))

    def results(self, start: int, step: int, length: int, *cuts: int, total: int = 60) -> list[dict[str, Any]]:
        """Results of a job over `length` frames of a video of `total`, taken in pieces that begin at `cuts`."""
        model = served(CASES[self._name].make())
        meta = {"width": self.subject.width, "height": self.subject.height, "framesCount": total}
        video = {"id": 5, "name": "v.mp4", "hash": hash_of(self.subject.sha256), "fileMeta": meta}
        frames = Frames(start, step, length)
        terms = Terms("inference_video_id_async", resolve(self._given, model.spec.settings), self._given)
        query = video_query(video, frames, terms)
        work = video_work(video, frames, query._replace(turns=model.stubs.take(query, 1)))
        pieces = zip((0, *sorted(cuts)), (*sorted(cuts), length), strict=True)
        return [one for piece in pieces for one in job_results(model, work, *piece)]


@FEW
@given(data=st.data())
@pytest.mark.parametrize("name", CASES)
def test_a_part_of_a_video_is_that_part_of_the_whole_run(name: str, data: st.DataObject) -> None:
    run, start = Run(name, data), data.draw(st.integers(0, 20))
    length = data.draw(st.integers(0, 20 - start))
    whole = run.results(0, FORWARD, 20)
    assert run.results(start, FORWARD, length) == whole[start : start + length]
    assert [one["frame_index"] for one in whole] == list(range(20))


@FEW
@given(data=st.data())
@pytest.mark.parametrize("name", CASES)
def test_backward_is_forward_turned_round(name: str, data: st.DataObject) -> None:
    run, length = Run(name, data), data.draw(st.integers(1, 12))
    last = data.draw(st.integers(length - 1, 200))
    forward = run.results(last - length + 1, FORWARD, length, total=300)
    assert run.results(last, BACKWARD, length, total=300) == forward[::-1]


@FEW
@given(data=st.data())
@pytest.mark.parametrize("name", CASES)
def test_neither_pops_nor_what_comes_later_change_a_frame(name: str, data: st.DataObject) -> None:
    run, length = Run(name, data), data.draw(st.integers(1, 12))
    cuts = data.draw(st.lists(st.integers(0, length), max_size=4))
    found = run.results(0, FORWARD, length)
    assert run.results(0, FORWARD, length, *cuts) == found
    assert run.results(0, FORWARD, length + 9, total=10**6)[:length] == found


def test_a_track_keeps_its_class_and_its_number() -> None:
    classes: dict[Any, set[str]] = {}
    for at in range(300):
        for one in answer(model_of("detection with tags of tracks"), VIDEO._replace(frame=at), {}).objects:
            classes.setdefault(one.tags[0].value, set()).add(one.class_name)
    assert len(classes) > 5
    assert all(len(one) == 1 for one in classes.values())
