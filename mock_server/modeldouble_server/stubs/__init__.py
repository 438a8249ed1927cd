"""Placeholder until the engine is here."""

from typing import Any

from ..scene import Answer, Predictor, Query, Turn


class Raised(Exception):
    kind = ""
    text = ""


class Unmatched(Exception):
    pass


class Tied(Exception):
    pass


class Stubs:
    wants_pixels = False

    def __init__(self, otherwise: Predictor) -> None:
        self._otherwise = otherwise

    def when(self, **conditions: Any) -> Any:
        raise NotImplementedError

    def take(self, query: Query, call: int) -> tuple[Turn, ...]:
        return ()

    def predict(self, query: Query) -> Answer:
        return self._otherwise.predict(query)
