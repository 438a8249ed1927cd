"""What one visitor does, in the order of a first look at a served model. It knows no socket and no clock.

A journey is a generator of requests and pauses. Whoever walks it sends each request and hands in its answer; an answer
that is wrong raises `Wrong` there, so that it counts for the request that it answers.
"""

from collections.abc import Generator
from typing import NamedTuple

from . import reading
from .asking import PICTURES, Asked, Caller
from .frames import Frames, ended
from .reading import Answer, Wrong, document


class Wait(NamedTuple):
    """A pause, in seconds."""

    seconds: float


class Visit(NamedTuple):
    """What a visitor wants: frames of a job, seconds between two polls, and polls until it gives up a job."""

    caller: Caller
    frames: int = 10
    poll: float = 0.2
    polls: int = 300


Steps = Generator[Asked | Wait, Answer, None]


def journey(visit: Visit) -> Steps:
    """Info, classes, settings; one picture; several; a video to its end; a video that is stopped."""
    ask = visit.caller
    reading.info((yield ask.plain("get_session_info")))
    names = reading.classes((yield ask.plain("get_output_classes_and_tags")))
    reading.settings((yield ask.plain("get_custom_inference_settings")))
    first = next(iter(PICTURES))
    reading.one((yield ask.picture(first)), names, PICTURES[first])
    reading.several((yield ask.pictures(PICTURES)), names, list(PICTURES.values()))
    yield from _video(visit, names, stop=False)
    yield from _video(visit, names, stop=True)


def _video(visit: Visit, names: frozenset[str], stop: bool) -> Steps:
    ask, frames, stopped = visit.caller, Frames(visit.frames, names), False
    uuid = reading.uuid((yield ask.video("start of a video", visit.frames)))
    for _ in range(visit.polls):
        progress = document((yield ask.about("get_inference_progress", uuid)))
        over, got = ended(progress), False
        if over or progress.get("pending_results"):
            got = frames.take((yield ask.about("pop_inference_results", uuid)))
        if over and not got:
            break
        if stop and got and not stopped:
            stopped = True
            document((yield ask.about("stop_inference", uuid)))
        if not got:
            yield Wait(visit.poll)
    else:
        raise Wrong(f"a job has not ended after {visit.polls} polls")
    frames.end(stopped)
    document((yield ask.about("clear_inference_request", uuid)))
