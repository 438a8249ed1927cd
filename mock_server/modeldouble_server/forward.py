"""A serving app that runs elsewhere, reached through the fake platform, as real platforms pass `/net/<token>/` on."""

from collections.abc import Mapping

import aiohttp
from aiohttp import hdrs, web
from yarl import URL

from .refusal import CannotServe, Refused, shown

_CHUNK = 1 << 16
_CONNECT = 5.0
_OWN = frozenset(
    one.lower()
    for one in (
        hdrs.HOST, hdrs.CONNECTION, hdrs.KEEP_ALIVE, hdrs.PROXY_AUTHENTICATE, hdrs.PROXY_AUTHORIZATION, hdrs.TE,
        hdrs.TRAILER, hdrs.TRANSFER_ENCODING, hdrs.UPGRADE, hdrs.CONTENT_LENGTH,
    )
)  # fmt: skip
"""Headers that are about one connection and not about the message."""


def app_url(text: str) -> URL:
    """The address of a serving app; anything but an http or https URL is a CannotServe."""
    try:
        url = URL(text.rstrip("/"))
    except (ValueError, TypeError):
        url = URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise CannotServe(f"url is {shown(text)}; give the http or https address of a running serving app")
    return url


async def forward(url: URL, route: str, request: web.Request) -> web.StreamResponse:
    """Pass a request on and its answer back, byte for byte. An app that does not answer is a 502, as behind a proxy."""
    # Without a body nothing is sent, so that a GET stays one; with one, it goes on as it comes in.
    body = request.content if request.body_exists else None
    target = url.joinpath(*route.split("/"), encoded=True).with_query(request.query)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT)
    try:
        async with (
            aiohttp.ClientSession(auto_decompress=False, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as http,
            http.request(
                request.method, target, data=body, headers=kept(request.headers), allow_redirects=False,
                skip_auto_headers=(hdrs.USER_AGENT, hdrs.CONTENT_TYPE),
            ) as answer,
        ):  # fmt: skip
            return await _pass_back(answer, request)
    except aiohttp.ClientError as error:
        raise Refused(
            502, f"the serving app behind this task does not answer ({error}); start it, or ask again"
        ) from None


async def _pass_back(answer: aiohttp.ClientResponse, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, reason=answer.reason, headers=kept(answer.headers))
    response.content_length = answer.content_length
    await response.prepare(request)
    async for chunk in answer.content.iter_chunked(_CHUNK):
        await response.write(chunk)
    await response.write_eof()
    return response


def kept(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers of a message that go on with it."""
    return {name: value for name, value in headers.items() if name.lower() not in _OWN}
