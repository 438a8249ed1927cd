"""What a model says of itself. These routes read no body, but refuse one that is broken."""

from aiohttp import web

from .. import wire
from ..answer import answer, raw_answer
from ..refusal import Refused
from .call import Call


async def session_info(call: Call) -> web.Response:
    """get_session_info"""
    await call.body()
    return raw_answer(call.model.info_body)


async def default_settings(call: Call) -> web.Response:
    """get_custom_inference_settings"""
    await call.body()
    return raw_answer(call.model.settings_body)


async def meta(call: Call) -> web.Response:
    """get_output_classes_and_tags and its alias get_model_meta"""
    await call.body()
    return raw_answer(call.model.meta_body)


async def tracking_settings(call: Call) -> web.Response:
    """get_tracking_settings: no tracker is announced, so none has settings."""
    await call.body()
    return answer({})


async def is_deployed(call: Call) -> web.Response:
    """is_deployed; the colon inside the key is the real app's."""
    await call.body()
    return answer({"deployed": True, "description:": "Model is ready to receive requests"})


async def status(call: Call) -> web.Response:
    """get_status"""
    await call.body()
    progress = {"message": "Ready", "current": 0, "total": 1}
    return answer({"is_deployed": True, "progress": progress, **wire.memory()})


async def running(call: Call) -> web.Response:
    """livez, is_alive, is_running"""
    await call.body()
    return answer({"running": True, "mode": call.dialect.mode})


async def ready(call: Call) -> web.Response:
    """readyz, is_ready: a fake that answers is ready, unless it shares its store with others and has lost it."""
    await call.body()
    trouble = await call.fake.tenancy.trouble()
    if trouble is not None:
        # It begins as real apps say it.
        raise Refused(503, f"Service not ready: {trouble}")
    return answer({"status": "ready"})
