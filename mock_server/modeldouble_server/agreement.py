"""What servers that share a store must have in common, or the same question would be answered differently by them.

Each says in the store what it serves, as long as it runs; one that serves something else does not begin. One that was
killed is forgotten within a minute.
"""

import hashlib
import json
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress

from .meanwhile import meanwhile
from .redaction import CUT
from .refusal import CannotServe, shown
from .store import Store, StoreDown

log = logging.getLogger("modeldouble_server")
FORMAT = 2
"""Of what lies in the store."""
_SEAL = "sha256:"
_MARK, _SERVERS = "format", "servers:"
_MOST = 10_000
"""Servers that are looked at."""
_LASTS = 60.0
_RENEWED_EVERY = 20.0

Term = int | float | str | None
Terms = Mapping[str, Term]
"""By name, what all must have in common. None of it may be secret."""


def sealed(secret: str) -> str:
    """A secret as it may stand in terms: another one is another text, which does not tell it."""
    return f"{_SEAL}{hashlib.sha256(secret.encode('utf-8', 'surrogatepass')).hexdigest()}"


async def check_format(store: Store) -> None:
    """Say in the store what its format is. One of a later release is a CannotServe."""
    mark = str(FORMAT).encode()
    if await store.create(_MARK, mark):
        return
    found = await store.get(_MARK) or mark
    if not found.isdigit():
        raise CannotServe(f"the store's format is {shown(found)}, which is none; give another ?prefix=, or empty it")
    if int(found) < FORMAT:
        text = f"the store is of format {int(found)}, of an earlier release, which counts faults otherwise"
        raise CannotServe(f"{text}; give another ?prefix=, or empty it")
    if int(found) > FORMAT:
        raise CannotServe(
            f"the store is of format {int(found)}, newer than {FORMAT}, which this release knows;"
            " upgrade modeldouble, or give another ?prefix="
        )


@asynccontextmanager
async def agreed(
    store: Store, terms: Terms, sleep: Callable[[float], Awaitable[None]], name: str | None = None
) -> AsyncIterator[None]:
    """Serve on these terms, which only one server at a time may begin with. Others' that differ are a CannotServe."""
    mine = f"{_SERVERS}{name or secrets.token_hex(16)}"
    differs = await _differs(store, mine, terms)
    if differs is not None:
        raise CannotServe(f"servers of one store must be alike: {differs}; {_REMEDY}")
    written = json.dumps(terms).encode()
    warned = False

    async def renew() -> None:
        nonlocal warned
        # As a store that is full swaps, but puts nothing.
        if not await store.swap(mine, written, written, _LASTS):
            await store.put(mine, written, _LASTS)
        # Its own may have expired while the store was away, and others begun.
        differs = None if warned else await _differs(store, mine, terms)
        if differs is not None:
            warned = True
            log.warning("servers of one store must be alike, and are not any more: %s; %s", differs, _REMEDY)

    await store.put(mine, written, _LASTS)
    try:
        async with meanwhile(renew, _RENEWED_EVERY, sleep):
            yield
    finally:
        with suppress(StoreDown):
            await store.delete(mine)


_REMEDY = (
    "give all of them the same, or another ?prefix=, or end all that run and start them anew"
    " (of those that were killed, a minute later; a rolling restart cannot change this)"
)


async def _differs(store: Store, mine: str, terms: Terms) -> str | None:
    """The first term in which a server that runs differs, as a person should read it."""
    for key, raw in await store.scan(_SERVERS, _MOST):
        theirs = _read(raw)
        for name in (*terms, *(one for one in theirs if one not in terms)):
            if key != mine and terms.get(name) != theirs.get(name):
                return _told(name, theirs.get(name), terms.get(name))
    return None


def _read(raw: bytes) -> Terms:
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _told(name: str, theirs: Term, mine: Term) -> str:
    if name.endswith("token") or (_is_sealed(theirs) and _is_sealed(mine)):
        return f"one that runs has another {name} than this one"
    return f"one that runs has {name} {_short(theirs)}, this one {_short(mine)}"


def _short(value: Term) -> str:
    if _is_sealed(value):
        return CUT
    return "none" if value is None else shown(value[:40] if isinstance(value, str) else value)


def _is_sealed(value: Term) -> bool:
    return isinstance(value, str) and value.startswith(_SEAL)
