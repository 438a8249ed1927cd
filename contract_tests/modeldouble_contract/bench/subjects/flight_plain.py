"""Pictures posted with a plain `aiohttp.ClientSession`, as many at a time as goes best. Arguments: URL, picture.

A question is that of flight_ours.py. Each picture's file is read, if it is one, and each has a body made for it. The
answers' JSON is read and kept, as a list of all of them is what the other gives.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp

FIELD = b"--XX\r\nContent-Disposition: form-data; %s\r\n\r\n"
BEFORE = FIELD % b'name="files"; filename="picture.jpg"'
AFTER = b"\r\n" + FIELD % b'name="settings"' + b"{}\r\n--XX--\r\n"
HEADERS = {"Content-Type": "multipart/form-data; boundary=XX"}


def form(picture: str | bytes) -> bytes:
    """The body of an upload. `picture` is a file's name, or what is in the file."""
    if isinstance(picture, bytes):
        return b"".join((BEFORE, picture, AFTER))
    with open(picture, "rb", buffering=0) as stream:
        return b"".join((BEFORE, stream.read(), AFTER))


async def posted(url: str, pictures: list[Any], at_once: int) -> list[Any]:
    """The answers in the order of the pictures, by `at_once` workers with a connection each."""
    left = iter(enumerate(pictures))
    answers: list[Any] = [None] * len(pictures)

    async def work(session: aiohttp.ClientSession) -> None:
        for place, picture in left:
            async with session.post(url, data=form(picture), headers=HEADERS) as answer:
                answers[place] = await answer.json()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as session:
        await asyncio.gather(*(work(session) for _ in range(at_once)))
    return answers


def begin(url: str, picture: str) -> Callable[..., dict[str, Any]]:
    """What sends so many, and tells seconds."""
    given: dict[str, Any] = {"files": picture, "bytes": Path(picture).read_bytes()}

    def sent(call: str, pictures: int, at_once: int) -> dict[str, Any]:
        used, begun = time.process_time(), time.perf_counter()
        answers = asyncio.run(posted(f"{url}/inference_image", [given[call]] * pictures, at_once))
        told = {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - used}
        if not all(answers):
            raise RuntimeError(f"{answers.count(None)} of {pictures} pictures have no answer")
        return told

    return sent
