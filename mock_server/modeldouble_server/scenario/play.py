"""A server's scenario from its first reading to the server's end; nothing of it is loaded where there is none."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from ..fake import Fake, Sleep
from ..limits import Limits
from ..world import World

if TYPE_CHECKING:
    from .build import Built
    from .watch import Stamp


class Play:
    """What of a scenario a server has to know before it starts. Without a file, everything is None.

    A file that cannot be served is a BadScenario. `seed` and `limits` are the server's; a seed overrides the file's.
    """

    session_token: str | None = None
    task_id: int | None = None
    dialect: str | None = None
    mode: str | None = None

    def __init__(self, file: str | Path | None, seed: int | None, limits: Limits) -> None:
        self._file, self._seed, self._limits = file, seed, limits
        self.seed = seed or 0
        self._watching: asyncio.Task[None] | None = None
        self._read: tuple[Built, Stamp | None] | None = None
        if file is not None:
            self._read = self._reading(file)
            self._know(self._read[0])

    async def digest(self) -> str | None:
        """What tells this scenario from another one, wherever its file lies; None without one."""
        if self._file is None:
            return None
        if self._read is None:
            self._read = await asyncio.to_thread(self._reading, self._file)
        from .again import digest_of_all

        return await asyncio.to_thread(digest_of_all, self._read[0])

    async def begin(self, fake: Fake, world: World, session_token: str, sleep: Sleep = asyncio.sleep) -> None:
        """Serve it, and look from now on whether its file changes."""
        if self._file is None:
            return
        # A server that was started again begins anew: stubs count their uses.
        built, seen = self._read if self._read else await asyncio.to_thread(self._reading, self._file)
        self._read = None
        from .serve import Served
        from .watch import Watch

        served = Served(fake, world, session_token, built)
        await served.begin()
        shared = fake.models[session_token].ledger.shared
        watch = Watch(served, built, seen, seed=self._seed, limits=self._limits, sleep=sleep, shared=shared)
        self._watching = asyncio.create_task(watch.run())

    async def end(self) -> None:
        """Look no more."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
            self._watching = None

    def _reading(self, file: str | Path) -> tuple[Built, Stamp | None]:
        from .build import build
        from .read import located
        from .watch import stamp

        # Before it is read, so that a change meanwhile is one.
        seen = stamp(located(file))
        return build(file, self._seed, self._limits), seen

    def _know(self, built: Built) -> None:
        first = built.models[0]
        self.session_token, self.task_id = first.session_token, first.task_id
        self.seed, self.dialect, self.mode = built.seed, built.dialect, built.mode
