"""What is seen at the root: a page for browsers, and a small one for clients.

Clients of 2023 ask for the root too, and break if it redirects.
"""

from html import escape
from typing import NamedTuple

from aiohttp import web

from ..answer import WrongMethod
from ..model import Model
from ..refusal import Refused, shown

_INDEX = "index.html"
_TYPES = {
    "css": "text/css", "html": "text/html", "js": "text/javascript", "svg": "image/svg+xml",
}  # fmt: skip
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>modeldouble</title>
<body style="font-family: system-ui, sans-serif; max-width: 40rem; margin: 3rem auto">
<h1>modeldouble</h1><p>A test double for a deployed model is running here{playing}.</p>
{pace}
<p>Give this address to a client as its <code>session_url</code>, or to the platform's client as SERVER_ADDRESS.</p>
</body></html>
"""


def at_root(request: web.Request, model: Model | None) -> web.Response:
    """The page for whoever takes HTML, which browsers say of themselves, and the small page for others."""
    wanted = "text/html" in request.headers.get("Accept", "").lower()
    said = part(request, _INDEX) if wanted else page(model)
    said.headers["Vary"] = "Accept"
    return said


def part(request: web.Request, name: str) -> web.Response:
    """A file of the page, or 304 where the caller has it already; a name that is none of them is a 404."""
    if request.method not in ("GET", "HEAD"):
        raise WrongMethod(f"method {request.method[:16]} is not for the page; send GET", ["GET", "HEAD"])
    found = _read(name)
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": _POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "ETag": found.tag,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    known = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    if found.tag in known or "*" in known:
        return web.Response(status=304, headers=headers)
    return web.Response(body=found.content, content_type=found.kind, charset="utf-8", headers=headers)


class _File(NamedTuple):
    content: bytes
    kind: str
    tag: str


def _read(name: str) -> _File:
    # Loaded on first use, as no client of a model asks for it.
    import hashlib
    from importlib.resources import files

    parts = {one.name: one for one in files(__name__).iterdir() if _kind(one.name)}
    # Out of a list, so that no name leads anywhere else.
    found = parts.get(name)
    if found is None:
        raise Refused(404, f"{shown(name)} is not a file of the page; GET / has the page")
    content = found.read_bytes()
    return _File(content, _TYPES[_kind(name)], f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def _kind(name: str) -> str:
    suffix = name.rpartition(".")[2]
    return suffix if suffix in _TYPES else ""


def page(model: Model | None) -> web.Response:
    """A page that says what runs here."""
    playing = f", playing <b>{escape(str(model.spec.info.get('app_name')))}</b>" if model is not None else ""
    latency = None if model is None else model.spec.latency
    pace = "" if latency is None else f"<p>Its answers take their time, which is <b>{escape(latency.label)}</b>.</p>"
    headers = {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(text=_PAGE.format(playing=playing, pace=pace), content_type="text/html", headers=headers)
