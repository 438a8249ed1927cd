"""One server at a time, of those that share a store: what several of them would otherwise do at once."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from .meanwhile import meanwhile
from .refusal import CannotServe
from .store import Store, Writes

_LOOK_EVERY = 0.05
_LASTS = 10.0
"""Seconds after which the turn of a server that was killed is over."""
_RENEWED_EVERY = 3.0
_MOST_LOOKS = 1200


@asynccontextmanager
async def turn(store: Store, key: str, sleep: Callable[[float], Awaitable[None]]) -> AsyncIterator[None]:
    """Do something while no other server does it. Who waits a minute for nothing is a CannotServe."""
    mine = secrets.token_bytes(16)
    for _ in range(_MOST_LOOKS):
        if await store.create(key, mine, _LASTS):
            break
        await sleep(_LOOK_EVERY)
    else:
        text = f"another server has been starting for {_MOST_LOOKS * _LOOK_EVERY:.0f} s; look at its log, and try again"
        raise CannotServe(text)
    try:
        # One that is another's by now stays the other's.
        async with meanwhile(partial(store.swap, key, mine, mine, _LASTS), _RENEWED_EVERY, sleep):
            yield
    finally:
        # It may have lasted too long, and be another's by now.
        await store.apply(Writes(delete=[key], same={key: mine}))
