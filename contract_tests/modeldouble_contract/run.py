"""Runs the suite: finds the target, starts pytest apart from whatever project it is called in, gathers the outcome."""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from .brought import bring
from .collect import Collector, Progress
from .options import TOKEN
from .outcome import Deviated, Outcome, Result
from .plan import Plan
from .platform import image_size, video_facts
from .preflight import CannotCheck, find_target
from .truth import Release, load
from .unmet import unmet

# pytest takes the last of them away when it ends, also from one that the suite is called in.
_PYTEST = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", TOKEN, "PYTEST_CURRENT_TEST")


def _unheard(checks: int, inferences: int) -> None:
    """Nobody wants to know how much is ahead."""


def _unseen(result: Result) -> None:
    """Nobody watches."""


def run(
    plan: Plan, *, wait: float = 0.0, first: bool = False, junit: Path | None = None,
    began: Callable[[int, int], None] = _unheard, progress: Progress = _unseen,
) -> Outcome:  # fmt: skip
    """Judge a target. CannotCheck if there is none, or if the plan names what cannot be used.

    `first` ends the run at the first violation. `junit` is where pytest writes its XML.
    """
    _check(plan)
    find_target(plan.target, plan.api_token, wait=wait, timeout=plan.patience)
    collector = Collector(began, progress, strict=plan.strict)
    start = time.monotonic()
    with _apart(plan), _streams():
        status = pytest.main(_arguments(plan, first, junit), plugins=[collector])
    _ended(status, collector.unread)
    return _outcome(plan, collector, time.monotonic() - start)


def _ended(status: int, unread: str) -> None:
    """Raise unless pytest ran the checks to their end."""
    if unread:
        raise CannotCheck(f"the suite cannot be read; reinstall modeldouble[contract] ({unread})")
    if status == pytest.ExitCode.INTERRUPTED:
        raise CannotCheck("it was interrupted; start it again")
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(f"pytest ended with {status!r}")


def _check(plan: Plan) -> None:
    try:
        bring(plan)
        if plan.sdk is not None:
            Release.parse(plan.sdk)
    except ValueError as error:
        raise CannotCheck(str(error)) from error
    if plan.server_address is not None and plan.api_token is not None:
        for image_id in plan.image_id:
            image_size(plan.server_address, plan.api_token, image_id)
        if plan.video_id is not None:
            video_facts(plan.server_address, plan.api_token, plan.video_id)


def _arguments(plan: Plan, first: bool, junit: Path | None) -> list[str]:
    suite = Path(str(files(__package__ or "modeldouble_contract"))) / "suite"
    words = [
        str(suite), "-c", str(suite / "suite.ini"), "--rootdir", str(suite), "--import-mode=importlib", "--noconftest",
        "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "modeldouble_contract.options",
        "-p", "modeldouble_contract.fixtures",
    ]  # fmt: skip
    words += ["-x"] if first else []
    words += [f"--junit-xml={junit}", "-o", "junit_suite_name=modeldouble contract"] if junit is not None else []
    return words + plan.arguments()


@contextlib.contextmanager
def _streams() -> Iterator[None]:
    """Streams for pytest, which cannot do without those that a shell has closed."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        out, err = sys.stdout or nowhere, sys.stderr or nowhere
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            yield


_NO_PROXY = ("NO_PROXY", "no_proxy")


@contextlib.contextmanager
def _apart(plan: Plan) -> Iterator[None]:
    """Keep what a project or a shell sets for its own pytest, and a proxy, away from the suite."""
    kept = {name: os.environ.pop(name, None) for name in (*_PYTEST, *_NO_PROXY)}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    hosts = [urlsplit(one).hostname for one in (plan.target, plan.server_address) if one]
    for name in _NO_PROXY:
        # The suite's own questions go to the target itself: what the journeys' client asks must go there too.
        os.environ[name] = ",".join(one for one in (kept["NO_PROXY"] or kept["no_proxy"], *hosts) if one)
    if plan.api_token is not None:
        os.environ[TOKEN] = plan.api_token
    try:
        yield
    finally:
        for name, value in kept.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _outcome(plan: Plan, collector: Collector, seconds: float) -> Outcome:
    facts, truth = collector.facts, load()
    judge, target = facts.judge, facts.target
    seen = {} if judge is None else judge.seen
    release = "" if judge is None or judge.release is None else str(judge.release)
    return Outcome(
        target=plan.target if target is None else target.hide(plan.target),
        release=release if plan.sdk else f"{release} or later",
        info={name: str(facts.info[name]) for name in ("app_name", "model_name", "task type") if name in facts.info},
        results=(*collector.results, *(unmet(judge) if judge is not None and plan.strict_deviations else [])),
        deviations=tuple(Deviated(one, truth.deviations[one].text, at) for one, at in seen.items()),
        announced=collector.announced,
        asked=0 if target is None else target.asked,
        seconds=seconds,
        planned=collector.planned,
    )
