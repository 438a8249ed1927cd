"""From status, headers and body to JSON or the right error: what every HTTP route here has in common. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from modeldouble.errors import (
    BadAnswer,
    EmptyAnswer,
    HtmlAnswer,
    ModelDoubleError,
    NotDeployed,
    NotFound,
    Redirected,
    Refused,
    ServerFailed,
    WrongToken,
)
from modeldouble.retry import PASSING

_REMEDIES = {
    401: "Is the token right, and is it one of this platform?",
    403: "Is the token right, and may its owner do this?",
    413: "Send a smaller image, or fewer of them at once",
    501: "The server does not offer this call",
}


class Answer(NamedTuple):
    """One whole HTTP answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def read_json(route: str, status: int, headers: Mapping[str, str], body: bytes) -> Any:
    """Return the JSON value of a successful answer, or raise what the answer means."""
    check_status(route, status, headers, body)
    if status == 204 or not body.strip():
        raise EmptyAnswer(f"{route} answered {status} without a body. Is this the address of a serving app?")
    try:
        return json.loads(body)
    except ValueError:
        raise BadAnswer(route, "the body", body[:200], "JSON") from None


def read_object(route: str, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """Like `read_json`, for routes that answer a JSON object."""
    value = read_json(route, status, headers, body)
    if not isinstance(value, dict):
        raise BadAnswer(route, "the body", value, "a JSON object")
    return value


def check_status(route: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raise unless the answer is a success that is no web page."""
    if 300 <= status < 400:
        location = headers.get("location", "nowhere")
        text = f"{route} answered {status}, a redirect to {location}. Give that address, if you trust it, instead"
        raise Redirected(text, location=location)
    if status not in PASSING and _is_html(headers, body):
        raise HtmlAnswer(f"{route} answered {status} with a web page. Is this the address of a serving app?")
    if status >= 400:
        raise _failure(route, status, headers, body)


def _is_html(headers: Mapping[str, str], body: bytes) -> bool:
    return "text/html" in headers.get("content-type", "") or body[:100].lstrip().lower().startswith(
        (b"<!doctype", b"<html")
    )


def _failure(route: str, status: int, headers: Mapping[str, str], body: bytes) -> ModelDoubleError:
    title, reason = explain(body)
    remedy = _REMEDIES.get(status, "")
    if status in PASSING or status >= 500:
        kind = NotDeployed if "undeployed" in title.lower() else ServerFailed
        text = f"{reason}. {remedy}" if remedy else reason
        return kind(status, text, route, title, _retry_after(headers))
    known = {401: WrongToken, 403: WrongToken, 404: NotFound}
    return known.get(status, Refused)(status, reason, route, remedy)


def explain(body: bytes) -> tuple[str, str]:
    """Return title and reason of an error body, whichever of the known forms it has."""
    text = body[:65536].decode("utf-8", "replace")
    try:
        value = json.loads(text)
    except ValueError:
        return "", text[:500].strip() or "no reason given"
    if isinstance(value, str):
        return "", value
    detail = value.get("detail") if isinstance(value, dict) else value
    if isinstance(detail, dict):
        return str(detail.get("title", "")), str(detail.get("message", detail))
    if isinstance(detail, list):
        return "", "; ".join(_problem(item) for item in detail)[:500]
    if isinstance(value, dict):
        return "", str(detail or _platform_reason(value))[:2000]
    return "", text[:500]


def _problem(item: object) -> str:
    # The validation errors of FastAPI also carry `input`, which echoes the bytes of the upload: left out.
    if not isinstance(item, dict):
        return str(item)
    return f"{'.'.join(map(str, item.get('loc', ())))}: {item.get('msg', 'invalid')}"


def _platform_reason(value: dict[str, Any]) -> str:
    reasons = [str(value[key]) for key in ("error", "message") if value.get(key)]
    details = value.get("details")
    first = details[0] if isinstance(details, list) and details else details
    if isinstance(first, dict) and first.get("message"):
        reasons.append(str(first["message"]))
    return ": ".join(reasons) or json.dumps(value)[:500]


def _retry_after(headers: Mapping[str, str]) -> float | None:
    text = headers.get("retry-after", "")
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        # The form with a date: counted from the answer's own clock, not from ours.
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError, TypeError):
        return None
    return max(0.0, wait.total_seconds())
