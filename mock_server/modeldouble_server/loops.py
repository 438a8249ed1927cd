"""On which event loop a server runs: asyncio's own, or uvloop's, which is an extra."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from .refusal import CannotServe, shown

LOOPS = ("asyncio", "uvloop")
Run = Callable[[Coroutine[Any, Any, None]], None]


def runner(name: str) -> Run:
    """What runs a coroutine to its end on a new loop of that name; a CannotServe if there is none."""
    if name not in LOOPS:
        raise CannotServe(f"loop is {shown(name)}; use {' or '.join(LOOPS)}")
    if name == "asyncio":
        return asyncio.run
    try:
        import uvloop  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        remedy = "pip install 'modeldouble[uvloop]', which Windows has not, or use loop asyncio"
        raise CannotServe(f"loop uvloop is not installed: {remedy}") from error
    run: Run = uvloop.run
    return run
