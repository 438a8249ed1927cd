"""The models: listed, told, made, reset, taken away."""

import json
from typing import Any

from aiohttp import web

from ..meta import Meta
from ..model import Model
from ..refusal import Refused
from .call import AdminCall, cut, said
from .journals import unused_lines

_JOBS_MOST = 10_000


async def listed(call: AdminCall) -> web.Response:
    """All of them, without what opens them."""
    await call.fake.tenancy.all()
    models = list(call.fake.models.values())
    shared = [model.shared for model in models if model.shared is not None]
    for at, each in enumerate(shared):
        # Once for all of them, as it is a wait.
        await (each.flush() if at else each.settle())
    return said({"models": [await line(model) for model in models]})


async def one(call: AdminCall) -> web.Response:
    """One of them, with what a client needs to use it."""
    model = call.model
    if model.shared is not None:
        await model.shared.settle()
    return said(await _told(call, call.token))


async def create(call: AdminCall) -> web.Response:
    """Serve one more, in a world of its own."""
    given = await call.body("NewModel")
    try:
        tenant = await call.fake.tenancy.make(given)
    except (ValueError, TypeError) as error:
        raise Refused(400, str(error)) from error
    return said(await _told(call, tenant.session_token), 201)


async def delete(call: AdminCall) -> web.Response:
    """Take one away that a test or the admin API made."""
    tenant = call.fake.console.tenants.get(call.token)
    if tenant is None:
        raise Refused(409, f"model {call.model_id} is the operator's, and stays; POST to its /reset instead")
    await call.fake.tenancy.remove(tenant)
    return said({"removed": 1})


async def reset(call: AdminCall) -> web.Response:
    """Let one be as it was when it was served."""
    await call.model.reset()
    return said(await _told(call, call.token))


async def line(model: Model) -> dict[str, Any]:
    """What the list has of a model."""
    if model.shared is None:
        requests, received, misses = len(model.journal), len(model.received), len(model.stubs.misses)
    else:
        requests, received, misses = await model.shared.counts()
    return {
        "id": model.number,
        "name": model.name,
        "kind": "tenant" if model.is_tenant else "operator",
        "counts": {
            "requests": requests,
            "received": received,
            "stubs": len(model.stubs.listed()),
            "faults": len(model.faults.listed()),
            "misses": misses,
        },
    }


async def _told(call: AdminCall, token: str) -> dict[str, Any]:
    model, tenant = call.fake.models[token], call.fake.console.tenants.get(token)
    info = json.loads(model.info_body)
    latency = model.spec.latency
    return {
        **await line(model),
        "session_url": f"{call.base}/net/{token}",
        "server_address": call.base,
        # Whoever administers a model may use it. The operator's own token opens more than the model.
        "api_token": None if tenant is None else tenant.api_token,
        "task_id": model.spec.info.get("session_id"),
        "session_info": info,
        "pace": model.spec.pace,
        "preparation": model.spec.preparation,
        "jobs": dict(await model.board.states(_JOBS_MOST)),
        "deviations": cut(model, model.noticer.texts),
        "unused": len(await unused_lines(model)),
        "latency": None if latency is None else latency.label,
        "classes": cut(model, classes(model.meta)),
        "settings": cut(model, dict(model.spec.settings)),
    }


def classes(meta: Meta) -> list[dict[str, str]]:
    """The classes as they are told now, in their order."""
    return [{"name": one.name, "shape": one.shape, "color": one.color} for one in meta.classes]
