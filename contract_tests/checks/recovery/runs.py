"""A client under a fault: the fake that has it, the call in a process of its own, and the verdict."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from modeldouble_server import Answer, Detection, Query, ServedModel, Server
from modeldouble_server.faults import KINDS, Stage

from .attempt import ours, outcome
from .verdict import Verdict, judged

FRAMES = 200
POP = 10
"""Results that a pop hands out at most, so that a job is many messages."""
_ATTEMPT = Path(__file__).with_name("attempt.py")
_START, _POPS, _PICTURE = "inference_video_id_async", "pop_inference_results", "inference_image_id"


class Numbered:
    """A predictor whose one object stands as far to the left as its frame's number says."""

    def predict(self, query: Query) -> Answer:
        """A box of 10 by 10 pixels."""
        left = query.subject.frame or 0
        return Answer((Detection("person", (left, 0, left + 9, 9), 0.9),))


class Case(NamedTuple):
    """A fault that a client meets: on a picture, or on a message of a job."""

    fault: str
    action: str
    order: Mapping[str, Any]

    @property
    def expected(self) -> range:
        """The numbers that have to come."""
        return range(1) if self.action == "picture" else range(FRAMES)


_VARIANTS: dict[str, tuple[dict[str, Any], ...]] = {
    "status": ({"status": 503}, {"status": 500}, {"status": 429, "retry_after": 1}, {"status": 502, "after": True}),
    "html": ({}, {"after": True}),
    "empty": ({}, {"after": True}),
    "reset": tuple({"when": one} for one in ("before", "lost", "during", "after")),
    "cut": ({"at": 100},),
    "wrong_length": ({"by": 100}, {"by": -100}),
    "out_of_memory": ({"over": 0},),
    "cold_start": ({"lasting": 3600.0},),
}
"""How each fault is ordered where one way is not enough."""


def cases() -> list[Case]:
    """Every fault, on a picture and on the second message with a job's results, where it is about these."""
    return [case for name in KINDS for given in _VARIANTS.get(name, ({},)) for case in _cases(name, given)]


def _cases(name: str, given: Mapping[str, Any]) -> list[Case]:
    kind, job = KINDS[name], f"job:{FRAMES}"
    order = {**{one.name: 100 for one in kind.parameters if one.needed}, **given}
    if kind.stage is Stage.JOB:
        return [Case(name, job, {**order, "route": _START})]
    on_pop = Case(name, job, {**order, "calls": 2, "route": _POPS})
    if kind.stage is Stage.POP:
        return [on_pop]
    on_picture = Case(name, "picture", {**order, "route": _PICTURE})
    return [on_picture, on_pop] if kind.stage in (Stage.INSTEAD, Stage.ANSWER) else [on_picture]


def run(server: Server, client: str, case: Case, patience: float = 60.0) -> Verdict:
    """One client under one fault; how often a job was begun is counted by the model's journal."""
    with server.add_model(predictor=Numbered(), pace=0.0) as model:
        model.fail(case.fault, **case.order)
        ended = attempted(model, client, case.action, patience)
        return judged(ended, case.expected, starts(model), patience)


def starts(model: ServedModel) -> int:
    """How often a job was begun."""
    return len([one for one in model.journal(route=_START) if one.job])


def attempted(model: ServedModel, client: str, action: str, patience: float) -> Any:
    """What came of an attempt; None if it did not end."""
    picture = action == "picture"
    what = model.add_image(model.picture()) if picture else model.add_video(FRAMES, size=(640, 64))
    where = (model.server_address, model.api_token)
    if client == "ours":
        return outcome(ours(*where, model.task_id, action, what))
    told = [client, action, *where, str(model.task_id), str(what)]
    try:
        done = subprocess.run(
            [sys.executable, str(_ATTEMPT), *told], capture_output=True, text=True, timeout=patience, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        raise RuntimeError(f"{client}, {action}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


class Message(NamedTuple):
    """One request of a job's client: which of those of its route, from 1, and which of all."""

    place: int
    route: str
    number: int


def messages(server: Server, client: str = "ours", patience: float = 60.0) -> list[Message]:
    """The requests that a client makes for a job, in order, where nothing goes wrong."""
    with server.add_model(predictor=Numbered(), pace=0.0) as model:
        ended = attempted(model, client, f"job:{FRAMES}", patience)
        if ended != {"frames": list(range(FRAMES))}:
            raise RuntimeError(f"without a fault: {ended}")
        routes = [one.route for one in model.journal()]
    return [Message(at + 1, one, routes[: at + 1].count(one)) for at, one in enumerate(routes)]


def lost_answer(server: Server, client: str, message: Message, patience: float = 60.0) -> Verdict:
    """A job of which one message is carried out and not answered."""
    with server.add_model(predictor=Numbered(), pace=0.0) as model:
        model.fail("reset", when="lost", route=message.route, calls=message.number)
        ended = attempted(model, client, f"job:{FRAMES}", patience)
        if not model.journal(fault=True):
            raise RuntimeError(f"{message} was never sent")
        return judged(ended, range(FRAMES), starts(model), patience)
