"""The proxy that records: everything goes on to one serving app, and its answers come back byte for byte."""

import time
from collections.abc import AsyncIterator, Coroutine
from typing import Any
from urllib.parse import unquote

import aiohttp
from aiohttp import hdrs, web
from yarl import URL

from ..answer import refusal
from ..forward import kept
from ..refusal import Refused, shown
from .capture import Capture
from .recorder import Asked, Recorder, Told

_CHUNK = 1 << 16
_CONNECT = 5.0
_PLAIN: dict[str, str] = {hdrs.ACCEPT_ENCODING: "identity"}
"""Packed answers could not be recorded."""


class Proxy:
    """Handlers of an application that passes on to `url`."""

    def __init__(self, url: URL, recorder: Recorder) -> None:
        self._url = url
        self._recorder = recorder

    def app(self) -> web.Application:
        """One that takes every path."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        app.cleanup_ctx.append(self._connected)
        return app

    async def _connected(self, _: web.Application) -> AsyncIterator[None]:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT)
        async with aiohttp.ClientSession(
            auto_decompress=False, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()
        ) as self._http:
            yield

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        path = request.rel_url.raw_path.removeprefix("/")
        if ".." in unquote(path).split("/"):
            return refusal(Refused(404, "path has .. in it; give the route alone"))
        # A page in the operator's browser must not use the app; no client of a serving app sends an Origin.
        if hdrs.ORIGIN in request.headers:
            return refusal(Refused(403, f"Origin is {shown(request.headers[hdrs.ORIGIN])}; send none, as scripts do"))
        query = request.rel_url.raw_query_string
        with self._recorder.passing(request.method, path, query, request.headers) as (asked, answer):
            try:
                return await self._exchange(request, asked, answer)
            except aiohttp.ClientError as error:
                why = f"the recorded serving app does not answer ({error}); start it, or ask again"
                return refusal(Refused(502, why))
            except (web.RequestPayloadError, ConnectionError) as error:
                return refusal(Refused(400, f"body cannot be read to its end ({error}); send it whole"))

    async def _exchange(self, request: web.Request, asked: Asked, captured: Capture) -> web.StreamResponse:
        body = _tee(request, asked.request.body) if request.body_exists else None
        headers: dict[str, str] = {**kept(request.headers), **_PLAIN}
        if request.content_length is not None:
            # An app may not understand chunks, and the length is known.
            headers[hdrs.CONTENT_LENGTH] = str(request.content_length)
        async with self._http.request(
            request.method, self._target(request), data=body, headers=headers, allow_redirects=False,
            skip_auto_headers=(hdrs.USER_AGENT, hdrs.CONTENT_TYPE),
        ) as answer:  # fmt: skip
            back = Back(request, answer, self._located(request, answer))
            told = Told(answer.headers, captured)
            first = time.monotonic()
            try:
                async for chunk in back.chunks():
                    captured.add(chunk)
            except aiohttp.ClientError:
                return back.break_off()
            await self._recorder.end(asked, answer.status, told, first)
            return await back.finish()

    def _target(self, request: web.Request) -> URL:
        # As text: a path that is put together by yarl would be tidied up.
        query = f"?{request.rel_url.raw_query_string}" if request.rel_url.raw_query_string else ""
        return URL(f"{str(self._url).rstrip('/')}{request.rel_url.raw_path}{query}", encoded=True)

    def _located(self, request: web.Request, answer: aiohttp.ClientResponse) -> dict[str, str]:
        """Headers that go back: one that leads to the app leads here instead."""
        headers = kept(answer.headers)
        base, place = str(self._url).rstrip("/"), headers.get(hdrs.LOCATION, "")
        if place.startswith(base):
            headers[hdrs.LOCATION] = f"{request.url.origin()}{place[len(base) :]}"
        return headers


async def _tee(request: web.Request, captured: Capture) -> AsyncIterator[bytes]:
    async for chunk in request.content.iter_chunked(_CHUNK):
        captured.add(chunk)
        yield chunk


class Back:
    """An answer on its way back. Its last piece waits until it is recorded: what a caller has whole is on the disk.

    A caller that leaves does not end it, as its results are handed out only once.
    """

    def __init__(self, request: web.Request, answer: aiohttp.ClientResponse, headers: dict[str, str]) -> None:
        self._request, self._answer = request, answer
        self._response = web.StreamResponse(status=answer.status, reason=answer.reason, headers=headers)
        self._response.content_length = answer.content_length
        self._held = b""
        self._gone = False

    async def chunks(self) -> AsyncIterator[bytes]:
        """The pieces of the answer, each passed on when the next one comes."""
        await self._guarded(self._response.prepare(self._request))
        async for chunk in self._answer.content.iter_chunked(_CHUNK):
            if self._held:
                await self._guarded(self._response.write(self._held))
            self._held = chunk
            yield chunk

    def break_off(self) -> web.StreamResponse:
        """The app did not send all of it, so neither may this look whole."""
        if self._request.transport is not None:
            self._request.transport.abort()
        return self._response

    async def finish(self) -> web.StreamResponse:
        """Pass on the rest."""
        await self._guarded(self._response.write_eof(self._held))
        return self._response

    async def _guarded(self, sending: Coroutine[Any, Any, object]) -> None:
        if self._gone:
            sending.close()
            return
        try:
            await sending
        except ConnectionError:
            self._gone = True
