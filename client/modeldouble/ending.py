"""How a job is ended on the server. Pure."""

from __future__ import annotations

import logging
from functools import partial

from modeldouble.course import Course
from modeldouble.errors import ModelDoubleError, Unreachable
from modeldouble.server import Server
from modeldouble.wire import Json, ask_clear, ask_stop, read_done

# Cleaning up must not make leaving a loop slow: seconds for both of its requests together, each made once. By so much a
# job may outlive its deadline.
GRACE = 5.0

logger = logging.getLogger("modeldouble")


def stopping(server: Server, uuid: str) -> Course[Json]:
    """Tell the server to infer no further frames."""
    return server.call(ask_stop(uuid), partial(read_done, "stop_inference"), server.deadline(GRACE))


def giving_back(server: Server, uuid: str, stop: bool) -> Course[None]:
    """Clear the job, stopping it first if asked to. Failures are logged only: the results are what counts."""
    end = server.deadline(GRACE)
    for ask in (*([ask_stop(uuid)] if stop else []), ask_clear(uuid)):
        try:
            yield from server.once(ask, partial(read_done, ask.route), end)
        except Unreachable as error:
            logger.debug("job %s was left on the server: %s", uuid, error)
            return
        except ModelDoubleError as error:
            # Servers before 6.69.53 have no clear; others may have forgotten the job.
            logger.debug("%s of job %s: %s", ask.route, uuid, error)
