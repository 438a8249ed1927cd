"""A job as the server holds it: it is stopped and cleared on whichever way its owner leaves it."""

from __future__ import annotations

import logging
import os
from functools import partial

from modeldouble.errors import ModelDoubleError, Unreachable
from modeldouble.link import Link
from modeldouble.wire import Json, ask_clear, ask_stop, read_done

# Cleaning up must not make leaving a loop slow: seconds for both of its requests together, each made once. By so much a
# job may outlive its deadline.
GRACE = 5.0

logger = logging.getLogger("modeldouble")


class Lease:
    """Knows how to stop and clear one job. Holds no reference to its owner, so that it can be its finalizer."""

    def __init__(self, link: Link, uuid: str) -> None:
        self.uuid = uuid
        self._link = link
        self._pid = os.getpid()

    def stop(self) -> Json:
        """Tell the server to infer no further frames."""
        return self._link.call(ask_stop(self.uuid), partial(read_done, "stop_inference"), self._link.deadline(GRACE))

    def give_back(self, stop: bool) -> None:
        """Clear the job, stopping it first if asked to. Failures are logged only: the results are what counts."""
        self._end(self._link, stop)

    def abandon(self) -> None:
        """Stop and clear, from wherever Python destroys the owner, but not in a forked child."""
        if os.getpid() != self._pid:
            return
        link = self._link.detached()
        try:
            self._end(link, stop=True)
        finally:
            link.transport.close()

    def _end(self, link: Link, stop: bool) -> None:
        end = link.deadline(GRACE)
        for ask in (*([ask_stop(self.uuid)] if stop else []), ask_clear(self.uuid)):
            try:
                link.once(ask, partial(read_done, ask.route), end)
            except Unreachable as error:
                logger.debug("job %s was left on the server: %s", self.uuid, error)
                return
            except ModelDoubleError as error:
                # Servers before 6.69.53 have no clear; others may have forgotten the job.
                logger.debug("%s of job %s: %s", ask.route, self.uuid, error)
