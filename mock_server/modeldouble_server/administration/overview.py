"""The server as a whole: what it is, its limits and counts."""

import time
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from aiohttp import web

from .call import AdminCall, said
from .document import document


async def index(call: AdminCall) -> web.Response:
    """What runs here, and where to go on."""
    links = {name: f"/__admin/{name}" for name in ("models", "journal", "server", "openapi.json")}
    return said({
        "version": _version(),
        "uptime": _uptime(call),
        "models": len(call.fake.models),
        "links": {**links, "metrics": "/metrics"},
    })  # fmt: skip


async def description(call: AdminCall) -> web.Response:
    """The OpenAPI document."""
    return said(document())


async def server(call: AdminCall) -> web.Response:
    """Limits, seed, dialect and counts."""
    fake, console = call.fake, call.fake.console
    gate, dialect = console.gate, call.fake.dialect
    counts: dict[str, Any] = {
        "models": len(fake.models),
        "worlds": len(fake.worlds),
        "requests": console.metrics.requests,
        "connections": None if gate is None else len(gate.all),
        "uploading_bytes": None if gate is None else gate.uploading.held,
    }
    return said({
        "version": _version(),
        "uptime": _uptime(call),
        "seed": console.seed,
        "dialect": {"release": dialect.name, "mode": dialect.mode},
        "limits": fake.limits._asdict(),
        "counts": counts,
    })  # fmt: skip


def _uptime(call: AdminCall) -> float:
    return time.monotonic() - call.fake.console.begun


def _version() -> str:
    try:
        return version("modeldouble")
    except PackageNotFoundError:
        return "unknown"
