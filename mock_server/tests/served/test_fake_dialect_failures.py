"""Jobs that fail, in dialects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modeldouble_server.default_world import VIDEO_ID
from modeldouble_server.scene import Answer, Query

if TYPE_CHECKING:
    from tests.served.conftest import Caller, Start

OLD, MIDDLE, NEW = "6.69.57", "6.73.100", "6.74.51"
JOB, PROGRESS, POP = "inference_video_id_async", "get_inference_progress", "pop_inference_results"
OLD_KEYS = {"progress", "is_inferring", "cancel_inference", "result", "pending_results"}


class Fails:
    """A predictor that raises on one frame."""

    def predict(self, query: Query) -> Answer:
        """Nothing, but for the fifth frame."""
        if query.subject.frame == 4:
            raise ValueError("out of memory")
        return Answer()


def failed(fake: Caller) -> str:
    """A job whose model raised on the fifth of ten frames."""
    model = fake.server.fake.root_model
    assert model is not None
    model.spec = model.spec._replace(predictor=Fails())
    uuid = fake.start(JOB, videoId=VIDEO_ID, framesCount=10)
    fake.clock.advance(1.0)
    return uuid


@pytest.mark.parametrize(
    ("dialect", "kind"),
    [
        (None, dict),
        (OLD, type(None)),
        ("6.73.72", type(None)),
        ("6.73.73", str),
        (MIDDLE, str),
        ("6.74.41", dict),
        ("6.74.42", dict),
        (NEW, dict),
    ],
)
def test_an_exception_is_an_object_since_the_rewrite_and_a_text_before(
    start: Start, dialect: str | None, kind: type
) -> None:
    fake = start(dialect=dialect)
    poll = fake.poll(POP, failed(fake))
    assert isinstance(poll.get("exception"), kind)
    told = poll.get("exception")
    text = told["message"] if isinstance(told, dict) else told
    assert text == ("out of memory" if told else None)
    lost = isinstance(told, dict) and told["traceback"] == "NoneType: None\n"
    assert lost is (dialect == "6.74.41")


def test_a_job_that_failed_before_the_first_poll_is_told_by_no_old_release(start: Start) -> None:
    fake = start(dialect=OLD)
    poll = fake.poll(PROGRESS, fake.start(JOB, videoId=999))
    assert set(poll) == OLD_KEYS
    assert (poll["result"], poll["progress"]["total"], poll["is_inferring"]) == (None, 1, False)


@pytest.mark.parametrize("route", [PROGRESS, POP])
def test_a_model_that_raised_leaves_no_whole_result_in_old_releases(start: Start, route: str) -> None:
    fake = start(dialect=MIDDLE)
    poll = fake.poll(route, failed(fake))
    assert (poll["result"], poll["is_inferring"], poll["exception"]) == (None, False, "out of memory")
