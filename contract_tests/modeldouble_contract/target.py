"""The app under test, as raw HTTP. Nothing is retried and nothing is followed: what it answers is what is judged."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import requests

from .exchange import Exchange, File, Sent
from .finding import Finding

NEVER = frozenset(("deploy_from_api", "freeze_model", "tracking_by_detection", "run_speedtest", "smart_cache"))
_LARGEST = 256 * 1024 * 1024


class Target:
    """Sends requests to one URL until the suite's deadline.

    `patience` is the most seconds that one answer may take. `secrets` maps a secret to the shell variable that stands
    for it in what people see.
    """

    def __init__(
        self, url: str, *, api_token: str | None = None, patience: float = 30.0, deadline: float = 300.0,
        secrets: Mapping[str, str] | None = None, clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self.url = url.rstrip("/")
        self.api_token = api_token
        self.patience = patience
        self.clock, self.sleep = clock, sleep
        self.asked = 0
        """Inferences asked for so far: pictures, and frames that were asked for by number."""
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
        self.asked += _inferences(route, sent)
        began = self.clock()
        shown = sent._replace(url=self.hide(sent.url), body=None if sent.body is None else self.hide(sent.body))
        try:
            answer = self._ask(sent, min(self.patience, self.left))
        except (requests.RequestException, OSError) as error:
            got = f"{type(error).__name__}: {self.hide(str(error))[:200]}"
            lost = Exchange(route, shown, 0, "", got.encode(), self.clock() - began)
            raise Finding(
                "answer.whole", expected=f"an answer within {self.patience:g} s, to its end", got=got, at=lost
            ) from error
        status, kind, content = answer
        return Exchange(route, shown, status, kind, content, self.clock() - began)

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
            return answer.status_code, kind, _read(answer, self.clock, self.clock() + timeout)


def _read(answer: requests.Response, clock: Callable[[], float], end: float) -> bytes:
    """Take the whole body within time and size: a timeout of requests is one of each single read only."""
    pieces, size = [], 0
    for piece in answer.iter_content(1 << 16):
        pieces.append(piece)
        size += len(piece)
        if size > _LARGEST:
            raise requests.ConnectionError(f"an answer of more than {_LARGEST:,} bytes")
        if clock() > end:
            raise requests.Timeout("the answer did not end in time")
    return b"".join(pieces)


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
