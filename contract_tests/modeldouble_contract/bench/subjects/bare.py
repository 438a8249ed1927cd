"""The limit: a bare aiohttp handler that reads what is asked and answers stored bytes. `bare.py OPTIONS`, JSON:

`prefix` and `route` (together its path), `body` (a file with the answer), `form` (true: it reads a multipart form and
hashes its parts; else JSON), `sleep` (seconds that are planted in the handler, to see whether the benchmark sees them).
"""

import asyncio
import hashlib
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import BodyPartReader, web

_CHUNK = 256 * 1024
_MOST = 256 * 1024 * 1024
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def reading_json(body: bytes, sleep: float) -> Handler:
    """A handler that parses the body as JSON."""

    async def handle(request: web.Request) -> web.StreamResponse:
        await request.json()
        if sleep:
            time.sleep(sleep)
        return web.Response(body=body, content_type="application/json")

    return handle


def reading_form(body: bytes, sleep: float) -> Handler:
    """A handler that reads all parts of a form and hashes them."""

    async def handle(request: web.Request) -> web.StreamResponse:
        reader = await request.multipart()
        while isinstance(part := await reader.next(), BodyPartReader):
            digest = hashlib.sha256()
            while chunk := await part.read_chunk(_CHUNK):
                digest.update(chunk)
            digest.hexdigest()
        if sleep:
            time.sleep(sleep)
        return web.Response(body=body, content_type="application/json")

    return handle


async def serve(options: dict[str, Any]) -> None:
    """Serve until stdin ends."""
    body, sleep = Path(options["body"]).read_bytes(), float(options.get("sleep", 0.0))
    app = web.Application(client_max_size=_MOST)
    handler = (reading_form if options.get("form") else reading_json)(body, sleep)
    app.router.add_post(f"{options['prefix']}/{options['route']}", handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(json.dumps({"ready": {"port": runner.addresses[0][1], "path": options["prefix"]}}), flush=True)  # noqa: T201
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))
