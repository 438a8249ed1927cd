"""Answers that take the place of the model's."""

from collections.abc import Callable

from aiohttp import web

from ..answer import refusal
from ..refusal import Refused
from .orders import Fired

_PAGE = """<html>
<head><title>{status} {reason}</title></head>
<body>
<center><h1>{status} {reason}</h1></center>
<hr><center>nginx</center>
</body>
</html>
"""


def replaced(fired: Fired, route: str) -> web.Response:
    """The answer that the fault gives."""
    return _MADE[fired.name](fired, route)


def _status(fired: Fired, route: str) -> web.Response:
    made = refusal(Refused(fired.value("status"), f"{route}: {fired.value('message')}"))
    if fired.value("retry_after") is not None:
        made.headers["Retry-After"] = f"{fired.value('retry_after'):g}"
    return made


def _html(fired: Fired, route: str) -> web.Response:
    made = web.Response(status=fired.value("status"), content_type="text/html")
    made.text = _PAGE.format(status=made.status, reason=made.reason)
    return made


def _empty(fired: Fired, route: str) -> web.Response:
    return web.Response(body=b"", content_type="application/json")


def _no_content(fired: Fired, route: str) -> web.Response:
    return web.Response(status=204)


def _redirect(fired: Fired, route: str) -> web.Response:
    # A path of this server only: an order that comes in over the network must send no client elsewhere.
    location = "/" + str(fired.value("location")).lstrip("/")
    return web.Response(status=fired.value("status"), headers={"Location": location})


_MADE: dict[str, Callable[[Fired, str], web.Response]] = {
    "status": _status, "html": _html, "empty": _empty, "no_content": _no_content, "redirect": _redirect,
}  # fmt: skip
