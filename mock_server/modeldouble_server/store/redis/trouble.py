"""What is wrong when Redis does not do what it was asked, and what to do about it."""

import re

from redis.exceptions import ConnectionError, TimeoutError

from ...redaction import CUT, Secrets
from .. import StoreDown
from .address import Address

_KNOWN = tuple(
    (re.compile(pattern), problem, remedy)
    for pattern, problem, remedy in (
        (
            "used memory > 'maxmemory'", "is full: its maxmemory is used up",
            "raise it (CONFIG SET maxmemory ...), or wait until jobs expire",
        ),
        ("BusyLoadingError|LOADING", "is loading its data from disk", "ask again in some seconds"),
        ("read only replica|READONLY", "is a replica that takes no writes", "name its primary"),
        (
            "WRONGPASS|NOAUTH|Authentication|invalid password|invalid username-password",
            "does not take the password, or wants one", "write it into the URL: redis://:PASSWORD@HOST:PORT/DB",
        ),
        (
            "NOPERM|NoPermission|has no permissions|user executing the script", "does not permit what was asked",
            "grant the user @all on the keys of the prefix",
        ),
        ("MISCONF", "cannot save its data and therefore takes no writes", "look into its log, and at its disk"),
        ("MASTERDOWN|MasterDown", "has lost its primary", "start that, or name another"),
        ("BUSY", "is busy with a script", "ask again in some seconds; SCRIPT KILL ends it"),
        ("WRONGTYPE", "has something else under our keys", "name another prefix, ?prefix=NAME in the URL"),
        ("max number of clients", "has as many clients as it takes", "raise its maxclients"),
        (
            "CERTIFICATE_VERIFY_FAILED", "has a certificate that is not trusted for this name",
            "name its authority, ?ssl_ca_certs=FILE in the URL",
        ),
        ("DB index is out of range", "has no database of that number", "name another in the URL"),
        (
            "No connection available", "is slower than it is asked: no connection became free",
            "ask less at once, or start more replicas of it",
        ),
    )
)  # fmt: skip


class NotSent(Exception):
    """There was no connection, so that nothing was asked. The cause tells why."""


def down(error: Exception, address: Address, answer: float) -> StoreDown:
    """The error as it is told above. `answer`: seconds that were waited for one."""
    sent = not isinstance(error, NotSent)
    cause = error if sent else error.__cause__ or error
    told = f"{type(cause).__name__} {cause}"
    name = f"Redis at {address}"
    for pattern, problem, remedy in _KNOWN:
        if pattern.search(told):
            return StoreDown(name, problem, remedy)
    if not sent:
        return StoreDown(name, "cannot be reached", f"start it, or name another ({_plain(cause, address)})")
    if isinstance(cause, TimeoutError):
        return StoreDown(name, f"did not answer within {answer:g} s", "see what keeps it busy", unsure=True)
    if isinstance(cause, (ConnectionError, OSError)):
        return StoreDown(name, "went away before it answered", "start it again, then ask again", unsure=True)
    return StoreDown(name, "refused what was asked", f"see its log ({_plain(cause, address)})")


def _plain(error: BaseException, address: Address) -> str:
    text = str(error)
    for secret in address.secrets:
        text = text.replace(secret, CUT)
    # Whole before it is shortened: of a secret that is cut in two, half would be left.
    return " ".join(Secrets(address.secrets).cut(text).split())[:200]
