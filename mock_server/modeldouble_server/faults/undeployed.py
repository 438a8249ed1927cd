"""An app whose model is not there: not loaded, or not yet.

What a real app then answers was seen on 6.73.100 and 6.74.51, in both modes, by starting one that never called
`load_on_device`: settings, classes and the service routes work, it is not ready, and what needs the model is an
exception that nobody caught, or a job that has failed. 6.72.50, before the guard, asks a model that was never loaded.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from .. import wire
from ..answer import answer, refusal
from ..deployment import Freezing
from ..dialect.service import UNDEPLOYED
from ..model import ModelFailed
from ..refusal import Refused
from ..serving.call import Call
from ..serving.failing import failure
from .orders import Fired

_READY = ("readyz", "is_ready")
_GUARDED = ("get_session_info", "get_tracking_settings", "get_deploy_info")
"""Routes that no picture comes to, and that the guard refuses all the same."""
_STATUS = {"message": "Ready", "current": 0, "total": 1}
"""As it was seen: the progress is that of inference, not of loading."""


async def serve(fired: Fired, call: Call, go: Callable[[], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    """Answer a call. A model that is deployed by it is there from then on."""
    failed = _failed(call)
    call.memory, call.fails = (0, failed), (0, failure(failed.kind, str(failed)))
    # The route itself is asked first: it knows methods, releases and broken bodies.
    said = await go()
    if said.status != 200:
        return said
    if call.route == "deploy_from_api":
        await call.model.ledger.make({"kind": "take order back", "number": fired.number})
    return _told(call, failed, said)


def _told(call: Call, failed: ModelFailed, said: web.StreamResponse) -> web.StreamResponse:
    if call.route in _READY:
        return refusal(Refused(503, "Service not ready"))
    if call.route == "is_deployed":
        return answer({"deployed": False, "description:": "Model is ready to receive requests"})
    if call.route == "get_status":
        return answer({"is_deployed": False, "progress": _STATUS, **wire.memory()})
    if call.route == "freeze_model":
        call.model.deployment.thaw()
        return answer({"message": Freezing.FAILED.value})
    if call.route not in _GUARDED or call.dialect.has("undeployed-unguarded"):
        return said
    crashed = call.crash(f"{failed.kind}({str(failed)!r})")
    if crashed is None:
        raise failed
    return crashed


def _failed(call: Call) -> ModelFailed:
    if call.dialect.has("undeployed-unguarded"):
        return ModelFailed("AttributeError", "the model was asked and was never loaded")
    return ModelFailed("RuntimeError", UNDEPLOYED)
