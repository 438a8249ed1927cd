"""Pictures posted with a plain `aiohttp.ClientSession`, as many at a time as goes best. Arguments: URL, picture.

A question is that of flight_ours.py, whatever its call. The form is one body of bytes, made once; the answers'
JSON is read and kept, as a list of all of them is what the other gives.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp


def form(picture: bytes) -> tuple[bytes, dict[str, str]]:
    """The body of an upload and its headers."""
    parts = (b'name="files"; filename="picture.jpg"', picture), (b'name="settings"', b"{}")
    body = b"".join(b"--XX\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % part for part in parts)
    return body + b"--XX--\r\n", {"Content-Type": "multipart/form-data; boundary=XX"}


async def posted(url: str, body: bytes, headers: dict[str, str], pictures: int, at_once: int) -> list[Any]:
    """The answers in the order of the pictures, by `at_once` workers with a connection each."""
    left = iter(range(pictures))
    answers: list[Any] = [None] * pictures

    async def work(session: aiohttp.ClientSession) -> None:
        for place in left:
            async with session.post(url, data=body, headers=headers) as answer:
                answers[place] = await answer.json()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as session:
        await asyncio.gather(*(work(session) for _ in range(at_once)))
    return answers


def begin(url: str, picture: str) -> Callable[..., dict[str, Any]]:
    """What sends so many, and tells seconds."""
    body, headers = form(Path(picture).read_bytes())

    def sent(call: str, pictures: int, at_once: int) -> dict[str, Any]:
        used, begun = time.process_time(), time.perf_counter()
        answers = asyncio.run(posted(f"{url}/inference_image", body, headers, pictures, at_once))
        if not all(answers):
            raise RuntimeError(f"{answers.count(None)} of {pictures} pictures have no answer")
        return {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - used}

    return sent
