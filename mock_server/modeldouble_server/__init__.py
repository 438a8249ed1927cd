"""A fake of the serving app and of the small part of the platform around it.

with modeldouble_server.serve() as server:
    session = modeldouble.Session(session_url=server.session_url)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .clock import Clock
    from .limits import Limits
    from .model import ModelSpec
    from .received import Call
    from .refusal import CannotServe
    from .scene import Answer, Detection, Query
    from .served import ServedModel
    from .server import Server, serve
    from .stubs import Exactly
    from .stubs.seen import seen
    from .unused import UnusedStub

__all__ = [
    "Answer", "Call", "CannotServe", "Clock", "Detection", "Exactly", "Limits", "ModelSpec", "Query", "ServedModel",
    "Server", "UnusedStub", "seen", "serve",
]  # fmt: skip

_WHERE = {
    "Answer": "scene", "Call": "received", "CannotServe": "refusal", "Clock": "clock", "Detection": "scene",
    "Exactly": "stubs", "Limits": "limits", "ModelSpec": "model", "Query": "scene", "ServedModel": "served",
    "Server": "server", "UnusedStub": "unused", "seen": "stubs", "serve": "server",
}  # fmt: skip


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
