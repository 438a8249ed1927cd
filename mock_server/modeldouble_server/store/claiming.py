"""A call that several may take: who of them does, and how often each has, decided at one moment."""

from collections.abc import Sequence
from typing import NamedTuple


class Claim(NamedTuple):
    """One who counts calls and takes some of them, unless another before it has taken the call."""

    key: str
    """Its counters are `calls` and `taken`."""
    times: int | None = None
    """How many it takes at the most. Afterwards it counts no more."""
    last: int | None = None
    """The number of the last call that it counts; the first is 1."""
    first: int = 1
    """Of which call `chosen` begins to tell."""
    chosen: str = ""
    """Of one call after the other, 1 where it takes it and 0 where not; empty: it takes every one."""

    @property
    def calls(self) -> str:
        """The counter of the calls that it has counted."""
        return f"{self.key}#calls"

    @property
    def taken(self) -> str:
        """The counter of the calls that it has taken."""
        return f"{self.key}#taken"


class Claimed(NamedTuple):
    """What became of a call, and what was read at the same moment."""

    value: bytes | None
    counter: int
    beside: int
    counts: Sequence[tuple[int, int]]
    """Of each claim, in their order: calls and how many of them it took, this one with them if it was counted."""
    counted: bool
    """False: nothing was written. The counter beside stood elsewhere, or some `chosen` does not tell of this call."""
    taker: int | None = None
    """Whose the call is: the place among the claims."""


def claimed(
    claims: Sequence[Claim], read: tuple[bytes | None, int, int], before: Sequence[tuple[int, int]], stands: int
) -> Claimed:
    """What becomes of a call, and of counters that were `before`; `read`: value, count and the counter beside."""
    after, taker = list(before), None
    if read[2] != stands:
        return Claimed(*read, before, counted=False)
    for at, (claim, (calls, taken)) in enumerate(zip(claims, before, strict=True)):
        used_up = claim.times is not None and taken >= claim.times
        if used_up or (claim.last is not None and calls >= claim.last):
            continue
        takes = taker is None
        if takes and claim.chosen:
            place = calls + 1 - claim.first
            if not 0 <= place < len(claim.chosen):
                return Claimed(*read, before, counted=False)
            takes = claim.chosen[place] == "1"
        taker = at if takes else taker
        after[at] = (calls + 1, taken + takes)
    return Claimed(*read, after, counted=True, taker=taker)


def grown(
    claims: Sequence[Claim], before: Sequence[tuple[int, int]], after: Sequence[tuple[int, int]]
) -> dict[str, int]:  # fmt: skip
    """The counters that are greater than before, by their keys."""
    keys = [key for one in claims for key in (one.calls, one.taken)]
    was, now = ([count for pair in pairs for count in pair] for pairs in (before, after))
    return {key: count for key, old, count in zip(keys, was, now, strict=True) if count > old}
