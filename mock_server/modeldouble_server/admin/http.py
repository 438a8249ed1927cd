"""One request to the admin API over `requests`, bounded in time, and what it answered or why not."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from .errors import AdminError, Unreachable


class Http:
    """The connections of one client. `timeout` is in seconds, of connecting and of each silence."""

    def __init__(self, url: str, token: str | None, timeout: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"url is {_shown(url)}; give the server's address, such as 'http://127.0.0.1:27209'")
        if timeout <= 0:
            raise ValueError(f"timeout is {timeout!r}; give seconds, a number over 0")
        self.url, self._timeout = url.rstrip("/"), timeout
        self._session = requests.Session()
        # Neither a proxy, which would see the token, nor a password file, which would replace it.
        self._session.trust_env = False
        if token is not None:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def send(self, method: str, path: str, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        """The JSON of an answer below `/__admin/`; a refusal is an AdminError."""
        return self._json(self._sent(method, f"{self.url}/__admin/{path}", body, query))

    def upload(self, path: str, content: bytes, query: Mapping[str, Any]) -> Any:
        """As `send`, of a POST whose body is no JSON."""
        return self._json(self._sent("POST", f"{self.url}/__admin/{path}", None, query, content))

    def text(self, path: str) -> str:
        """The text of an answer."""
        answer = self._sent("GET", f"{self.url}/{path}", None, None)
        if not answer.ok:
            self._json(answer)
        return answer.text

    def close(self) -> None:
        """End the connections."""
        self._session.close()

    def _sent(
        self, method: str, url: str, body: Any, query: Mapping[str, Any] | None, content: bytes | None = None
    ) -> requests.Response:  # fmt: skip
        headers = {} if content is None else {"Content-Type": "application/octet-stream"}
        try:
            return self._session.request(
                method, url, json=body, data=content, params=_written(query or {}), headers=headers,
                timeout=self._timeout, allow_redirects=False,
            )  # fmt: skip
        except requests.exceptions.InvalidJSONError as error:
            raise ValueError(f"body is no JSON ({error}); give finite numbers, texts, lists and mappings") from error
        except requests.RequestException as error:
            kind = type(error).__name__
            raise Unreachable(f"no fake answers at {self.url} ({kind}); start `modeldouble serve` there") from error

    def _json(self, answer: requests.Response) -> Any:
        try:
            told = answer.json()
        except ValueError:
            told = None
        if answer.ok and isinstance(told, dict):
            return told
        detail = told.get("detail") if isinstance(told, dict) else None
        remedy = f"{self.url} answered {answer.status_code} and is no fake with an admin API; check the address"
        raise AdminError(answer.status_code, detail if isinstance(detail, str) else remedy)


def _written(query: Mapping[str, Any]) -> dict[str, str]:
    found = {name: value for name, value in query.items() if value is not None}
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in found.items()}


def _shown(url: object) -> str:
    """An address without what might be a password in it."""
    text = repr(url)
    return f"'...@{text.rpartition('@')[2]}" if "@" in text else text
