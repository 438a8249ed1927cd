"""The description of the serving app's routes at GET openapi.json: the contract's own document, read as data.

It is the truth that the fake is judged by, so the fake never makes one of its own.
"""

from functools import cache
from typing import Any

from aiohttp import web

from .answer import WrongMethod, raw_answer
from .model import encoded

ROUTE = "openapi.json"


def describe(method: str) -> web.Response:
    """The document as JSON, whatever model is asked."""
    if method not in ("GET", "HEAD"):
        raise WrongMethod(f"method {method[:16]} is not for {ROUTE}; send GET", ["GET"])
    return raw_answer(_document())


@cache
def _document() -> bytes:
    from importlib.resources import files

    import yaml

    # LibYAML reads the document in a tenth of the time, where PyYAML was built with it.
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    source = files("modeldouble_contract").joinpath("openapi.yaml").read_bytes()
    return encoded(yaml.load(source, Loader=loader))  # noqa: S506
