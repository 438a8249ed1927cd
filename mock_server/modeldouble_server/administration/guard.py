"""Who may use `/__admin/` and `/metrics`.

Who reaches them can stop any model, so a web page must not, wherever it was loaded from: a browser sends a page's
requests to loopback as well, and a name that its owner points at 127.0.0.1 makes them look like the same site's.
"""

import hmac
import ipaddress
from typing import NamedTuple

from aiohttp import web

from ..refusal import Refused, shown

_OFF = (
    "the admin API and /metrics are switched off, as others than this machine reach the server; set"
    " MODELDOUBLE_ADMIN_TOKEN to a secret of your own and start it again"
)


class NotAllowed(Refused):
    """The caller did not show who it is."""

    def __init__(self, text: str) -> None:
        super().__init__(401, text)


class Guard(NamedTuple):
    """`host` is what the server is bound to; `public`: others than this machine reach it."""

    host: str
    public: bool
    token: str | None

    def check(self, request: web.Request) -> None:
        """Refuse a request that may be a web page's, or that lacks the token."""
        if self.public and self.token is None:
            raise Refused(404, _OFF)
        host = request.headers.get("Host", "")
        origin = request.headers.get("Origin")
        if origin is not None and origin.lower() != f"{request.scheme}://{host}".lower():
            raise Refused(403, f"Origin is {shown(origin)}, a page of another site; ask from a program, not a browser")
        site = request.headers.get("Sec-Fetch-Site", "none").lower()
        # What a page embeds, such as a picture, says no Origin; who follows a link says what it is for.
        if site not in ("none", "same-origin") and request.headers.get("Sec-Fetch-Dest") != "document":
            text = f"Sec-Fetch-Site is {shown(site)}, a page of another site"
            raise Refused(403, f"{text}; ask from a program, or from the server's own page")
        if self.token is not None:
            self._check_token(request.headers.get("Authorization", ""))
        elif not self.is_own(host):
            raise Refused(403, f"Host is {shown(host)}, which is not this machine; ask http://127.0.0.1 or localhost")

    def _check_token(self, given: str) -> None:
        scheme, _, token = given.partition(" ")
        # In constant time; bytes, as a header may have any.
        same = hmac.compare_digest(token.strip().encode(errors="replace"), (self.token or "").encode())
        if scheme.lower() != "bearer" or not same:
            raise NotAllowed(
                "Authorization is missing or wrong; send `Authorization: Bearer TOKEN` with MODELDOUBLE_ADMIN_TOKEN"
            )

    def is_own(self, host: str) -> bool:
        """A Host header names this machine, or what the server is bound to."""
        name = _name(host)
        return name in ("localhost", self.host.lower()) or _is_loopback(name)


def _name(host: str) -> str:
    """A Host header without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
