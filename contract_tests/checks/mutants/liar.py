"""A reverse proxy that forwards everything as it is, unless a lie is told."""

import asyncio
import threading
from concurrent.futures import Future
from types import TracebackType
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from .lie import Lie, Teller
from .traffic import Answer, Asked, Headers

_OF_ONE_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
_LARGEST = 1 << 30
_HTTP = web.AppKey("http", aiohttp.ClientSession)
_TIMEOUT = 30.0


class Liar:
    """Stands before `target`, on loopback and a port of its own, in a thread of its own, while its `with` block runs.

    `url` is what to call instead of `target`.
    """

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._origin, self._prefix = f"{parts.scheme}://{parts.netloc}", parts.path
        self._teller: Teller | None = None
        self._lie: Lie | None = None
        self.fired = 0
        """How often the lie that is told now changed something."""
        self.broken: Exception | None = None
        """How the teller itself failed, if it did; the truth was told then."""
        self._port = 0
        self._ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._thread = threading.Thread(target=self._run, name="liar", daemon=True)

    @property
    def url(self) -> str:
        """The address of the target behind the proxy."""
        return f"http://127.0.0.1:{self._port}{self._prefix}"

    def tell(self, lie: Lie | None) -> None:
        """From now on tell this lie, which knows nothing of before; None for the truth."""
        self._lie, self._teller, self.fired, self.broken = lie, lie.teller() if lie else None, 0, None

    def __enter__(self) -> "Liar":
        self._thread.start()
        self._ready.result(_TIMEOUT)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        loop, leave = self._ready.result()
        loop.call_soon_threadsafe(leave.set)
        self._thread.join(_TIMEOUT)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if self._ready.done():
                raise
            self._ready.set_exception(error)

    async def _serve(self) -> None:
        leave = asyncio.Event()
        # What the target sent goes on as it came: not decoded, no redirect followed, no cookie kept.
        async with aiohttp.ClientSession(
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            connector=aiohttp.TCPConnector(limit=0, force_close=True),
        ) as http:
            app = web.Application(client_max_size=_LARGEST)
            app.on_response_prepare.append(_only_what_was_told)
            app[_HTTP] = http
            app.router.add_route("*", "/{path:.*}", self._handle)
            runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=0.2)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self._port = runner.addresses[0][1]
            self._ready.set_result((asyncio.get_running_loop(), leave))
            await leave.wait()
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._answer(request.app[_HTTP], request)
        except aiohttp.ClientError:
            # The target left without an answer, and so does the proxy.
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=502)

    async def _answer(self, http: aiohttp.ClientSession, request: web.Request) -> web.StreamResponse:
        headers = tuple((name, value) for name, value in request.headers.items() if name.lower() not in _OF_ONE_HOP)
        asked = Asked(request.method, request.raw_path, headers, await request.read())
        told = self._told_before(asked)
        if isinstance(told, Answer):
            return await _send(request, told)
        answer = await self._forward(http, told)
        # A teller knows the request as it was sent: what it forwarded instead is its own secret.
        return await _send(request, self._told_after(asked, answer))

    def _told_before(self, asked: Asked) -> Asked | Answer:
        found: Asked | Answer = asked
        if self._teller is not None and self._lie is not None and self._lie.concerns(asked):
            try:
                found = self._teller.asked(asked)
            except Exception as error:  # noqa: BLE001  whoever graded the run raises it
                self.broken = error
        self.fired += found != asked
        return found

    def _told_after(self, asked: Asked, answer: Answer) -> Answer:
        found = answer
        if self._teller is not None and self._lie is not None and self._lie.concerns(asked):
            try:
                found = self._teller.answered(asked, answer)
            except Exception as error:  # noqa: BLE001  whoever graded the run raises it
                self.broken = error
        self.fired += found != answer
        return found

    async def _forward(self, http: aiohttp.ClientSession, asked: Asked) -> Answer:
        headers = CIMultiDict((name, value) for name, value in asked.headers if name.lower() != "content-length")
        headers["Host"] = urlsplit(self._origin).netloc
        async with http.request(
            asked.method, URL(self._origin + asked.path, encoded=True), headers=headers, data=asked.body or None,
            allow_redirects=False, skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        ) as answer:  # fmt: skip
            content = await answer.read()
            return Answer(answer.status, _kept(tuple(answer.headers.items())), content)


def _kept(headers: Headers) -> Headers:
    return tuple((name, value) for name, value in headers if name.lower() not in {*_OF_ONE_HOP, "content-length"})


async def _send(request: web.Request, answer: Answer) -> web.StreamResponse:
    if answer.delay:
        await asyncio.sleep(answer.delay)
    response = _Said(status=answer.status, headers=CIMultiDict(answer.headers))
    response.content_length = len(answer.body)
    await response.prepare(request)
    await response.write(answer.body[: answer.cut])
    if answer.cut is not None and request.transport is not None:
        request.transport.close()
        return response
    await response.write_eof()
    return response


class _Said(web.StreamResponse):
    """An answer that keeps to the headers it was given."""

    def __init__(self, *, status: int, headers: CIMultiDict[str]) -> None:
        super().__init__(status=status, headers=headers)
        self.given = {name.lower() for name in headers}


async def _only_what_was_told(request: web.Request, response: web.StreamResponse) -> None:
    """Take back what aiohttp adds by itself: a date, a server, a content type where there was none."""
    for name in ("Content-Type", "Date", "Server"):
        if isinstance(response, _Said) and name.lower() not in response.given:
            response.headers.popall(name, None)
