"""Servers without sockets: each has stubs of its own, told the same, and asks them as a served model does."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from modeldouble_server.scene import Answer, Origin, Query, Subject
from modeldouble_server.shared import SharedTurns
from modeldouble_server.store import Claim, Claimed, Store
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.stubs import Stubs, Tied, Unmatched

BOX = (1, 2, 3, 4)
Tell = Callable[[Stubs], object]


class Otherwise:
    """Who answers while there is no stub: nothing is seen."""

    def predict(self, query: Query) -> Answer:
        return Answer()


def query_of(name: str = "a.jpg", frames: range | None = None, route: str = "inference_image") -> Query:
    return Query(Subject("ab" * 32, 64, 48), origin=Origin(route, name, frames=frames))


def seen(stubs: Stubs, query: Query) -> list[str]:
    """The class that is seen on a picture, or on each frame; "" where nothing is."""
    told = []
    for frame in query.origin.frames or [None]:
        found = stubs.predict(query._replace(subject=query.subject._replace(frame=frame)))
        told.append(found.objects[0].class_name if found.objects else "")
    return told


class Sharing:
    """One of the servers that share a store."""

    def __init__(self, store: Store, tell: Tell) -> None:
        self.stubs, self.turns = Stubs(Otherwise()), SharedTurns(store, "m:")
        tell(self.stubs)

    async def see(self, *args: Any, **given: Any) -> list[str]:
        query = query_of(*args, **given)
        number = await self.turns.numbered(1)
        return seen(self.stubs, query._replace(turns=await self.turns.take(self.stubs, query, number)))

    async def told(self, query: Query) -> list[str]:
        """As `see`, or the name of what was raised."""
        try:
            turns = await self.turns.take(self.stubs, query, await self.turns.numbered(1))
        except (Tied, Unmatched) as error:
            return [type(error).__name__]
        return seen(self.stubs, query._replace(turns=turns))


class Alone:
    """A server that shares nothing."""

    def __init__(self, tell: Tell) -> None:
        self.stubs, self._calls = Stubs(Otherwise()), 0
        tell(self.stubs)

    def told(self, query: Query) -> list[str]:
        """What it answers, or the name of what was raised."""
        self._calls += 1
        try:
            turns = self.stubs.take(query, self._calls)
        except (Tied, Unmatched) as error:
            return [type(error).__name__]
        return seen(self.stubs, query._replace(turns=turns))


class Interrupted(SqliteStore):
    """A store that notes its counting, and lets something happen once a counter was moved: `meanwhile`, by its key."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.meanwhile: dict[str, Callable[[], Awaitable[object]]] = {}

    async def advance(self, key: str, ready: int, most: int, ttl: float | None = None) -> tuple[int, int]:
        """As asked for, and before the answer is known, what happens meanwhile."""
        self.asked.append(f"advance {key}")
        told = await super().advance(key, ready, most, ttl)
        happens = self.meanwhile.pop(key, None)
        if happens is not None:
            await happens()
        return told

    async def claim(self, claims: Sequence[Claim], key: str, counter: str, beside: str, stands: int) -> Claimed:
        """As asked for, which is one operation; before it, what happens `meanwhile`, by "claim"."""
        happens = self.meanwhile.pop("claim", None)
        if happens is not None:
            await happens()
        before = len(self.asked)
        told = await super().claim(claims, key, counter, beside, stands)
        self.asked[before:] = ["claim"]
        return told

    async def drop(self, prefix: str) -> None:
        """As asked for; `meanwhile` has what happens then by the last part of the prefix."""
        await super().drop(prefix)
        happens = self.meanwhile.pop(prefix.split(":")[-2], None)
        if happens is not None:
            await happens()

    async def count(self, key: str) -> int:
        """As it is."""
        self.asked.append(f"count {key}")
        return await super().count(key)
