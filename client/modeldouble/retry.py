"""Which failure of which kind of request may be repeated, and after how long. Pure: no clock, no sleep, no socket."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from modeldouble.errors import AnswerLost, DeadlineExceeded, ModelDoubleError, ServerFailed, TimedOut, Unreachable

ATTEMPTS = 5
FIRST_WAIT = 0.25
LONGEST_WAIT = 8.0

# 429 is a refusal before any work; the others come from proxies and gateways, which do not say how far the request got.
REFUSED_BEFORE_WORK = frozenset({429})
PASSING = frozenset({408, 429, 499, 500, 502, 503, 504, 509, 598, 599})


class Kind(Enum):
    """What repeating a request would do."""

    READ = "changes nothing, or ends in the same state however often it is sent"
    PREDICT = "changes nothing, but makes the model work"
    ONCE = "starts a job, or takes results away: a second time does harm"


def may_repeat(kind: Kind, error: ModelDoubleError) -> bool:
    """Tell whether a request of this kind, failed in this way, may be sent again."""
    if isinstance(error, DeadlineExceeded):
        return False
    if isinstance(error, Unreachable):
        return True
    if isinstance(error, ServerFailed):
        if kind is Kind.ONCE:
            return error.status in REFUSED_BEFORE_WORK
        # A 500 to a prediction is the model's own exception: it would be raised again, at the same price.
        return error.status in PASSING and not (kind is Kind.PREDICT and error.status == 500)
    if isinstance(error, TimedOut):
        # A model that is busy for longer than the read timeout is not helped by a second request.
        return kind is Kind.READ
    return isinstance(error, AnswerLost) and kind is not Kind.ONCE


def next_wait(
    kind: Kind, error: ModelDoubleError, attempt: int, left: float | None, random: Callable[[], float]
) -> float | None:
    """Return the seconds to wait before the next attempt, or None when `error` is final.

    `attempt` counts the failed ones from 1, `left` is what remains of the deadline (None: unlimited), `random` yields
    numbers in [0, 1). The wait doubles from try to try, half of it is random, and a Retry-After of the server is a
    lower bound.
    """
    if attempt >= ATTEMPTS or not may_repeat(kind, error):
        return None
    full = min(FIRST_WAIT * 2.0 ** (attempt - 1), LONGEST_WAIT)
    wait = full * (0.5 + 0.5 * random())
    if isinstance(error, ServerFailed) and error.retry_after is not None:
        wait = max(wait, error.retry_after)
        if left is None and wait > 60.0:
            return None
    return wait if left is None or wait < left else None
