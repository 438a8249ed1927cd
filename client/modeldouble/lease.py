"""A job as the server holds it: it is stopped and cleared on whichever way its owner leaves it."""

from __future__ import annotations

import os

from modeldouble.ending import GRACE, giving_back
from modeldouble.link import Link

__all__ = ["GRACE", "Lease"]


class Lease:
    """Knows how to stop and clear one job. Holds no reference to its owner, so that it can be its finalizer."""

    def __init__(self, link: Link, uuid: str) -> None:
        self.uuid = uuid
        self._link = link
        self._pid = os.getpid()

    def give_back(self, stop: bool) -> None:
        """Clear the job, stopping it first if asked to. Failures are logged only: the results are what counts."""
        self._link.run(giving_back(self._link.server, self.uuid, stop))

    def abandon(self) -> None:
        """Stop and clear, from wherever Python destroys the owner, but not in a forked child."""
        if os.getpid() != self._pid:
            return
        link = self._link.detached()
        try:
            link.run(giving_back(link.server, self.uuid, stop=True))
        finally:
            link.transport.close()
