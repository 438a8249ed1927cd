"""How a fault is carried out on one call."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from .. import jobs
from ..answer import refusal
from ..answering import answered
from ..board import Popping
from ..model import ModelFailed
from ..refusal import Busy
from ..serving.call import Call
from ..serving.failing import failure
from . import undeployed
from .damage import Damaged
from .kinds import Stage
from .orders import Fired
from .replaced import replaced

_Go = Callable[[], Awaitable[web.StreamResponse]]
_MOST_HELD = 1000
"""Connections on which faults are carried out at a time."""


async def carry_out(fired: Fired, call: Call, go: _Go) -> web.StreamResponse:
    """The answer to a call that meets a fault; `go` is how it would be answered without one."""
    return await _ACTING[fired.stage](fired, call, go)


async def _instead(fired: Fired, call: Call, go: _Go) -> web.StreamResponse:
    if fired.order.after:
        await answered(go(), call.request, call.fake.limits)
    return _damage(None, fired, call) if fired.name == "hang" else replaced(fired, call)


async def _damaged(fired: Fired, call: Call, go: _Go) -> web.StreamResponse:
    if fired.name == "reset" and fired.value("when") == "before":
        return _damage(None, fired, call)
    said = await answered(go(), call.request, call.fake.limits)
    if fired.name == "malformed_json":
        return _halved(said)
    if fired.name == "stale_keep_alive":
        if call.request.transport is not None:
            call.fake.stale.add(call.request.transport)
        return said
    return _damage(said, fired, call)


def _damage(said: web.StreamResponse | None, fired: Fired, call: Call) -> web.StreamResponse:
    held = len(call.fake.held)
    if held >= _MOST_HELD:
        return refusal(Busy(503, f"{held:,} connections are held by faults, which is the limit; close some"))
    return Damaged(said, fired, call.fake)


def _halved(said: web.StreamResponse) -> web.Response:
    body = said.body if isinstance(said, web.Response) and isinstance(said.body, bytes) else b""
    # Not in the middle of a character, which some readers report as another kind of error.
    half = body[: len(body) // 2].decode("utf-8", "ignore").encode()
    return web.Response(body=half if _is_broken(half) else b"{", status=said.status, content_type="application/json")


def _is_broken(text: bytes) -> bool:
    # Half of a JSON text is none, unless it was a number.
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return bool(text)
    return False


async def _model(fired: Fired, call: Call, go: _Go) -> web.StreamResponse:
    failed = ModelFailed(fired.value("type"), fired.value("message"))
    if fired.name == "out_of_memory":
        call.memory = (fired.value("over"), failed)
        return await go()
    return await raising(failed, call, go)


async def raising(failed: ModelFailed, call: Call, go: _Go) -> web.StreamResponse:
    """Answer a call with a model that raises as soon as it is asked for anything."""
    call.memory = (0, failed)
    call.fails = (0, failure(failed.kind, str(failed)))
    said = await go()
    if said.status != 200 or call.queries or call.job is not None:
        return said
    # The model has raised where no picture was asked about as well.
    crashed = call.crash(f"{failed.kind}({str(failed)!r})")
    if crashed is None:
        raise failed
    return crashed


async def _state(fired: Fired, call: Call, go: _Go) -> web.StreamResponse:
    return await undeployed.serve(fired, call, go)


async def _job(fired: Fired, call: Call, go: _Go) -> web.StreamResponse:
    frame: Any = fired.value("frame")
    if fired.name == "fails":
        call.fails = (frame, failure(fired.value("type"), fired.value("message")))
    else:
        call.trouble = _TROUBLES[fired.name](frame)
    return await go()


async def _pop(fired: Fired, call: Call, go: _Go) -> web.StreamResponse:
    call.popping = Popping.AGAIN if fired.name == "pop_twice" else Popping.FORGOTTEN
    return await go()


_ACTING: dict[Stage, Callable[[Fired, Call, _Go], Awaitable[web.StreamResponse]]] = {
    Stage.INSTEAD: _instead, Stage.ANSWER: _damaged, Stage.MODEL: _model, Stage.STATE: _state, Stage.JOB: _job,
    Stage.POP: _pop,
}  # fmt: skip
_TROUBLES: dict[str, Callable[[int], jobs.Trouble]] = {
    "never_starts": lambda frame: jobs.Trouble(never=True),
    "stalls": lambda frame: jobs.Trouble(stalls=frame),
    "loses_job": lambda frame: jobs.Trouble(lost=frame),
    "ends_early": lambda frame: jobs.Trouble(ends=frame),
}
