"""Which of the stubs that match a call answer it: for each frame the most specific one."""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import NamedTuple

from .conditions import any_frame
from .stub import Stub

_Rank = tuple[tuple[int, ...], int]
_Spans = dict[int, tuple[Stub, int, int]]


class Tie(NamedTuple):
    """Two stubs that are equally specific, and the first frame at which nothing beats them."""

    stubs: tuple[Stub, Stub]
    frame: int


def contest(matching: Sequence[Stub], frames: range) -> list[Stub] | Tie:
    """The stubs that answer at least one of the frames, oldest first; a picture is one frame."""
    if len(matching) == 1 and matching[0].frames is None:
        return list(matching)
    low, high = min(frames[0], frames[-1]), max(frames[0], frames[-1])
    spans: _Spans = {stub.number: (stub, *_clipped(stub.frames, low, high)) for stub in matching}
    waiting = [(first, number) for number, (_, first, _) in spans.items()]
    heapify(waiting)
    edges = sorted({first for first, _ in waiting} | {last + 1 for _, _, last in spans.values()})
    ranked: list[_Rank] = []
    winners: dict[int, Stub] = {}
    for edge, following in pairwise(edges):
        while waiting and waiting[0][0] <= edge:
            number = heappop(waiting)[1]
            heappush(ranked, (tuple(-one for one in spans[number][0].specificity), number))
        if not any_frame(frames, edge, following - 1):
            continue
        best = [spans[number][0] for number in _best(ranked, edge, spans)]
        if len(best) > 1:
            return Tie((best[0], best[1]), edge)
        winners.update({stub.number: stub for stub in best})
    return [winners[number] for number in sorted(winners)]


def _clipped(frames: range | None, low: int, high: int) -> tuple[int, int]:
    return (low, high) if frames is None else (max(low, frames[0]), min(high, frames[-1]))


def _best(ranked: list[_Rank], at: int, spans: _Spans) -> list[int]:
    """The number of the most specific stub at a frame, and of one that is as specific. Forgets those that ended."""
    best: list[_Rank] = []
    while ranked and len(best) < 2:
        if spans[ranked[0][1]][2] < at:
            heappop(ranked)
        elif best and ranked[0][0] != best[0][0]:
            break
        else:
            best.append(heappop(ranked))
    for one in best:
        heappush(ranked, one)
    return [number for _, number in best]
