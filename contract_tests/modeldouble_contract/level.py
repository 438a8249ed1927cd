"""How much a check matters, and how many inferences it asks for; said at the check itself."""

from collections.abc import Callable
from typing import Any

import pytest

Check = Callable[..., Any]


def must(asks: int = 0) -> Callable[[Check], Check]:
    """A violation ends the run with status 1. `asks` is the most inferences that the check asks for."""
    return pytest.mark.must(asks=asks)


def should(asks: int = 0) -> Callable[[Check], Check]:
    """A violation is a warning, with --strict it is one like others."""
    return pytest.mark.should(asks=asks)
