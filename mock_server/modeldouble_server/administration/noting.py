"""Requests that are no model's, in the server's own journal and among its counts."""

import time
from collections.abc import Awaitable

from aiohttp import web

from ..answer import Refusal
from ..answering import answered
from ..fake import Fake
from ..metrics import OTHER


async def noted(
    work: Awaitable[web.StreamResponse], request: web.Request, fake: Fake, label: str, route: str, *, known: bool
) -> web.StreamResponse:
    """Answer, whatever happens, and note it. `known`: the route is one of a bounded number."""
    begun = time.perf_counter()
    said = await answered(work, request, fake.limits)
    why = said.why if isinstance(said, Refusal) else None
    duration = time.perf_counter() - begun
    fake.console.journal.add(
        request.method, f"{label}/{route}", said.status, duration, received=request.content_length, error=why or None
    )
    fake.console.metrics.count(label, route if known else OTHER, said.status, duration)
    return said
