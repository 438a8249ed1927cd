"""Who can reach a server, and the tokens that it needs then."""

import ipaddress
import re

from .default_world import API_TOKEN, SESSION_TOKEN
from .refusal import CannotServe

_PLAIN_TOKEN = re.compile(r"[A-Za-z0-9._~-]+")


def is_loopback(host: str) -> bool:
    """Only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_host(host: str) -> None:
    """Refuse an empty host: it is every address of this machine to a socket, and none to a client."""
    if not host.strip():
        raise CannotServe(
            f"host {host!r} is no address; use --host 127.0.0.1, or --host 0.0.0.0 for every address of this machine"
        )


def check_tokens(
    host: str, api_token: str | None, session_token: str | None, admin_token: str | None
) -> None:  # fmt: skip
    """Refuse what others could guess on a host that they can reach, and tokens that fit nowhere."""
    own = api_token not in (None, "", API_TOKEN) and session_token not in (None, "", SESSION_TOKEN)
    if not own and not is_loopback(host):
        raise CannotServe(
            f"host {host!r} is not loopback, and anyone who knows the built-in tokens could call the fake; set"
            " MODELDOUBLE_API_TOKEN and MODELDOUBLE_SESSION_TOKEN to secrets of your own, or use --host 127.0.0.1"
        )
    given = (api_token, session_token, admin_token)
    for name, token in zip(("API_TOKEN", "SESSION_TOKEN", "ADMIN_TOKEN"), given, strict=True):
        if token and not _PLAIN_TOKEN.fullmatch(token):
            rest = "does not fit into a URL, a header or an env file; use letters, digits and -._~"
            raise CannotServe(f"MODELDOUBLE_{name} {rest}")
    if admin_token and admin_token in (API_TOKEN, SESSION_TOKEN, api_token, session_token):
        raise CannotServe("MODELDOUBLE_ADMIN_TOKEN opens something else already; set a secret of its own")
