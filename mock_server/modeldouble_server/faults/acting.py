"""How a fault is carried out on one call."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from .. import jobs
from ..answering import answered
from ..board import Popping
from ..model import ModelFailed
from ..serving.call import Call
from ..serving.failing import failure
from . import undeployed
from .damage import Damaged
from .kinds import Stage
from .orders import Fired
from .replaced import replaced

_Go = Callable[[], Awaitable[web.StreamResponse]]


async def carry_out(fired: Fired, call: Call, go: _Go) -> web.StreamResponse:
    """The answer to a call that meets a fault; `go` is how it would be answered without one."""
    return await _ACTING[fired.stage](fired, call, go)


async def _instead(fired: Fired, call: Call, go: _Go) -> web.StreamResponse:
    if fired.order.after:
        await answered(go(), call.request, call.fake.limits)
    if fired.name == "hang":
        return Damaged(None, fired, call.fake.sleep)
    if fired.name == "status" and fired.value("status") == 500 and not fired.order.parameters.get("retry_after"):
        crashed = call.crash(f"RuntimeError({fired.value('message')!r})")
        if crashed is not None:
            return crashed
    return replaced(fired, call.route)


async def _damaged(fired: Fired, call: Call, go: _Go) -> web.StreamResponse:
    if fired.name == "reset" and fired.value("when") == "before":
        return Damaged(None, fired, call.fake.sleep)
    said = await answered(go(), call.request, call.fake.limits)
    if fired.name == "malformed_json":
        return _halved(said)
    if fired.name == "stale_keep_alive":
        if call.request.transport is not None:
            call.fake.stale.add(call.request.transport)
        return said
    return Damaged(said, fired, call.fake.sleep)


def _halved(said: web.StreamResponse) -> web.Response:
    body = said.body if isinstance(said, web.Response) and isinstance(said.body, bytes) else b""
    # Half of a JSON text is never JSON, unless nothing is left of it or it was a number.
    return web.Response(body=body[: len(body) // 2] or b"{", status=said.status, content_type="application/json")


async def _model(fired: Fired, call: Call, go: _Go) -> web.StreamResponse:
    kind, text = fired.value("type"), fired.value("message")
    if fired.name == "out_of_memory":
        call.memory = (fired.value("over"), ModelFailed(kind, text))
        return await go()
    if call.route.endswith("_async"):
        call.fails = (0, failure(kind, text))
        return await go()
    raise ModelFailed(kind, text)


async def _state(fired: Fired, call: Call, go: _Go) -> web.StreamResponse:
    return await undeployed.serve(fired.name, call, go)


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
