"""A fake of the serving app and of the small part of the platform around it.

with modeldouble_server.serve() as server:
    session = modeldouble.Session(session_url=server.session_url)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .clock import Clock
    from .limits import Limits
    from .refusal import CannotServe
    from .server import Server, serve

__all__ = ["CannotServe", "Clock", "Limits", "Server", "serve"]

_WHERE = {"CannotServe": "refusal", "Clock": "clock", "Limits": "limits", "Server": "server", "serve": "server"}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: aiohttp takes 300 ms, which a mere `import` should not cost."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    try:
        return getattr(import_module(f".{_WHERE[name]}", __name__), name)
    except ModuleNotFoundError as error:
        raise ImportError(f"{name} needs {error.name}: pip install 'modeldouble[server]'") from error


def __dir__() -> list[str]:
    return sorted(__all__)
