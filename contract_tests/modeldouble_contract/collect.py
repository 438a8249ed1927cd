"""Gathers what pytest says of each check, and shows how far the run is."""

from collections.abc import Callable, Generator

import pytest

from .finding import Finding
from .options import FACTS, Facts
from .outcome import BROKEN, DEVIATES, HOLDS, NOT_CHECKED, VIOLATION, WARNING, Result

Progress = Callable[[Result], None]


class Collector:
    """A pytest plugin object for one run. `began` hears how many checks and inferences are ahead.

    Unless `strict`, a SHOULD that is violated is no failure for pytest: neither in its XML nor for -x.
    """

    def __init__(self, began: Callable[[int, int], None], progress: Progress, *, strict: bool = False) -> None:
        self.results: list[Result] = []
        self.announced = self.planned = 0
        self.facts = Facts()
        self.unread = ""
        """Why a file of checks could not be read."""
        self._began, self._progress = began, progress
        self._forgiven_before = 0
        self._strict = strict

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Know where the fixtures leave their facts."""
        self.facts = session.config.stash[FACTS]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why a file of checks could not be read."""
        if report.failed:
            self.unread = report.longreprtext[-1000:]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count what the run will ask for."""
        self.planned = len(session.items)
        self.announced = sum(_mark(item).kwargs["asks"] for item in session.items)
        self._began(self.planned, self.announced)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: "pytest.CallInfo[None]"
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn a report into a result, once per check."""
        report = yield
        if report.when == "call" or not report.passed:
            self._mark(item, report, self._add(item, call, report))
        return report

    def _add(self, item: pytest.Item, call: "pytest.CallInfo[None]", report: pytest.TestReport) -> Result:
        mark = _mark(item)
        error = call.excinfo.value if call.excinfo is not None else None
        outcome, reason = _outcome(mark.name, error, report)
        forgiven = self._forgiven()
        if outcome == HOLDS and forgiven:
            outcome = DEVIATES
        finding = error if isinstance(error, Finding) else None
        result = Result(
            item.nodeid.rpartition("/")[2], _title(item), mark.name, outcome, call.duration, finding, reason, forgiven
        )
        self.results.append(result)
        self._progress(result)
        return result

    def _forgiven(self) -> tuple[str, ...]:
        """Deviations that were forgiven since the check before."""
        every = self.facts.judge.forgiven if self.facts.judge is not None else []
        new, self._forgiven_before = every[self._forgiven_before :], len(every)
        return tuple(dict.fromkeys(new))

    def _mark(self, item: pytest.Item, report: pytest.TestReport, result: Result) -> None:
        """Let pytest's own XML say what the suite came to."""
        told = [("level", result.level), ("outcome", result.outcome)]
        if result.finding is not None:
            told.append(("code", result.finding.code))
            report.longrepr = result.finding.told()
        item.user_properties += [*told, *(("deviation", one) for one in result.forgiven)]
        if result.outcome == WARNING and not self._strict and result.finding is not None:
            report.outcome = "skipped"
            report.wasxfail = f"warning: {result.finding}"


def _mark(item: pytest.Item) -> pytest.Mark:
    found = item.get_closest_marker("must") or item.get_closest_marker("should")
    if found is None:
        raise RuntimeError(f"{item.nodeid} does not say whether it is a MUST or a SHOULD")
    return found


def _title(item: pytest.Item) -> str:
    name = getattr(item, "originalname", item.name).removeprefix("test_").replace("_", " ")
    case = item.name.partition("[")[2].removesuffix("]")
    return f"{name} ({case})" if case else name


def _outcome(level: str, error: BaseException | None, report: pytest.TestReport) -> tuple[str, str]:
    if error is None:
        return HOLDS, ""
    if isinstance(error, pytest.skip.Exception):
        return NOT_CHECKED, str(error)
    if isinstance(error, Finding):
        return (VIOLATION if level == "must" else WARNING), ""
    return BROKEN, f"{type(error).__name__}: {error}\n{report.longreprtext[-2000:]}"
