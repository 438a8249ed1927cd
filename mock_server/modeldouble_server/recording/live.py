"""The recorded app itself, asked for what the recording lacks, which is then added to it."""

import json
import logging
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import hdrs, web
from multidict import CIMultiDict
from yarl import URL

from ..forward import app_url, kept
from ..redaction import known_secrets
from ..refusal import Refused
from ..wire import UUID
from ..world import World
from .exchange import BLOBS, Line, exchange
from .facts import put_facts
from .folder import Folder
from .gathered import POLLS, Gathered
from .recorder import Recorder, Told

if TYPE_CHECKING:
    from ..serving.call import Call
    from ..serving.forms import Form

log = logging.getLogger("modeldouble_server")
_CONNECT = 5.0
_MOST_JOBS = 10_000


class Live:
    """Passes requests on to the app and takes its answers into the recording, and into what was gathered from it."""

    def __init__(self, folder: Path, url: str, gathered: Gathered) -> None:
        self._url = app_url(url)
        self._gathered = gathered
        self._blobs = folder / BLOBS
        self._written: list[Line] = []
        self._recorder = Recorder(
            Folder(folder, known_secrets(os.environ, url), option="--replay"), self._written.append
        )
        self._jobs: dict[str, None] = {}
        """Jobs that the app began, whose polls are for it."""

    async def _take_in(self, world: World) -> None:
        # They were written in a thread, but what was gathered is read here.
        while self._written:
            self._gathered.add(exchange(self._written.pop(0), self._blobs))
        await put_facts(world, self._gathered.facts)

    async def owns(self, call: "Call") -> bool:
        """The request is about a job that the app began."""
        if call.route not in POLLS or not self._jobs:
            return False
        body = await call.body()
        state = body.get("state") if isinstance(body, dict) else None
        return isinstance(state, dict) and state.get(UUID) in self._jobs

    async def ask(self, call: "Call") -> web.StreamResponse:
        """The app's answer to a request of which the body was read already."""
        if call.route not in POLLS:
            where = self._recorder.secrets.cut(str(self._url))
            log.warning("%s is not recorded; the app at %s is asked", call.route, where)
        headers = CIMultiDict(kept(call.request.headers))
        if call.form is None:
            body = await call.raw()
        else:
            form = _form(call.form)
            body, headers[hdrs.CONTENT_TYPE] = await form.as_bytes(), form.headers[hdrs.CONTENT_TYPE]
        try:
            status, told, said = await self._exchange(call.route, body, headers)
        except aiohttp.ClientError as error:
            raise Refused(502, f"it is not recorded, and the app does not answer ({error}); start it") from error
        self._remember(said)
        await self._take_in(call.model.world)
        return web.Response(body=said, status=status, headers=told)

    async def _exchange(self, route: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT)
        url = URL(f"{str(self._url).rstrip('/')}/{route}", encoded=True)
        with self._recorder.passing("POST", route, "", headers) as (asked, captured):
            asked.request.body.add(body)
            async with (
                aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as http,
                http.post(url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                first = time.monotonic()
                captured.add(said := await answer.read())
                told = kept(answer.headers)
                told.pop(hdrs.CONTENT_ENCODING, None)
                await self._recorder.end(asked, answer.status, Told(told, captured), first)
        return answer.status, told, said

    def _remember(self, said: bytes) -> None:
        try:
            value: Any = json.loads(said)
        except (ValueError, RecursionError):
            return
        if isinstance(value, dict) and isinstance(value.get(UUID), str):
            self._jobs[value[UUID]] = None
            while len(self._jobs) > _MOST_JOBS:
                del self._jobs[next(iter(self._jobs))]


def _form(form: "Form") -> aiohttp.MultipartWriter:
    """A form that says the same; the one that came in is read already."""
    made = aiohttp.MultipartWriter("form-data")
    for upload in form.uploads:
        part = made.append(upload.content, CIMultiDict({hdrs.CONTENT_TYPE: "application/octet-stream"}))
        part.set_content_disposition("form-data", name="files", filename=upload.name)
    settings = made.append(json.dumps(form.state.keys), CIMultiDict({hdrs.CONTENT_TYPE: "text/plain"}))
    settings.set_content_disposition("form-data", name=form.state.where)
    return made
