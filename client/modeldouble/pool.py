"""The connections of one thread, and what its requests have in common, prepared once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import extract_cookies_to_jar as _extract

from modeldouble.patience import Patience, patient

# What `requests` reads of the environment for each request: proxies, certificates, and where .netrc lies.
_VARIABLES = (
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC", "HOME", "USERPROFILE", "REQUEST_METHOD"),
)
# .netrc and the system's proxies are no variables: they are looked at again after so many seconds.
_FRESH = 5.0
_MOST = 64

# Without types in requests.
_extract_cookies_to_jar: Callable[..., object] = _extract


class Pool:
    """One `requests.Session`, for POSTs only. Of one thread, save for `close`.

    `requests` works out anew for each request which proxy, certificates, credentials and headers an address wants,
    which is a third of what a small request costs. Here that is kept as long as the environment stays as it is.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.patience = Patience(clock)
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter(self.patience))
        self._environment: tuple[object, ...] = ()
        self._prepared: dict[tuple[object, ...], tuple[requests.PreparedRequest, Any]] = {}

    def close(self) -> None:
        """Close the idle connections. Later requests open new ones."""
        self._session.close()

    def post(
        self, url: str, headers: Mapping[str, str], content_type: str, body: Any, timeout: tuple[float, float]
    ) -> requests.Response:
        """Send `body`, which has a length, and return the answer, of which no more than the head has been read."""
        template, settings = self._preparation(url, headers)
        request = template.copy()
        request.headers["Content-Type"] = content_type
        request.headers["Content-Length"] = str(len(body))
        request.body = body
        response = self._session.get_adapter(url).send(request, timeout=timeout, **settings)
        if "Set-Cookie" in response.headers:
            _extract_cookies_to_jar(self._session.cookies, request, response.raw)
            self._prepared.clear()
        return response

    def _preparation(self, url: str, headers: Mapping[str, str]) -> tuple[requests.PreparedRequest, Any]:
        """Return a request without a body, and what the adapter is told besides."""
        environment = (time.monotonic() // _FRESH, *map(os.environ.get, _VARIABLES))
        if environment != self._environment or len(self._prepared) >= _MOST:
            self._prepared.clear()
            self._environment = environment
        key = (url, *headers.items())
        known = self._prepared.get(key)
        if known is not None:
            return known
        session = self._session
        template = session.prepare_request(requests.Request("POST", url, headers=dict(headers)))
        made = template, session.merge_environment_settings(template.url or url, {}, True, None, None)
        # Not with cookies, which have a path, a life and an end of it.
        if not len(session.cookies):
            self._prepared[key] = made
        return made


class _Adapter(HTTPAdapter):
    """Connections that wait no longer than `patience` allows, through a proxy too."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named)
        self._calm(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **named)
        if not known:
            self._calm(manager)
        return manager

    def _calm(self, manager: Any) -> None:
        pools = manager.pool_classes_by_scheme
        manager.pool_classes_by_scheme = {
            scheme: type(pool.__name__, (pool,), {"ConnectionCls": patient(pool.ConnectionCls, self._patience)})
            for scheme, pool in pools.items()
        }
