"""A serving app that is measured, over HTTP of our own: the client must not be needed to make a profile."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..forward import app_url
from ..redaction import Secrets
from ..refusal import CannotServe, shown
from .measuring import OutOfTime

Json = Mapping[str, Any]
_CONNECT = 5.0
_CHUNK = 1 << 16
_INFO = "get_session_info"
MOST_ANSWER = 64 * 1024 * 1024
_WHO = "0" * 128
"""In place of a token, of which releases of 2023 want 128 characters. The routes that are asked do not use it."""


class App:
    """The app at `url`, asked until `ends`, in seconds of the `timer`. What goes wrong is a CannotServe."""

    def __init__(
        self, url: str, secrets: Secrets, settings: Json, timer: Callable[[], float], ends: float
    ) -> None:  # fmt: skip
        # Loaded on first use, as yaml and Pillow are.
        from requests import Session

        self._url, self._secrets, self._settings = str(app_url(url)).rstrip("/"), secrets, settings
        self._timer, self._ends = timer, ends
        self._http = Session()
        # Straight to the URL that was named: no proxy, and no password out of a .netrc.
        self._http.trust_env = False

    def close(self) -> None:
        """Let the connection go."""
        self._http.close()

    def info(self) -> Json:
        """What the app says of itself."""
        _, found = self._ask(_INFO, {"json": {"state": {}, "context": {}, "api_token": _WHO}})
        if not isinstance(found, dict):
            raise self._wrong(f"says {shown(found)} of itself, as no serving app does; give the root of one")
        return found

    def infer(self, pictures: Sequence[bytes]) -> float:
        """Seconds until the pictures, JPEGs, are answered: a single one as such, more as a batch."""
        route = "inference_image" if len(pictures) == 1 else "inference_batch"
        # Real apps answer equal file names as one picture.
        files = [("files", (f"{at}.jpg", one, "image/jpeg")) for at, one in enumerate(pictures)]
        form = {"settings": json.dumps({"settings": self._settings})}
        seconds, found = self._ask(route, {"files": files, "data": form})
        right = isinstance(found, dict) if len(pictures) == 1 else isinstance(found, list)
        if not right or (len(pictures) > 1 and len(found) != len(pictures)):
            # A model that fails over a batch is a 200 with [] on many releases.
            raise self._wrong(f"answers {route} of {len(pictures)} with {shown(found)}; give --batch-sizes 1, or see"
                              " its log")  # fmt: skip
        return seconds

    def _ask(self, route: str, given: Mapping[str, Any]) -> tuple[float, Any]:
        from requests import Request, RequestException

        try:
            ready = self._http.prepare_request(Request("POST", f"{self._url}/{route}", **given))
            began = self._timer()
            with self._http.send(
                ready, stream=True, timeout=(_CONNECT, self._left()), allow_redirects=False
            ) as answer:  # fmt: skip
                body = self._read(answer)
                seconds = self._timer() - began
        except RequestException as error:
            self._left()
            raise self._wrong(
                f"does not answer {route} ({error}); start the app, or name a longer --deadline"
            ) from None
        if answer.status_code != 200:
            said = shown(body[:300].decode("utf-8", "replace"), 300)
            remedy = "give --settings, --sizes and --batch-sizes that it takes"
            if route == _INFO:
                remedy = "give the root of a serving app, or its session URL"
            raise self._wrong(f"answers {route} with {answer.status_code}: {said}; {remedy}")
        try:
            return seconds, json.loads(body)
        except (ValueError, RecursionError):
            raise self._wrong(f"answers {route} with no JSON; give the root of a serving app") from None

    def _read(self, answer: Any) -> bytes:
        found = bytearray()
        for chunk in answer.iter_content(_CHUNK):
            found += chunk
            if len(found) > MOST_ANSWER:
                raise self._wrong(f"answers with over {MOST_ANSWER:,} bytes; give smaller --sizes or --batch-sizes")
            self._left()
        return bytes(found)

    def _left(self) -> float:
        left = self._ends - self._timer()
        if left <= 0:
            raise OutOfTime(str(self._wrong("does not answer in time; name a longer --deadline")))
        return left

    def _wrong(self, text: str) -> CannotServe:
        return CannotServe(" ".join(self._secrets.cut(f"{self._url} {text}").split()))
