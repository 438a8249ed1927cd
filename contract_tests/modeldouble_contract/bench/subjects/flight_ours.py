"""Pictures sent with our asynchronous client. Arguments: URL, picture.

A question is `{"call": "files" or "bytes", "pictures": N, "at_once": M}`.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from modeldouble.aio import AsyncSession


async def sent(url: str, pictures: list[Any], at_once: int) -> list[Any]:
    """The predictions of the pictures, `at_once` being in flight; the first error is one."""
    async with AsyncSession(session_url=url) as session:
        return await session.infer_many(pictures, concurrency=at_once)


def begin(url: str, picture: str) -> Callable[..., dict[str, Any]]:
    """What sends so many, and tells seconds."""
    given: dict[str, Any] = {"files": picture, "bytes": Path(picture).read_bytes()}

    def run(call: str, pictures: int, at_once: int) -> dict[str, Any]:
        used, begun = time.process_time(), time.perf_counter()
        came = asyncio.run(sent(url, [given[call]] * pictures, at_once))
        # Before the predictions are thrown away, which takes time too.
        told = {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - used}
        if len(came) != pictures:
            raise RuntimeError(f"{len(came)} of {pictures} predictions came")
        return told

    return run
