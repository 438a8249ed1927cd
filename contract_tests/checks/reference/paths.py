"""docs/paths.md: every path that the fake answers, made from its tables of handlers and the admin API's document."""

from modeldouble_server.administration.document import document
from modeldouble_server.administration.routes import ROUTES as ADMIN
from modeldouble_server.app import _HANDLERS as ENTRANCE
from modeldouble_server.serving.routes import LACKING

from .table import code, table

_HEAD = """# Every path that is answered

The first row that fits decides. This page is made from the tables of handlers:
`python -m contract_tests.checks.reference.make`.

"""
WHERE = {
    "/net/(?P<token>[^{}/]+)/(?P<route>.*)": (
        "/net/SESSION_TOKEN/ROUTE", "a model by its session token: [routes of a serving app](endpoints.md)"),
    "/public/api/v3/(?P<method>.*)": ("/public/api/v3/METHOD", "the platform: [its methods](platform.md)"),
    "/__admin": ("/__admin", "the admin API, below"),
    "/__admin/(?P<path>.*)": ("/__admin/PATH", "the admin API, below"),
    "/metrics": ("/metrics", "GET: what is told to [Prometheus](metrics.md)"),
    "/__page/(?P<name>.*)": ("/__page/FILE", "GET: what belongs to the page at `/`"),
    "/(?P<route>.*)": (
        "/, /ROUTE",
        "GET of `/`: a page to look at; else the first model, by the same routes. Off loopback it is closed"),
    "(?s:.*)": ("anything else", "404"),
}  # fmt: skip
"""Pattern -> how a person writes it, and what answers."""
_LACKING = """
## Serving app

[endpoints.md](endpoints.md) has every route. Real apps have these too, which the fake lacks; it answers 501, which no
client repeats: {}.
"""
_ADMIN = """
## Admin API

Below `/__admin/`. `GET /__admin/openapi.json` has parameters, bodies and answers of each;
[who may ask](admin.md#who-may-ask).

"""


def page() -> str:
    """The page, as Markdown."""
    rows = [(", ".join(map(code, WHERE[one][0].split(", "))), WHERE[one][1]) for one in ENTRANCE]
    lacking = _LACKING.format(", ".join(code(route) for route in sorted(LACKING)))
    return _HEAD + table(("path", "what answers"), rows) + lacking + _ADMIN + _admin()


def admin_routes() -> set[tuple[str, str]]:
    """Path below `/__admin/` and method, of each that has a handler."""
    return {(path, method) for path, methods in ADMIN.items() for method in methods}


def _admin() -> str:
    rows = []
    for path, methods in ADMIN.items():
        told = document()["paths"].get(f"/{path}", {})
        rows += [(code(f"/__admin/{path}"), one, told.get(one.lower(), {}).get("summary", "")) for one in methods]
    return table(("path", "method", "what it does"), rows)
