"""How long a slot stays empty when its worker has died."""

_FIRST, _MOST = 0.5, 30.0
_HOLDS = 60.0
"""Seconds of serving after which a death is no consequence of the one before."""


class Backoff:
    """Of one slot: no pause the first time, then half a second, and twice as long each time, 30 s at most."""

    def __init__(self) -> None:
        self._deaths = 0

    def pause(self, lived: float) -> float:
        """Seconds until the next worker, after one that has served for `lived` seconds."""
        self._deaths = 1 if lived >= _HOLDS else self._deaths + 1
        if self._deaths == 1:
            return 0.0
        return min(_MOST, _FIRST * (1 << min(self._deaths - 2, 16)))
