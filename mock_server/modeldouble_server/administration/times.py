"""The clock of a model, and how long it takes."""

from typing import Any

from aiohttp import web

from ..clock import Clock
from ..latency.reading import read_latency
from ..model import Model
from ..refusal import Refused
from .call import AdminCall, said

_MOST_AHEAD = 1e10
"""Seconds: three centuries, beyond which dates have no form."""


async def clock(call: AdminCall) -> web.Response:
    """What time it is for the model."""
    return said(_now(call.model.clock))


async def advance(call: AdminCall) -> web.Response:
    """Let time pass for the model alone."""
    seconds, mine = float((await call.body("Advance"))["advance"]), call.model.clock
    if mine.offset + seconds > _MOST_AHEAD:
        text = f"advance is {seconds:g}, with which the clock is over {_MOST_AHEAD:g} s ahead; give less, or reset it"
        raise Refused(400, text)
    mine.advance(seconds)
    return said(_now(mine))


async def latency(call: AdminCall) -> web.Response:
    """How long pictures take, and whether that was measured or made up."""
    return said(_latency(call.model))


async def set_latency(call: AdminCall) -> web.Response:
    """Let pictures take as long as a document says."""
    document, model = await call.body("Latency"), call.model
    try:
        read = read_latency(document, None).keyed(call.fake.console.seed, model.name)
    except (ValueError, TypeError) as error:
        raise Refused(400, str(error)) from error
    model.spec = model.spec._replace(latency=read)
    return said(_latency(model))


async def no_latency(call: AdminCall) -> web.Response:
    """Let pictures take no time."""
    model = call.model
    model.spec = model.spec._replace(latency=None)
    return said(_latency(model))


def _now(clock: Clock) -> dict[str, float]:
    return {"now": clock.now(), "ahead": clock.offset}


def _latency(model: Model) -> dict[str, Any]:
    found = model.spec.latency
    if found is None:
        return {"label": None, "document": None}
    document = found.document
    return {"label": found.label, "document": {"fixed": document} if isinstance(document, (int, float)) else document}
