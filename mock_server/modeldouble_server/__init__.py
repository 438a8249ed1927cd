"""A fake of the serving app and of the small part of the platform around it.

with modeldouble_server.serve() as server:
    session = modeldouble.Session(session_url=server.session_url)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .clock import Clock
    from .limits import Limits
    from .server import CannotServe, Server, serve

__all__ = ["CannotServe", "Clock", "Limits", "Server", "serve"]

_WHERE = {"CannotServe": "server", "Clock": "clock", "Limits": "limits", "Server": "server", "serve": "server"}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: aiohttp takes 300 ms, which a mere `import` should not cost."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_WHERE[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
