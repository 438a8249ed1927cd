"""The closed load: each connection asks again as soon as it has its answer. It says how much a server can do."""

import time
from typing import NamedTuple

from .callers import Caller, Callers


class Closed(NamedTuple):
    """What came of it."""

    counted: int
    """Answers that came in `seconds`."""
    seconds: float
    answered: int
    """Answers in all, with each connection's first and last one."""
    load_seconds: float
    """Time of the processor that the load itself took: near to `seconds`, it is the load that was measured."""

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.counted / self.seconds


def closed(callers: Callers, connections: int, seconds: float) -> Closed:
    """Ask for some time on so many connections; for longer, where it takes longer to answer as many requests.

    Nothing is asked after that time, so that a server which needs seconds for an answer is not asked twice.
    """
    asking = callers.connect(connections)
    before, busy, begin, asked = callers.count, time.process_time(), time.perf_counter(), 0

    def ask(caller: Caller) -> None:
        nonlocal asked
        if asked < connections or time.perf_counter() < begin + seconds:
            asked += 1
            callers.ask(caller)

    callers.answered = ask
    for caller in asking:
        ask(caller)
    callers.run(lambda: time.perf_counter() < begin + seconds or callers.count < before + connections)
    counted, spent, used = callers.count - before, time.perf_counter() - begin, time.process_time() - busy
    # The server's time is divided by all answers: none may be left that it has worked for in vain.
    callers.run(lambda: callers.count < before + asked)
    return Closed(counted, spent, callers.count, used)


def gather(callers: Callers, connections: int, count: int) -> list[bytes]:
    """The bodies of so many answers, in no order."""
    bodies: list[bytes] = []
    callers.bodies = bodies
    asking = callers.connect(min(connections, count))
    left = count - len(asking)

    def more(caller: Caller) -> None:
        nonlocal left
        if left > 0:
            left -= 1
            callers.ask(caller)

    callers.answered = more
    for caller in asking:
        more(caller)
    callers.run(lambda: len(bodies) < count)
    return bodies
