"""How long a model takes for a request: a document that was read, and the queue of one model."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..predict.chance import Chance
from .queue import Queue
from .times import Fixed, Times

_LONGEST_CALL = 86400.0
"""Seconds that one call takes at most, however many pictures it has."""
SYNTHETIC = "synthetic"


class Terms(NamedTuple):
    """What a latency document says. Times are seconds."""

    times: Times = Fixed(0.0)
    by_picture: bool = False
    """The time of a picture is the same whenever it is asked for; else each call has its own."""
    per_image: float | None = None
    """Of each picture after the first; None: each takes as long as the first may."""
    per_megapixel: float = 0.0
    workers: int | None = None
    cold_start: float = 0.0
    idle_after: float | None = None


class Latency:
    """The times of one model. `label` tells whether they were measured or made up, `document` is what was read.

    It has the queue of the model, so each model needs one of its own: `keyed` and `again` make them.
    """

    def __init__(
        self, terms: Terms, document: float | Mapping[str, Any], label: str = SYNTHETIC, key: Sequence[object] = ()
    ) -> None:
        self.terms, self.document, self.label = terms, document, label
        self._key = tuple(key)
        self._queue = Queue(terms.workers, terms.cold_start, terms.idle_after)

    def keyed(self, *key: object) -> "Latency":
        """The same times drawn by another key, such as seed and model, with a queue of their own."""
        return Latency(self.terms, self.document, self.label, key)

    def again(self) -> "Latency":
        """As it was at first: nothing waits, and the first call is cold."""
        return self.keyed(*self._key)

    def service(self, pixels: Sequence[int], number: int, key: str | list[str]) -> float:
        """Seconds that the model works on a call of pictures with so many pixels, without waiting and a cold start.

        A function of its arguments. `number` is the call's, `key` says what is asked: of all, or of each picture.
        """
        terms = self.terms
        if not pixels:
            return 0.0
        drawn = len(pixels) if terms.per_image is None else 1
        seconds = sum(self._draw(at, number, key) for at in range(drawn))
        seconds += (terms.per_image or 0.0) * (len(pixels) - 1) + terms.per_megapixel * sum(pixels) / 1e6
        return min(_LONGEST_CALL, seconds)

    def due(self, pixels: Sequence[int], now: float, number: int, key: str | list[str]) -> float:
        """Seconds until a call that comes `now`, by the model's clock, is answered: waiting, cold start and service.

        To be called once for each request, in the order in which they come; a call without pictures takes no time.
        """
        if not pixels:
            return 0.0
        return self._queue.arrive(now, self.service(pixels, number, key))

    def _draw(self, at: int, number: int, key: str | list[str]) -> float:
        if isinstance(self.terms.times, Fixed):
            return self.terms.times.seconds
        which: tuple[object, ...] = (key[at],) if isinstance(key, list) else (key, at)
        call = () if self.terms.by_picture else (number, at)
        return self.terms.times.at(Chance(*self._key, "latency", *which, *call).unit())
