"""Lies told in front of the fake, or of a real serving app with `--in-front-of real`.

The verdicts of a run go into a page with `--table FILE`; survivors fail, each with what was told and what was asked.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

import modeldouble_server

from .catalogue import BY_NAME, CATALOGUE, ON_REAL
from .liar import Liar
from .table import Row, render

NEWEST = "6.74.51"


class Gathered:
    """The verdicts of a run; with several workers, in the one process that hears of all."""

    def __init__(self, page: Path) -> None:
        self._page = page
        self._rows: dict[str, Row] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a test recorded."""
        for name, value in report.user_properties if report.when == "call" else ():
            if name == "mutant" and isinstance(value, (list, tuple)):
                row = Row(*map(str, value))
                self._rows[row.name] = row

    def pytest_sessionfinish(self) -> None:
        """Write the page, in the catalogue's order."""
        rows = [self._rows[lie.name] for lie in CATALOGUE if lie.name in self._rows]
        command = f"pytest contract_tests/checks/mutants --table {self._page}"
        self._page.write_text(render(rows, date.today().isoformat(), command), encoding="utf-8")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the options of this folder."""
    group = parser.getgroup("mutants")
    group.addoption("--in-front-of", choices=("fake", "real"), default="fake", help="what stands behind the liar")
    group.addoption("--runs", type=int, default=2, help="how often the suite runs without any liar")
    group.addoption("--table", type=Path, help="write which check killed which mutant here")


def pytest_configure(config: pytest.Config) -> None:
    """Gather the verdicts where a page is wanted, but not in a worker."""
    page = config.getoption("table")
    if page is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Gathered(page))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each lie that can be told."""
    if "lie" in metafunc.fixturenames:
        real = metafunc.config.getoption("in_front_of") == "real"
        lies = [BY_NAME[name] for name in ON_REAL] if real else CATALOGUE
        metafunc.parametrize("lie", lies, ids=lambda lie: lie.name)
    if "turn" in metafunc.fixturenames:
        metafunc.parametrize("turn", range(int(str(metafunc.config.getoption("runs")))))


@pytest.fixture(scope="session")
def sdk(pytestconfig: pytest.Config) -> str | None:
    """The release whose deviations are forgiven."""
    return NEWEST if pytestconfig.getoption("in_front_of") == "real" else None


@pytest.fixture(scope="session")
def target(sdk: str | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the fake, or of a real app whose platform the fake is."""
    with ExitStack() as stack:
        server = stack.enter_context(modeldouble_server.serve())
        if sdk is None:
            yield server.session_url
            return
        # It needs the official SDK, which is not there in front of the fake.
        from ..real.real_app import serving

        folder = tmp_path_factory.mktemp("app")
        yield stack.enter_context(serving(server.server_address, server.api_token, folder, release=sdk))


@pytest.fixture(scope="session")
def liar(target: str) -> Iterator[Liar]:
    """A proxy in front of the target."""
    with Liar(target) as liar:
        yield liar
