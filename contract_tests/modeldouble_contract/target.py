"""The app under test, as raw HTTP. Nothing is retried and nothing is followed: what it answers is what is judged."""

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from typing import Any, TypeVar

import requests
from urllib3.exceptions import HTTPError

from .exchange import Exchange, File, Sent
from .finding import Finding, not_checked

NEVER = frozenset(("deploy_from_api", "freeze_model", "tracking_by_detection", "run_speedtest", "smart_cache"))
_LARGEST = 256 * 1024 * 1024
_GRACE = 0.5
"""Seconds after which an answer is late that each single read was in time for."""
_ALONE = ("inference_image", "inference_batch")
_Found = TypeVar("_Found")


class Target:
    """Sends requests to one URL until the suite's deadline.

    `patience` is the most seconds that one answer may take, `largest` the most bytes that it may have. `secrets` maps
    a secret to the shell variable that stands for it in what people see.
    """

    def __init__(
        self, url: str, *, api_token: str | None = None, patience: float = 30.0, deadline: float = 300.0,
        secrets: Mapping[str, str] | None = None, largest: int = _LARGEST,
        clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self.url = url.rstrip("/")
        self.api_token = api_token
        self.patience = patience
        self.clock, self.sleep = clock, sleep
        self.asked = 0
        """Inferences asked for so far: pictures, and frames that were asked for by number."""
        self._inferred, self._took = 0, 0.0
        self._largest = largest
        self._secrets = dict(secrets or {})
        self._deadline = clock() + deadline
        self._http = requests.Session()
        self._http.trust_env = False

    def post(self, route: str, state: Mapping[str, Any] | None = None, **also: Any) -> Exchange:
        """Send the standard JSON body: `state`, which gets empty settings, an empty context and the token."""
        whole = {"state": {"settings": {}, **(state or {})}, "context": {}, "api_token": self.api_token, **also}
        return self.send("POST", route, json.dumps(whole))

    def send(
        self, method: str, route: str, body: str | None = None, content_type: str = "application/json"
    ) -> Exchange:
        """Send `body` as it is."""
        kind = None if body is None else content_type
        return self._exchange(route, Sent(method, f"{self.url}/{route}", body, kind))

    def form(
        self, route: str, files: Sequence[File], state: Mapping[str, Any] | str | None = None, part: str = "settings"
    ) -> Exchange:
        """Send a form: files, and the state as the text of one part; `state` as text is sent as it is."""
        text = state if isinstance(state, str) or state is None else json.dumps(state)
        fields = () if text is None else ((part, text),)
        return self._exchange(route, Sent("POST", f"{self.url}/{route}", files=tuple(files), fields=fields))

    @property
    def left(self) -> float:
        """Seconds to the suite's deadline."""
        return self._deadline - self.clock()

    @property
    def pace(self) -> float:
        """Seconds that one picture took on average; 0 before the first."""
        return self._took / self._inferred if self._inferred else 0.0

    def hide(self, text: str) -> str:
        """`text` with shell variables in the place of secrets."""
        for secret, name in self._secrets.items():
            text = text.replace(secret, f"${name}")
        return text

    def _exchange(self, route: str, sent: Sent) -> Exchange:
        if route.strip("/") in NEVER and sent.method == "POST":
            raise RuntimeError(f"the suite never calls {route}: it would change the target")
        if self.left <= 0:
            raise Finding("suite.deadline", expected="all checks done before the deadline", got="the deadline passed")
        count = _inferences(route, sent)
        self.asked += count
        began, limit = self.clock(), min(self.patience, self.left)
        shown = sent._replace(url=self.hide(sent.url), body=None if sent.body is None else self.hide(sent.body))
        try:
            status, kind, content = _within(limit + _GRACE, lambda: self._ask(sent, limit))
        except (requests.RequestException, HTTPError, OSError) as error:
            if limit < self.patience and self.clock() - began >= limit:
                not_checked("the time of the run ended before an answer came", "give the run more with --deadline")
            got = f"{type(error).__name__}: {self.hide(str(error))[:200]}"
            lost = Exchange(route, shown, 0, "", got.encode(), self.clock() - began)
            raise Finding(
                "answer.whole", expected=f"an answer within {limit:g} s (--patience), to its end", got=got, at=lost
            ) from error
        seconds = self.clock() - began
        if status == 200 and route in _ALONE:
            self._inferred, self._took = self._inferred + count, self._took + seconds
        return Exchange(route, shown, status, kind, content, seconds)

    def _ask(self, sent: Sent, timeout: float) -> tuple[int, str, bytes]:
        files = [("files", (file.name, file.content)) for file in sent.files]
        # Settings go as a part without a file name, also where no file is sent, so that the body is always a form.
        parts: Any = [*((name, (None, text)) for name, text in sent.fields), *files] or None
        # A connection each: an app that failed closes its own, and the next request would be lost with it.
        headers = {"Connection": "close"} | ({} if sent.content_type is None else {"Content-Type": sent.content_type})
        data = None if sent.body is None else sent.body.encode("utf-8", "surrogatepass")
        with self._http.request(
            sent.method, sent.url, data=data, files=parts, headers=headers, timeout=timeout, allow_redirects=False,
            stream=True,
        ) as answer:  # fmt: skip
            kind = answer.headers.get("Content-Type", "").split(";")[0].strip().lower()
            return answer.status_code, kind, self._read(answer, self.clock() + timeout)

    def _read(self, answer: requests.Response, end: float) -> bytes:
        """Take the whole body within time and size."""
        pieces, size = [], 0
        for piece in answer.iter_content(1 << 16):
            pieces.append(piece)
            size += len(piece)
            if size > self._largest:
                raise requests.ConnectionError(f"an answer of more than {self._largest:,} bytes")
            if self.clock() > end:
                raise requests.Timeout(_LATE)
        return b"".join(pieces)


_LATE = "the answer did not end in time"


def _within(seconds: float, ask: Callable[[], _Found]) -> _Found:
    """What `ask` gives; requests.Timeout if it takes longer.

    A timeout of requests is one of each single read, and an answer that comes byte by byte is read for hours. Its
    thread is left alone, and ends with the answer.
    """
    found: Future[_Found] = Future()

    def fill() -> None:
        try:
            found.set_result(ask())
        except BaseException as error:  # noqa: BLE001  raised again by result()
            found.set_exception(error)

    threading.Thread(target=fill, daemon=True).start()
    try:
        return found.result(seconds)
    except NotInTime:
        if found.done():
            raise
        raise requests.Timeout(_LATE) from None


def _inferences(route: str, sent: Sent) -> int:
    if sent.method != "POST" or not route.startswith("inference_"):
        return 0
    try:
        state = json.loads(sent.body)["state"] if sent.body else json.loads(dict(sent.fields).get("settings", "{}"))
        frames, ids = state.get("framesCount"), state.get("batch_ids") or state.get("images_ids")
    except (ValueError, TypeError, KeyError, AttributeError):
        return 0
    if isinstance(frames, int):
        return frames
    return len(ids) if isinstance(ids, list) else max(1, len(sent.files))
