"""How to get to a host, as the environment says: through which proxy, with which password, trusting whom.

What `requests` takes from the environment, so that both clients go the same way.
"""

from __future__ import annotations

import base64
import netrc
import os
import ssl
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass


class Way(NamedTuple):
    """`proxy` is an address, `headers` go along with each request, `trust` is for https."""

    proxy: str | None
    headers: dict[str, str]
    trust: ssl.SSLContext | None


def way_to(url: str) -> Way:
    """Return how to get to the host of an address. Reads the environment, and files that it names."""
    parts = urlsplit(url)
    trust = _trust() if parts.scheme == "https" else None
    return Way(None if _bypassed(parts) else _proxy(parts.scheme), _password(parts), trust)


def _proxy(scheme: str) -> str | None:
    proxies = getproxies()
    found = proxies.get(scheme) or proxies.get("all")
    return f"http://{found}" if found and "://" not in found else found


def _bypassed(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    if proxy_bypass(host if parts.port is None else f"{host}:{parts.port}"):
        return True
    try:
        number = ip_address(host)
    except ValueError:
        return False
    names = (os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or "").replace(" ", "").split(",")
    return any(_holds(name, number) for name in names if "/" in name)


def _holds(network: str, number: object) -> bool:
    try:
        return number in ip_network(network, strict=False)
    except ValueError:
        return False


def _password(parts: SplitResult) -> dict[str, str]:
    """Look up the host in the netrc file, unless the address has a password itself."""
    named = os.environ.get("NETRC")
    files = [Path(one).expanduser() for one in ([named] if named else ["~/.netrc", "~/_netrc"])]
    file = next((one for one in files if one.exists()), None)
    if file is None or parts.username is not None:
        return {}
    try:
        found = netrc.netrc(str(file)).authenticators(parts.hostname or "")
    except (netrc.NetrcParseError, OSError):
        return {}
    if found is None:
        return {}
    text = f"{found[0] or found[1]}:{found[2]}".encode("latin-1", "replace")
    return {"Authorization": f"Basic {base64.b64encode(text).decode()}"}


def _trust() -> ssl.SSLContext:
    named = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or _bundle()
    if named is None:
        return ssl.create_default_context()
    folder = Path(named).is_dir()
    return ssl.create_default_context(capath=named if folder else None, cafile=None if folder else named)


def _bundle() -> str | None:
    try:
        # It comes with requests, which trusts it.
        import certifi
    except ImportError:
        return None
    return certifi.where()
