"""An app whose model is not there: not loaded, or not yet.

What a real app then answers was seen on 6.73 and 6.74: settings, classes and the service routes work, everything that
needs the model is an uncaught exception.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from .. import wire
from ..answer import answer, refusal
from ..refusal import Refused
from ..serving.call import Call

_READY = ("readyz", "is_ready")
_WITHOUT_MODEL = (
    "get_custom_inference_settings", "get_output_classes_and_tags", "get_model_meta", "livez", "is_alive", "is_running",
    "get_deploy_settings", "list_pretrained_models", "list_pretrained_model_infos", "openapi.json",
)  # fmt: skip
_TITLE = "Call undeployed model error"
_REMEDY = "The model is not deployed; deploy it first, or take the fault back"


async def serve(name: str, call: Call, go: Callable[[], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    """Answer a call; `name` is not_deployed or cold_start."""
    if call.route in _READY and name == "cold_start":
        return refusal(Refused(503, "Service not ready"))
    if call.route == "is_deployed":
        return answer({"deployed": False, "description:": "Model is ready to receive requests"})
    if call.route == "get_status":
        progress = {"message": "", "current": 0, "total": 1}
        return answer({"is_deployed": False, "progress": progress, **wire.memory()})
    if call.route == "deploy_from_api" or call.route in (*_READY, *_WITHOUT_MODEL):
        return await go()
    said = call.crash(f"RuntimeError({_REMEDY!r})")
    return answer({"detail": {"title": _TITLE, "message": _REMEDY}}, 500) if said is None else said
