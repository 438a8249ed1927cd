"""What has changed of a model since it was last told: each part of it alone, as cheaply as nothing has."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ..fake import Fake
from ..faults.meeting import recount
from ..journal import Journal, fitting
from ..meta import Meta
from ..model import Model
from . import jobs
from .call import cut
from .models import classes, line

if TYPE_CHECKING:
    from ..shared import SharedLog
    from ..stubs.engine import Miss

Json = dict[str, Any]
News = tuple[str, Json]
"""The name of an event, and what it tells."""
MOST_AT_ONCE, MOST_BEHIND = 200, 1000
"""Entries of one event, and of those that came meanwhile: who is further behind does not see the oldest."""
_MISSES = 100
_JOBS_EVERY, _UNUSED_EVERY = 0.5, 1.0
_SHARE = 10
"""Jobs, and stubs that are unused, are not looked at for so many times as long as that took."""
_UNDEPLOYED = ("not_deployed", "cold_start")


class Follower:
    """One journal, from an entry on. `log` is that of all servers, if they share a store."""

    def __init__(self, journal: Journal, log: "SharedLog | None", since: int | None) -> None:
        """`since` None: what was told before is not known, and is to be forgotten."""
        self._journal, self._log = journal, log
        self._since, self._clears, self._count = since or 0, journal.clears, -1
        self._forget = since is None
        self._last: bytes | None = None
        """The row of the last entry that was told: another one under its number comes after a clearing elsewhere."""

    async def news(self) -> list[Json]:
        """The entries that came, oldest first, a part at a time; [] if nothing did."""
        count, clears = len(self._journal) if self._log is None else (await self._log.size())[0], self._journal.clears
        cleared = self._forget or clears != self._clears or count < self._since or await self._is_another()
        if count == self._count and not cleared:
            return []
        self._since = 0 if cleared else self._since
        entries = await self._entries()
        self._count, self._clears, self._forget = count, clears, False
        if entries:
            self._since = max(self._since, entries[-1]["number"])
        if self._log is not None:
            self._last = await self._log.row(self._since)
        parts = [entries[at : at + MOST_AT_ONCE] for at in range(0, len(entries), MOST_AT_ONCE)] or [[]]
        return [
            {"entries": part, "count": max(count, self._since), "cleared": cleared and not at}
            for at, part in enumerate(parts)
        ]

    async def _is_another(self) -> bool:
        if self._log is None or self._last is None:
            return False
        return await self._log.row(self._since) not in (None, self._last)

    async def _entries(self) -> list[Json]:
        if self._log is None:
            return [one.told() for one in self._journal.after(self._since, MOST_BEHIND)]
        from ..shared.rows import entry_of

        return await self._log.newest(entry_of(fitting()), MOST_BEHIND, self._since)


class Watched:
    """A model, and the server's own journal beside it."""

    def __init__(self, fake: Fake, model: Model, since: int, now: Callable[[], float] = time.monotonic) -> None:
        """`since` is the last of the model's entries that is known already."""
        console, shared = fake.console, model.shared
        self._model, self._now = model, now
        self._entries = Follower(model.journal, None if shared is None else shared.journal, since)
        self._platform = Follower(console.journal, console.shared, None)
        self._last: dict[str, Json] = {}
        self._known_jobs: dict[str, Json] = {}
        self._jobs_due = self._unused_due = 0.0
        self._unused = 0
        self._missed: bytes | list[Miss] | None = None
        """The last miss that was told."""
        self._meta: Meta | None = None
        self._classes: list[dict[str, str]] = []

    async def news(self) -> list[News]:
        """What has changed since the last time, all of it the first time."""
        found = list(self._changed("model", await self._told()))
        found += [("entries", one) for one in await self._entries.news()]
        found += [("platform", one) for one in await self._platform.news()]
        if (now := self._now()) >= self._jobs_due:
            found += self._changed("jobs", await jobs.told(self._model, jobs.MOST, self._known_jobs))
            await recount(self._model)
            self._jobs_due = now + max(_JOBS_EVERY, _SHARE * (self._now() - now))
        faults = self._model.faults
        found += self._changed("faults", {"faults": faults.listed(), "fired": dict(sorted(faults.fired.items()))})
        found += self._changed("misses", await self._misses())
        return found

    def _changed(self, name: str, told: Json) -> Iterator[News]:
        if self._last.get(name) != told:
            self._last[name] = told
            yield name, told

    async def _told(self) -> Json:
        model = self._model
        if model.meta is not self._meta:
            self._meta, self._classes = model.meta, cut(model, classes(model.meta))
        if (now := self._now()) >= self._unused_due:
            self._unused = len(model.stubs.unused())
            self._unused_due = now + max(_UNUSED_EVERY, _SHARE * (self._now() - now))
        latency, listed = model.spec.latency, await line(model)
        return {
            "name": listed["name"], "counts": listed["counts"], "deviations": cut(model, model.noticer.texts),
            "latency": None if latency is None else latency.label, "ahead": model.clock.offset,
            "unused": self._unused, "classes": self._classes, "deployed": _is_deployed(model),
        }  # fmt: skip

    async def _misses(self) -> Json:
        model, last = self._model, self._last.get("misses", {"count": -1})
        if model.shared is None:
            found = model.stubs.misses
            # Others may be as many, after a reset.
            if len(found) == last["count"] and found[-1:] == self._missed:
                return last
            self._missed = found[-1:]
            return {"misses": cut(model, [one.told() for one in found[-_MISSES:]]), "count": len(found)}
        from ..shared.rows import miss_of

        log = model.shared.misses
        total, count = await log.size()
        missed = await log.row(total)
        if count == last["count"] and missed == self._missed:
            return last
        self._missed = missed
        return {"misses": await log.newest(lambda _, row: miss_of(row), _MISSES), "count": count}


def _is_deployed(model: Model) -> bool:
    return not any(one["fault"] in _UNDEPLOYED and not one["over"] for one in model.faults.listed())
