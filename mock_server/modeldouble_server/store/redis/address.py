"""Where a Redis is, as a URL says it, and what of that may be shown."""

import re
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from ...refusal import CannotServe

PREFIX = "modeldouble"
_PREFIX = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_FORMS = "redis://[:PASSWORD@]HOST[:PORT][/DB], rediss:// (TLS) or unix://[:PASSWORD@]/PATH"
_KNOWN = {
    "redis": frozenset(("prefix",)),
    "rediss": frozenset(("prefix", "ssl_ca_certs")),
    "unix": frozenset(("prefix", "db")),
}
"""What may stand in a URL's query."""


class Address:
    """One Redis, one of its databases, and the prefix of our keys in it. A URL that makes no sense is a CannotServe.

    `str` and `repr` are for logs and answers: neither shows the password, which `secrets` has for the registry of them.
    """

    __slots__ = ("_ca", "_db", "_parts", "_password", "prefix", "scheme")

    def __init__(self, url: str, prefix: str | None = None) -> None:
        try:
            # Also what is no text of UTF-8.
            url.encode()
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise CannotServe(f"the Redis URL has no usable host and port; write {_FORMS}") from None
        if "@" in f"{parts.path}{parts.query}{parts.fragment}":
            # Else what follows would be told as a database or an option, and is the rest of a password.
            remedy = "write / ? # and @ of a password as %2F %3F %23 %40"
            raise CannotServe(f"the Redis URL has an @ behind its host, where a password must have ended; {remedy}")
        if parts.scheme not in _KNOWN or not (parts.path if parts.scheme == "unix" else parts.hostname) or port == 0:
            raise CannotServe(f"the Redis URL is not understood; write {_FORMS}")
        query = _query(parts)
        self.scheme, self._parts = parts.scheme, parts
        self._password = None if parts.password is None else unquote(parts.password)
        self._ca = query.get("ssl_ca_certs")
        self._db = _db(query.get("db", "") if self.scheme == "unix" else parts.path.strip("/"))
        self.prefix = _prefix(query.get("prefix", PREFIX) if prefix is None else prefix)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        return (self._password,) if self._password else ()

    def __str__(self) -> str:
        if self.scheme == "unix":
            return f"unix://{self._parts.path}?db={self._db}"
        host = self._parts.hostname or ""
        return f"{self.scheme}://{f'[{host}]' if ':' in host else host}:{self._parts.port or 6379}/{self._db}"

    def __repr__(self) -> str:
        return f"<Address {self}>"

    def connection(self) -> dict[str, Any]:
        """The arguments of redis-py's connection."""
        user = self._parts.username
        told: dict[str, Any] = {"db": self._db, "username": unquote(user) if user else None, "password": self._password}
        if self.scheme == "unix":
            return {**told, "path": unquote(self._parts.path)}
        told |= {"host": self._parts.hostname, "port": self._parts.port or 6379}
        if self.scheme == "rediss":
            told |= {"ssl_ca_certs": self._ca, "ssl_cert_reqs": "required", "ssl_check_hostname": True}
        return told


def _query(parts: SplitResult) -> dict[str, str]:
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    known = _KNOWN[parts.scheme]
    if unknown := sorted(query.keys() - known):
        # The value may be a password.
        raise CannotServe(f"?{unknown[0][:40]}= in the Redis URL is not known; there is {', '.join(sorted(known))}")
    return query


def _db(text: str) -> int:
    if not re.fullmatch("[0-9]{0,5}", text):
        raise CannotServe(f"{text[:40]!r} in the Redis URL is not the number of a database; write 0, or leave it away")
    return int(text or 0)


def _prefix(text: str) -> str:
    # A colon within would let one prefix begin with another, and two fakes see each other's keys.
    plain = text.removesuffix(":")
    if not _PREFIX.fullmatch(plain):
        raise CannotServe(f"the prefix {text[:80]!r} of keys in Redis is not 1 to 64 letters, digits, '.', '_' or '-'")
    return f"{plain}:"
