"""Recordings of serving apps: `modeldouble record` writes them, `modeldouble serve --replay` answers from them."""

from .replayed import recorded_model

__all__ = ["recorded_model"]
