"""Stubs: `when(...).predict(...)`, what a test tells the model to answer.

Pure: knows queries and answers, no wire. `Stubs` is a predictor; a serving part takes the stubs of a call with `take`,
once for each picture of a request and once for each video, and asks `predict` as often as it likes.
"""

from .asked import pixels_digest
from .conditions import Exactly
from .engine import Miss, Stubs
from .errors import Raised, Tied, Unmatched
from .seen import seen
from .stub import Stub, When

__all__ = ["Exactly", "Miss", "Raised", "Stub", "Stubs", "Tied", "Unmatched", "When", "pixels_digest", "seen"]
