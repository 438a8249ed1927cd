"""One connection: what aiohttp answers and logs by itself, in the fake's own form.

Bytes that are not HTTP never reach the application. aiohttp would answer them as plain text and log a traceback each
time, and official clients send some on purpose: a TLS greeting, to learn whether the port speaks it.
"""

import logging
from typing import Any

from aiohttp import web

from .answer import refusal
from .refusal import Refused

log = logging.getLogger("modeldouble_server")


class Connection(web.RequestHandler):
    """aiohttp's protocol of one connection, with refusals as JSON and a caller's mistakes logged in one line."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what could not be handled."""
        if status >= 500:
            return super().handle_error(request, status, exc, message)
        told = " ".join((message or "malformed").split())[:200]
        log.info("refused bytes that are not HTTP: %s", told)
        response = refusal(Refused(status, f"request is not HTTP: {told}; send an HTTP/1.1 request"))
        response.force_close()
        return response

    def log_exception(self, *args: Any, **options: Any) -> None:
        """Log a defect, but not that the rest of a broken body could not be read either."""
        if not isinstance(options.get("exc_info"), (web.RequestPayloadError, ConnectionError)):
            super().log_exception(*args, **options)
