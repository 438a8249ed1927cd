"""What a run came to, for people and for machines."""

from .summary import Report, Shown, Unchecked, summary, unchecked

__all__ = ["Report", "Shown", "Unchecked", "summary", "unchecked"]
