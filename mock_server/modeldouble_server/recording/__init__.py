"""Recordings of serving apps: `modeldouble record` writes them, `modeldouble serve --replay` answers from them."""

from .identity import identity
from .replayed import recorded_model

__all__ = ["identity", "recorded_model"]
