"""A rolling restart: one slot after the other gets a new worker, so that at no moment anybody is turned away."""

from collections.abc import Sequence

from .slot import Slot


class Roll:
    """One of them. A slot's turn comes when the one before it is whole again."""

    def __init__(self, slots: Sequence[Slot]) -> None:
        self._left = list(slots)
        self._count = len(self._left)
        self._refusals: int | None = None
        """Of the first slot that is left, when its new worker was started; None: it was not yet."""

    def step(self) -> str | None:
        """Go on; what came of it once it is over."""
        while self._left:
            slot = self._left[0]
            if self._refusals is None:
                if slot.is_moving:
                    return None
                self._refusals = slot.refusals
                slot.begin()
            if slot.refusals != self._refusals:
                return f"restart stopped, and the workers of before go on: {slot.refused}"
            if not slot.is_settled:
                return None
            self._left.pop(0)
            self._refusals = None
        return f"{self._count} workers were restarted"
