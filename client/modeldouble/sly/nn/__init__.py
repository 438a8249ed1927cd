"""Neural networks."""

from modeldouble.sly.nn import inference

__all__ = ["inference"]
