"""What a browser sees at the root. Clients of 2023 ask for it too, and break if it redirects."""

from html import escape

from aiohttp import web

from .model import Model

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>modeldouble</title>
<body style="font-family: system-ui, sans-serif; max-width: 40rem; margin: 3rem auto">
<h1>modeldouble</h1><p>A test double for a deployed model is running here{playing}.</p>
{pace}
<p>Give this address to a client as its <code>session_url</code>, or to the platform's client as SERVER_ADDRESS.</p>
</body></html>
"""


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
