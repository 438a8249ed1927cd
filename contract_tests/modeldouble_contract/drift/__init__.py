"""Truth, A and B side by side: where two targets differ from each other, and which of them keeps the truth."""

from .comparing import announcement, compare
from .row import BEHAVIOUR, LEVELS, SHAPE, STATUS, Drift, Row

__all__ = ["BEHAVIOUR", "LEVELS", "SHAPE", "STATUS", "Drift", "Row", "announcement", "compare"]
