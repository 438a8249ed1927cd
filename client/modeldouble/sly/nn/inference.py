"""Both kinds of session are one here: a prediction is a dict and answers as an annotation too."""

from modeldouble.session import Session

SessionJSON = Session

__all__ = ["Session", "SessionJSON"]
