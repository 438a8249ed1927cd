"""How often a model was asked, and each of its stubs answered, counted over all servers of a store."""

from collections import deque
from collections.abc import Sequence

from ..scene import Query, Turn
from ..store import Claim, Store, Writes
from ..stubs import Stub, Stubs
from ..stubs.contest import Tie

_NO_END = 2**62
_FORMER = 8
"""Resets of which it is known what was counted before them: of all but the last, it was most often dropped then."""


class SharedTurns:
    """Of one model: its counters lie under `prefix` of the store until a reset, and each count is one operation.

    What was counted for an answer that did not go out stays counted: a stub answers so many times at the most.
    """

    def __init__(self, store: Store, prefix: str) -> None:
        self._store = store
        self._prefix = prefix
        self.life = "0"
        """What names the time since the last reset."""
        self._former: deque[str] = deque(maxlen=_FORMER)

    async def numbered(self, count: int) -> int:
        """Count so many calls; the number of the first, from 1, which those of the others follow."""
        return (await self._store.advance(self._key("calls"), _NO_END, count))[0] + 1

    async def coming(self) -> int:
        """The number that the next call will have."""
        return await self._store.count(self._key("calls")) + 1

    def of_order(self, name: str) -> str:
        """Where the calls of an order of faults are counted, as a Claim says it."""
        return self._key(f"order:{name}")

    async def of_orders(self, names: Sequence[str]) -> list[tuple[int, int]]:
        """How many calls each of these orders has counted, and how many have met it."""
        claims = [Claim(self.of_order(name)) for name in names]
        found = await self._store.counts([key for one in claims for key in (one.calls, one.taken)])
        return list(zip(found[::2], found[1::2], strict=True))

    async def forget_orders(self, names: Sequence[str]) -> None:
        """Forget how often orders were met that nobody counts any more."""
        claims = [Claim(self.of_order(name)) for name in names]
        await self._store.apply(Writes(delete=[key for one in claims for key in (one.calls, one.taken)]))

    async def use(self, stub: int, end: int | None) -> int | None:
        """Use a stub up by one; the number of the use, from 0, or None if all of its `end` uses were used up before."""
        start, after = await self._store.advance(self._key(f"stub:{stub}"), _NO_END if end is None else end, 1)
        return start if after > start else None

    async def uses_of(self, stubs: Sequence[int]) -> list[int]:
        """How many calls each of the stubs answered."""
        return await self._store.counts([self._key(f"stub:{one}") for one in stubs])

    async def uses(self, stub: int) -> int:
        """How many calls a stub answered."""
        return await self._store.count(self._key(f"stub:{stub}"))

    async def follow(self, stubs: Stubs, chosen: Sequence[Stub]) -> bool:
        """Let stubs know what all servers have used up of them; False if one of them cannot answer any more."""
        for stub in chosen:
            life, used = self.life, await self.uses(stub.number)
            # What was used up before a reset is not what is used up now.
            if life == self.life:
                stubs.follow(stub, used)
        return all(stub.live and stubs.has(stub) for stub in chosen)

    async def take(self, stubs: Stubs, query: Query, call: int) -> tuple[Turn, ...]:
        """`Stubs.take`, with uses that are counted here. Raises Tied or Unmatched as that does.

        What others have used up of a stub is known here when it was asked for, so another one is looked for then.
        """
        held: dict[Stub, int] = {}
        # Each time, a stub was found to be used up or removed, and is not found again.
        while True:
            held = {stub: use for stub, use in held.items() if stubs.has(stub)}
            found = stubs.find(query, call, list(held))
            several = found.stubs if isinstance(found, Tie) else found[1:] and found
            if await self._are_outdated(stubs, several, held):
                continue
            chosen = stubs.settle(query, call, found)
            if await self._use_all(stubs, chosen, held):
                return tuple([Turn(stub.number, held[stub]) for stub in chosen])

    async def _are_outdated(self, stubs: Stubs, several: Sequence[Stub], held: dict[Stub, int]) -> bool:
        """Whether one of those cannot answer, which was not known here: of the others, nothing is used up yet."""
        free = [stub for stub in several if stub not in held]
        for stub in free:
            if stub.end is None:
                continue
            life, used = self.life, await self.uses(stub.number)
            if life != self.life:
                return True
            stubs.follow(stub, used)
        return not all(stub.live and stubs.has(stub) for stub in free)

    async def _use_all(self, stubs: Stubs, chosen: Sequence[Stub], held: dict[Stub, int]) -> bool:
        """Use up those that are not held; False if one of them cannot answer.

        A video may need several. If one is used up by another server at this very moment, those before it stay held,
        and the frames of that one go to whom they are for without it. Where this is a tie, the call is refused, and
        what it had used up is lost.
        """
        for stub in chosen:
            if stub in held:
                continue
            life, end = self.life, stub.end
            use = await self.use(stub.number, end)
            # What was counted before a reset says nothing of what came after it.
            if life == self.life:
                stubs.follow(stub, (end or 0) if use is None else use + 1)
            if use is None:
                return False
            held[stub] = use
        return all(stubs.has(stub) for stub in chosen)

    def begin_again(self, life: str, ends: str | None = None) -> None:
        """Count from the beginning, as every server does when it comes to know of a reset: `life` names what follows,
        and `ends` what the one who made the reset has counted for.

        Under other keys: a server that does not know yet, or is about to answer what it was asked before, counts for
        the time before the reset.
        """
        for one in (ends, self.life):
            if one is not None and one not in self._former:
                self._former.append(one)
        self.life = life

    async def forget_former(self) -> None:
        """Forget what was counted before the last resets. To be called when every server knows of the last one: for
        who does not, what is used up would be as new."""
        for life in list(self._former):
            await self._store.drop(f"{self._prefix}{life}:")

    def _key(self, what: str) -> str:
        return f"{self._prefix}{self.life}:{what}"
