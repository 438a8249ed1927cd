"""The text of a poll's answer: byte by byte what the encoder makes of the answer."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server import jobs, wire
from modeldouble_server.jobs import Failure, Job, State
from modeldouble_server.model import encoded
from modeldouble_server.poll_text import poll_text
from modeldouble_server.wire import JobView

SECONDS = st.floats(0, 1e12) | st.integers(0, 10**12).map(float) | st.integers(0, 10**12)
TOLD = st.sampled_from([one for one in State if one is not State.GONE])
FAILURES = st.none() | st.builds(Failure, st.text(), st.text(), st.text())
RESULTS = st.lists(st.dictionaries(st.text(), st.integers() | st.text() | st.none()), max_size=3)


@st.composite
def any_view(draw: st.DrawFn) -> JobView:
    ends: dict[str, Any] = {name: draw(st.none() | SECONDS) for name in ("stopped", "cleared")}
    made = Job(draw(st.text()), draw(st.integers(0, 10**9)), draw(SECONDS), 0.0, 1.0, {}, draw(SECONDS), **ends)
    made = made._replace(failure=draw(FAILURES))
    counts = st.integers(0, 10**9)
    return JobView(made, draw(TOLD), draw(counts), draw(counts), draw(st.booleans()))


@settings(deadline=None)
@given(any_view(), st.integers(0, 10**9))
def test_progress_is_written_as_the_encoder_writes_it(view: JobView, pending: int) -> None:
    assert poll_text(view, b"%d" % pending) == encoded(wire.poll(view, pending))


@settings(deadline=None)
@given(any_view(), RESULTS)
def test_a_pop_is_written_as_the_encoder_writes_it(view: JobView, results: list[dict[str, Any]]) -> None:
    assert poll_text(view, encoded(results)) == encoded(wire.poll(view, results))


def test_texts_that_look_like_marks_are_texts() -> None:
    odd = Job('"<3>"%b', 1, 0.0, 0.0, 1.0, {}, 0.0, failed=0.0, failure=Failure("<4>", "%d", '"<0>"'))
    view = JobView(odd, State.ERROR, jobs.inferred(odd, 5.0), 0, True)
    told = json.loads(poll_text(view, b'["<1>","%b"]'))
    assert (told["uuid"], told["pending_results"]) == ('"<3>"%b', ["<1>", "%b"])
    assert told["exception"] == {"type": "<4>", "message": "%d", "traceback": '"<0>"'}
