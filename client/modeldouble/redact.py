"""The one place that knows what a secret looks like in a URL or a message."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PATTERNS = (
    re.compile(r"(/net/)[^/\s?#'\"]+"),
    re.compile(r"(://)[^/\s@]+(?=@)"),
    re.compile(r"((?:api_?token|x-api-key|session_?token)[\"']?\s*[:=]\s*[\"']?)[^\s\"'&,}]+", re.IGNORECASE),
    # The platform's own tokens: 128 characters without a break.
    re.compile(r"()\b[A-Za-z0-9]{128}\b"),
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Replace session tokens, API tokens and passwords in `text` by `***`."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    for pattern in _PATTERNS:
        text = pattern.sub(r"\1***", text)
    return text
