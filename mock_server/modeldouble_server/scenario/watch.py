"""Looks whether a scenario's file has changed, and has it served: whole, or not at all."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from ..limits import Limits
from ..refusal import CannotServe, Refused
from .build import Built, build
from .serve import Served

log = logging.getLogger("modeldouble_server")
PAUSE = 0.5
Sleep = Callable[[float], Awaitable[None]]
Stamp = tuple[int, int, int]
_ANEW = "servers that share a store serve what all of them began with; end all of them, and start them anew"


def stamp(file: Path) -> Stamp | None:
    """What of a file changes when it is written; None while it is not there."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


class Watch:
    """Reads a scenario again when it changes. `seen` is the file's stamp from before it was read first.

    Where the store is `shared`, nothing is exchanged: servers would do that at different moments, or not at all.
    """

    def __init__(
        self, served: Served, built: Built, seen: Stamp | None, *, seed: int | None = None,
        limits: Limits | None = None, sleep: Sleep = asyncio.sleep, shared: bool = False,
    ) -> None:  # fmt: skip
        self._served, self._file, self._seen = served, built.document.file, seen
        self._seed, self._limits, self._sleep = seed, limits, sleep
        self._shared = shared
        self._changed: Stamp | None = None
        self._generation = 0

    async def run(self) -> None:
        """Look every half second, until it is cancelled."""
        while True:
            await self._sleep(PAUSE)
            if not self._settled():
                continue
            if self._shared:
                log.warning("%s changed, which is not served: %s", self._file, _ANEW)
            else:
                await self.exchange()

    def _settled(self) -> bool:
        """It changed, and did not go on changing since the last look: an editor may write in steps."""
        now = stamp(self._file)
        if now is None or now == self._seen:
            return False
        if now != self._changed:
            self._changed = now
            return False
        self._seen = now
        return True

    async def exchange(self) -> None:
        """Read the file and serve it. What is wrong with it is a warning, and the last one stays."""
        self._generation += 1
        try:
            built = await asyncio.to_thread(build, self._file, self._seed, self._limits, self._generation)
            await self._served.exchange(built)
        except (CannotServe, Refused) as error:
            log.warning("%s changed and cannot be served; what was served before stays:\n%s", self._file, error)
        except Exception:  # the last line of defence: the fake goes on, and so does the watch
            log.exception("%s changed and could not be read, which is a defect of modeldouble", self._file)
        else:
            log.info("%s changed and is served: %s", self._file, built.summary())
