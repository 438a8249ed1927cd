"""What Locust runs: `locust -f locustfile.py`, or better `python -m modeldouble_contract.load`, which calls it.

Locust's user is here a source of journeys: it begins them by the clock, each a greenlet with a connection of its own,
and never waits for one before it begins the next. Importing this file lets gevent replace sockets and threads.
"""

import os
import sys
import time
from argparse import ArgumentParser
from typing import Any

import gevent
from gevent.pool import Group
from locust import FastHttpUser, User, events, task
from locust.env import Environment
from locust.runners import WORKER_REPORT_INTERVAL, LocalRunner, MasterRunner, WorkerRunner
from locust.stats import CSV_STATS_INTERVAL_SEC, StatsEntry

from modeldouble_contract.load.arrivals import Arrivals
from modeldouble_contract.load.asking import Asked, Caller
from modeldouble_contract.load.bounds import BEGUN, JOURNEY, UNCHECKED, WHOLE, Bounds, Row, judge
from modeldouble_contract.load.journey import Steps, Visit, Wait, journey
from modeldouble_contract.load.options import add_options, token
from modeldouble_contract.load.reading import Answer, Wrong

_ENDED = "journeys-ended"
# Then the last figures of all workers have come, and stand in the CSV files, which are written now and then.
_SETTLED = WORKER_REPORT_INTERVAL + 2 * CSV_STATS_INTERVAL_SEC
_BROKEN = "the journey itself broke, see the log"
_NOT_OVER = "a journey has not ended within the patience"


def _options(parser: ArgumentParser, **_: Any) -> None:
    add_options(parser)


class Visitor(FastHttpUser):
    """One journey and its connection."""

    abstract = True
    concurrency = 1
    network_timeout = 60.0
    connection_timeout = 10.0

    def walk(self, steps: Steps) -> bool:
        """Ask all; False if an answer was wrong, which ends the journey and is counted where it was."""
        step = next(steps)
        while True:
            if isinstance(step, Wait):
                gevent.sleep(step.seconds)
                # A pause has no answer; the generator does not look at what it is sent.
                step = steps.send(Answer(0, b""))
                continue
            following = self._ask(step, steps)
            if not isinstance(following, (Asked, Wait)):
                return following
            step = following

    def _ask(self, step: Asked, steps: Steps) -> "Asked | Wait | bool":
        headers = {"Content-Type": step.content_type, "Accept-Encoding": "identity"}
        with self.client.request(
            "POST", f"/{step.route}", step.name, headers=headers, catch_response=True,
            data=step.body,  # type: ignore[arg-type] # bytes are sent as they are
        ) as said:  # fmt: skip
            body = (
                bytes(said.content or b"") if said.status_code else type(getattr(said, "error", None)).__name__.encode()
            )
            try:
                following = steps.send(Answer(said.status_code, body))
            except StopIteration:
                said.success()
                return True
            except Wrong as wrong:
                said.failure(str(wrong))
                return False
            said.success()
            return following


class Source(User):
    """Begins journeys at their times and waits for none; at the end it waits for those that are under way."""

    @task
    def begin_all(self) -> None:
        """The whole run of this process."""
        given = self.environment.parsed_options
        index = getattr(self.environment.runner, "worker_index", 0)
        arrivals = Arrivals(given.rate, given.seconds, given.num_users or 1, max(index, 0)).checked()
        # Not among a greenlet's arguments, which gevent prints if it breaks: it holds the token.
        self._caller = Caller(token(os.environ, given.video_id), given.video_id)
        Visitor.host = self.host
        under_way, begun = Group(), time.monotonic()
        for number, due in arrivals.due():
            gevent.sleep(max(0.0, begun + due - time.monotonic()))
            self._begin(under_way, begun + due, "" if given.same_names else f"{number}-")
        under_way.join(timeout=given.patience)
        for _ in range(len(under_way)):
            self._tell(WHOLE, 1000 * given.patience, _NOT_OVER)
        under_way.kill(block=False)
        self._leave()

    def _begin(self, under_way: Group, due: float, prefix: str) -> None:
        self._tell(BEGUN, 1000 * (time.monotonic() - due))
        if len(under_way) >= self.environment.parsed_options.most_open:
            self._tell(WHOLE, 0.0, "not begun: --most-open journeys are under way")
            return
        under_way.spawn(self._journey, due, prefix).link_exception(lambda _: self._tell(WHOLE, 0.0, _BROKEN))

    def _journey(self, due: float, prefix: str) -> None:
        given = self.environment.parsed_options
        visit = Visit(self._caller._replace(prefix=prefix), given.frames)
        done = Visitor(self.environment).walk(journey(visit))
        self._tell(WHOLE, 1000 * (time.monotonic() - due), None if done else "an answer was wrong")

    def _tell(self, name: str, milliseconds: float, failure: str | None = None) -> None:
        error = None if failure is None else Wrong(failure)
        self.environment.events.request.fire(
            request_type=JOURNEY, name=name, response_time=milliseconds, response_length=0, exception=error, context={}
        )

    def _leave(self) -> None:
        runner = self.environment.runner
        if isinstance(runner, WorkerRunner):
            runner.send_message(_ENDED, {})
        elif runner is not None:
            gevent.spawn_later(_SETTLED, runner.quit)
        # Locust would begin the task anew.
        gevent.sleep(3600)


def _end_with_all(environment: Environment, **_: Any) -> None:
    """End the run when every worker has told that its journeys are over."""
    told: list[str] = []

    def over(environment: Environment, msg: Any, **_: Any) -> None:
        told.append(msg.node_id)
        given = environment.parsed_options
        if environment.runner is not None and given is not None and len(told) >= (given.num_users or 1):
            gevent.spawn_later(_SETTLED, environment.runner.quit)

    if isinstance(environment.runner, MasterRunner):
        environment.runner.register_message(_ENDED, over)


def _judged(environment: Environment, **_: Any) -> None:
    if not isinstance(environment.runner, (LocalRunner, MasterRunner)) or environment.parsed_options is None:
        return
    given = environment.parsed_options
    bounds = Bounds(given.p99_ms, given.errors, given.late_ms)
    wanted = sum(1 for _ in Arrivals(given.rate, given.seconds).due())
    verdict = judge([_row(entry) for entry in environment.stats.entries.values()], bounds, wanted)
    for sentence in verdict.sentences:
        sys.stderr.write(f"{sentence}\n")
    # Locust's own fallback would be 1 for any error, whatever the bound.
    environment.process_exit_code = max(verdict.status, UNCHECKED if environment.runner.exceptions else 0)


def _row(entry: StatsEntry) -> Row:
    p50, p99 = (float(entry.get_response_time_percentile(share)) for share in (0.5, 0.99))
    return Row(entry.method, entry.name, entry.num_requests, entry.num_failures, p50, p99, entry.total_rps)


events.init_command_line_parser.add_listener(_options)  # type: ignore[no-untyped-call]
events.init.add_listener(_end_with_all)  # type: ignore[no-untyped-call]
events.quitting.add_listener(_judged)  # type: ignore[no-untyped-call]
