"""Which of the stubs that were taken for a video answers a frame."""

from bisect import bisect_right
from collections.abc import Mapping

from ..scene import Turn
from .errors import Unmatched
from .index import Spans
from .stub import Stub


class Plan:
    """Made once for the turns of a job and asked for each frame, as a job may have a stub for every frame."""

    def __init__(self, turns: tuple[Turn, ...], stubs: Mapping[int, Stub]) -> None:
        self.turns = turns
        self._taken: dict[int, tuple[Stub, int]] = {}
        self._whole: list[int] = []
        self._spans = Spans()
        self._edges: list[int] = []
        for number, use in turns:
            if number not in stubs:
                raise Unmatched(f"stub {number} answered this call and was cleared since; call again")
            self._add(stubs[number], use)
        self._edges.sort()

    def _add(self, stub: Stub, use: int) -> None:
        self._taken[stub.number] = stub, use
        if stub.frames is None:
            self._whole.append(stub.number)
        else:
            self._spans.add(stub.frames, stub.number)
            self._edges += stub.frames.start, stub.frames.stop

    def best(self, frame: int | None) -> tuple[Stub, int] | None:
        """The most specific stub and its use, for a frame or, with None, for a picture."""
        at = [] if frame is None else self._spans.near(frame, frame)
        taken = [self._taken[number] for number in (*self._whole, *at)]
        meant = [one for one in taken if one[0].frames is None or (frame is not None and frame in one[0].frames)]
        return max(meant, key=lambda one: one[0].specificity, default=None)

    def alike(self, frames: range) -> range:
        """The first of these frames, which are not empty: those before any stub's frames begin or end."""
        first, step = frames[0], frames.step
        at = bisect_right(self._edges, first)
        if step > 0:
            return frames if at == len(self._edges) else frames[: len(range(first, self._edges[at], step))]
        return frames if at == 0 else frames[: len(range(first, self._edges[at - 1] - 1, step))]
