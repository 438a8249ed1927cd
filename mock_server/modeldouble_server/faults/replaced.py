"""Answers that take the place of the model's."""

from collections.abc import Callable

from aiohttp import web

from ..answer import answer, refusal
from ..refusal import Refused
from ..serving.call import Call
from .orders import Fired

_PAGE = """<html>
<head><title>{status} {reason}</title></head>
<body>
<center><h1>{status} {reason}</h1></center>
<hr><center>nginx</center>
</body>
</html>
"""


def replaced(fired: Fired, call: Call) -> web.Response:
    """The answer that the fault gives."""
    return _MADE[fired.name](fired, call)


def _status(fired: Fired, call: Call) -> web.Response:
    made = _failed(fired.value("status"), fired.value("message"), call)
    if fired.value("retry_after") is not None:
        made.headers["Retry-After"] = str(fired.value("retry_after"))
    return made


def _failed(status: int, message: str, call: Call) -> web.Response:
    if status == 500:
        crashed = call.crash(f"RuntimeError({message!r})")
        if crashed is not None:
            return crashed
    text = f"{call.route}: {message}"
    # What FastAPI makes of an exception with a status; later releases add to it.
    bare = call.dialect.has("error-is-detail")
    return answer({"detail": text}, status) if bare else refusal(Refused(status, text))


def _html(fired: Fired, call: Call) -> web.Response:
    made = web.Response(status=fired.value("status"), content_type="text/html")
    made.text = _PAGE.format(status=made.status, reason=made.reason)
    return made


def _empty(fired: Fired, call: Call) -> web.Response:
    return web.Response(body=b"", content_type="application/json")


def _no_content(fired: Fired, call: Call) -> web.Response:
    return web.Response(status=204)


def _redirect(fired: Fired, call: Call) -> web.Response:
    # A path of this server only: an order that comes in over the network must send no client elsewhere.
    location = "/" + str(fired.value("location")).lstrip("/")
    return web.Response(status=fired.value("status"), headers={"Location": location})


_MADE: dict[str, Callable[[Fired, Call], web.Response]] = {
    "status": _status, "html": _html, "empty": _empty, "no_content": _no_content, "redirect": _redirect,
}  # fmt: skip
