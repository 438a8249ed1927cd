"""Gathers what pytest says of each check, and shows how far the run is."""

from collections.abc import Callable, Generator

import pytest

from .finding import Finding
from .options import FACTS, Facts
from .outcome import BROKEN, DEVIATES, HOLDS, NOT_CHECKED, VIOLATION, WARNING, Result

Progress = Callable[[Result], None]


class Collector:
    """A pytest plugin object for one run. `began` hears how many checks and inferences are ahead."""

    def __init__(self, began: Callable[[int, int], None], progress: Progress) -> None:
        self.results: list[Result] = []
        self.announced = 0
        self.facts = Facts()
        self._began, self._progress = began, progress
        self._forgiven_before = 0

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Know where the fixtures leave their facts."""
        self.facts = session.config.stash[FACTS]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count what the run will ask for."""
        self.announced = sum(_mark(item).kwargs["asks"] for item in session.items)
        self._began(len(session.items), self.announced)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: "pytest.CallInfo[None]"
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn a report into a result, once per check."""
        report = yield
        if report.when == "call" or (report.when == "setup" and not report.passed):
            self._add(item, call, report)
        return report

    def _add(self, item: pytest.Item, call: "pytest.CallInfo[None]", report: pytest.TestReport) -> None:
        mark = _mark(item)
        error = call.excinfo.value if call.excinfo is not None else None
        outcome, reason = _outcome(mark.name, error, report)
        forgiven = self.facts.judge.forgiven if self.facts.judge is not None else 0
        if outcome == HOLDS and forgiven > self._forgiven_before:
            outcome = DEVIATES
        self._forgiven_before = forgiven
        finding = error if isinstance(error, Finding) else None
        result = Result(item.nodeid.rpartition("/")[2], _title(item), mark.name, outcome, call.duration, finding, reason)
        self.results.append(result)
        self._progress(result)


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
