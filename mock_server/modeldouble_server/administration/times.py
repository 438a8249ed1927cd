"""The clock of a model, and how long it takes."""

from typing import Any

from aiohttp import web

from ..clock import Clock
from ..latency.reading import read_latency
from ..model import Model
from ..refusal import Refused
from .call import AdminCall, said


async def clock(call: AdminCall) -> web.Response:
    """What time it is for the model."""
    return said(_now(call.model.clock))


async def advance(call: AdminCall) -> web.Response:
    """Let time pass for the model alone."""
    seconds, model = float((await call.body("Advance"))["advance"]), call.model
    await model.ledger.make({"kind": "advance", "seconds": seconds})
    return said(_now(model.clock))


async def latency(call: AdminCall) -> web.Response:
    """How long pictures take, and whether that was measured or made up."""
    return said(_latency(call.model))


async def set_latency(call: AdminCall) -> web.Response:
    """Let pictures take as long as a document says."""
    document, model = await call.body("Latency"), call.model
    try:
        read_latency(document, None)
    except (ValueError, TypeError) as error:
        raise Refused(400, str(error)) from error
    await model.ledger.make({"kind": "latency", "document": document, "seed": call.fake.console.seed})
    return said(_latency(model))


async def no_latency(call: AdminCall) -> web.Response:
    """Let pictures take no time."""
    model = call.model
    await model.ledger.make({"kind": "latency", "document": None})
    return said(_latency(model))


def _now(clock: Clock) -> dict[str, float]:
    return {"now": clock.now(), "ahead": clock.offset}


def _latency(model: Model) -> dict[str, Any]:
    found = model.spec.latency
    if found is None:
        return {"label": None, "document": None}
    document = found.document
    return {"label": found.label, "document": {"fixed": document} if isinstance(document, (int, float)) else document}
