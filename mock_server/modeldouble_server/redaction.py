"""What a secret looks like, and how it is cut out of whatever the server keeps: the one registry of it.

A secret is known by the place where it stands (a key, a header, a part of a URL), and from then on by its value.
"""

import json
import logging
import re
from collections.abc import Iterable, Mapping
from typing import Any, TextIO
from urllib.parse import quote

CUT = "***"
_NAMES = frozenset(
    (
        "token", "apitoken", "sessiontoken", "accesstoken", "refreshtoken", "apikey", "xapikey", "xtaskapitoken",
        "authorization", "proxyauthorization", "cookie", "setcookie", "password", "secret",
    )
)  # fmt: skip
"""Keys and headers whose value is a secret, in lower case, without - and _."""
_PLACES = (
    re.compile(r"(/net/)[^/\s?#'\"\\]+"),
    re.compile(r"(://)[^/\s@'\"]+(?=@)"),
    re.compile(r"([?&](?:api_?|session_?|access_?)?token=)[^&\s#'\"\\]+", re.IGNORECASE),
    re.compile(
        r"((?:(?:api|session|access)_?token|(?:x-)?api-key|x-task-api-token|authorization|cookie)"
        r"\\?[\"']?\s*[:=]\s*\\?[\"']?(?:bearer\s+|basic\s+)?)[^\s\"'&,}\\]+",
        re.IGNORECASE,
    ),
)
_IN_URLS = _PLACES[0], _PLACES[2]
_ENVIRONMENT = (
    "API_TOKEN", "SUPERVISELY_API_TOKEN", "SESSION_TOKEN", "MODELDOUBLE_API_TOKEN", "MODELDOUBLE_SESSION_TOKEN",
    "MODELDOUBLE_ADMIN_TOKEN",
)  # fmt: skip
_MARKS = re.compile("[:/=]")
_MASK = re.compile(r"eJ[A-Za-z0-9+/]*={0,2}")
"""A packed mask, in which letters may stand by chance as they do in a URL."""
_ANYWHERE, _AS_A_WORD = 8, 4
"""Least length at which a known secret is cut wherever it stands, and where it stands alone."""
_MOST_KNOWN = 1000
_QUOTED = re.compile("%[0-9A-F]{2}")
_ENCODER = json.JSONEncoder(ensure_ascii=False)


class Secrets:
    """The secrets that are known by now, and the scissors. Values in `known` are secrets wherever they stand."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known: dict[str, set[str]] = {}
        self._literal = re.compile("(?!)")
        for one in known:
            self.learn(one)

    def learn(self, value: object) -> None:
        """Know a value as a secret from now on; short ones are cut where they stand only."""
        if not isinstance(value, str) or len(value) < _AS_A_WORD or value == CUT or value in self._known:
            return
        self._known[value] = _forms(value)
        while len(self._known) > _MOST_KNOWN:
            del self._known[next(iter(self._known))]
        # The longest first: one may begin with another.
        forms = {form for each in self._known.values() for form in each}
        ordered = sorted(forms, key=lambda one: (-len(one), one))
        self._literal = re.compile("|".join(map(_pattern, ordered)))

    def learn_headers(self, headers: Mapping[str, str]) -> None:
        """Know what the headers of a request bear."""
        for name, value in headers.items():
            if _plain(name) in _NAMES:
                for one in value.split(";"):
                    # `Bearer x`, `name=x` and `x` are all about x.
                    self.learn(one.strip().rpartition(" ")[2].partition("=")[2] or one.strip().rpartition(" ")[2])

    def learn_url(self, url: str) -> None:
        """Know the token in a path and in a query."""
        for pattern in _IN_URLS:
            for found in pattern.finditer(url):
                self.learn(found.group()[len(found.group(1)) :])

    def learn_json(self, value: Any) -> None:
        """Know what stands under the keys of secrets."""
        if isinstance(value, dict):
            for key, one in value.items():
                if _plain(key) in _NAMES:
                    self.learn(one)
                self.learn_json(one)
        elif isinstance(value, list):
            for one in value:
                self.learn_json(one)

    def cut(self, text: str) -> str:
        """A text without secrets. What was cut once is cut to the same again."""
        # Every place has a mark in it, which a job's id and most names lack.
        plain = not _MARKS.search(text) or _MASK.fullmatch(text)
        # First, as a place may end within a secret.
        text = self._literal.sub(CUT, text)
        if not plain:
            for pattern in _PLACES:
                text = pattern.sub(rf"\1{CUT}", text)
        return text

    def cut_json(self, value: Any) -> Any:
        """JSON without secrets, in its order; numbers stay as they are."""
        if isinstance(value, str):
            return self.cut(value)
        if isinstance(value, list):
            return [self.cut_json(one) for one in value]
        if isinstance(value, dict):
            return {self.cut(key): self._under(key, one) for key, one in value.items()}
        return value

    def _under(self, key: str, value: Any) -> Any:
        return CUT if isinstance(value, str) and value and _plain(key) in _NAMES else self.cut_json(value)

    def within(self, content: Any) -> bool:
        """A known secret stands in bytes, or in a file that is mapped into memory."""
        known = [one.encode("utf-8", "surrogatepass") for one in self._known if len(one) >= _ANYWHERE]
        return any(content.find(one) >= 0 for one in known)


def cut_log(stream: TextIO, environment: Mapping[str, str]) -> logging.Handler:
    """A handler that writes lines of a log without secrets."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Cut("%(levelname)s %(name)s: %(message)s", known_secrets(environment)))
    return handler


def learn_for_logs(secrets: Iterable[str]) -> None:
    """Let no line show these from now on that a handler of `cut_log` writes for the program as a whole."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, _Cut):
            handler.formatter.learn(secrets)


class _Cut(logging.Formatter):
    def __init__(self, form: str, secrets: Secrets) -> None:
        super().__init__(form)
        self._secrets = secrets

    def learn(self, secrets: Iterable[str]) -> None:
        """Know more of them."""
        for one in secrets:
            self._secrets.learn(one)

    def format(self, record: logging.LogRecord) -> str:
        """The whole text of a record, its traceback included."""
        return self._secrets.cut(super().format(record))


def known_secrets(environment: Mapping[str, str], url: str = "") -> Secrets:
    """What is secret from the start: tokens of the environment, and what the address of an app bears."""
    secrets = Secrets(environment[name] for name in _ENVIRONMENT if environment.get(name))
    secrets.learn_url(url)
    for found in _PLACES[1].finditer(url):
        secrets.learn(found.group()[len(found.group(1)) :].partition(":")[2])
    return secrets


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def _forms(secret: str) -> set[str]:
    """How a secret may be written: as it is, in a URL, in JSON, in what Python shows of it or of its bytes."""
    if secret.isascii() and secret.isalnum():
        return {secret}
    raw = secret.encode("utf-8", "surrogatepass")
    quoted = {quote(raw), quote(raw, safe="")}
    lower = {_QUOTED.sub(lambda found: found[0].lower(), one) for one in quoted}
    # Beside quotes of both kinds, as a text that it stands in may have them.
    shown = {repr(f"'\"{secret}")[4:-1], ascii(f"'\"{secret}")[4:-1], repr(b"'\"" + raw)[5:-1]}
    shown |= {one(secret)[1:-1] for one in (repr, ascii, json.dumps, _ENCODER.encode)} | {repr(raw)[2:-1]}
    return {secret, *quoted, *lower, *shown}


def _pattern(secret: str) -> str:
    return re.escape(secret) if len(secret) >= _ANYWHERE else rf"(?<!\w){re.escape(secret)}(?!\w)"
