"""Is there a serving app to judge at all? Until that is so, nothing that a target does is a finding."""

import json
import time
from collections.abc import Callable
from urllib.parse import urljoin

import requests

_BODY: dict[str, object] = {"state": {}, "context": {}}
_HTML = (b"<!doctype", b"<html", b"<?xml")
_ENOUGH = 16
_PAUSE = 0.5


class CannotCheck(Exception):
    """Nothing can be judged; the text says why, and what to do."""


def find_target(
    url: str, api_token: str | None, *, wait: float = 0.0, timeout: float = 30.0,
    clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep,
) -> None:  # fmt: skip
    """Return once get_session_info answers 200 with something that is not HTML, else raise CannotCheck after `wait`."""
    end = clock() + wait
    while (reason := _reason(url.rstrip("/"), api_token, timeout)) is not None:
        if clock() >= end:
            hint = "" if wait else "; a slow start can be waited for with --wait SECONDS"
            raise CannotCheck(f"{reason}{hint}")
        sleep(_PAUSE)


def _reason(url: str, api_token: str | None, timeout: float) -> str | None:
    body = json.dumps({**_BODY, "api_token": api_token})
    headers = {"Content-Type": "application/json"}
    try:
        with requests.Session() as http:
            http.trust_env = False
            asked = http.post(f"{url}/get_session_info", data=body, headers=headers, timeout=timeout, stream=True,
                              allow_redirects=False)  # fmt: skip
            with asked as answer:
                if answer.status_code != 200:
                    return _undeployed(http, url, timeout) or _other(answer)
                html = _is_html(answer, time.monotonic() + timeout)
                return "it answers with a web page: give the URL of a serving app" if html else None
    except (requests.RequestException, ValueError) as error:
        return f"nothing answers there ({type(error).__name__}): start the app, or correct the URL"


def _is_html(answer: requests.Response, end: float) -> bool:
    if "html" in answer.headers.get("Content-Type", "").lower():
        return True
    head = b""
    try:
        for piece in answer.iter_content(1):
            head = (head + piece).lstrip()
            if len(head) >= _ENOUGH or time.monotonic() > end:
                break
    except requests.RequestException:
        # It said 200 and then broke off: that is for the suite to judge.
        return False
    return head.lower().startswith(_HTML)


def _undeployed(http: requests.Session, url: str, timeout: float) -> str | None:
    try:
        answer = http.post(f"{url}/is_deployed", json=_BODY, timeout=timeout, allow_redirects=False)
        deployed = answer.json().get("deployed") if answer.status_code == 200 else None
    except (requests.RequestException, ValueError, AttributeError):
        return None
    return (
        "its model is not deployed: deploy it (press Serve in the app), or give --wait" if deployed is False else None
    )


def _other(answer: requests.Response) -> str:
    status = answer.status_code
    if answer.is_redirect:
        there = urljoin(answer.url, answer.headers["Location"])[:200].removesuffix("/get_session_info")
        return f"it redirects ({status}), which is not followed: give {there} as the URL"
    return f"get_session_info answers {status}: it is no serving app, or its model is not deployed (press Serve in it)"
