"""The pytest plugin: `served_model`, a model of the test's own on a server that all tests of a process share.

It is loaded in every test run where modeldouble is installed, so it imports nothing but pytest, adds no option and no
marker, and starts the server when a test first asks for it.
"""

from collections.abc import Generator, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .served import ServedModel
    from .server import Server

_MODEL = pytest.StashKey["ServedModel"]()
_FAILED = pytest.StashKey[bool]()
_SHOWN = 20
_DEVIATION = "modeldouble deviation"
_OPTIONS = (
    "preset", "classes", "settings", "info", "predictor", "seed", "pace", "preparation", "max_batch_size", "spec",
)  # fmt: skip
_LOCAL = "127.0.0.1,localhost"


@pytest.fixture(scope="session")
def model_server() -> "Iterator[Server]":
    """The server that the tests of this process share; `add_model` serves one more model on it."""
    from modeldouble_server import serve

    with serve() as server:
        yield server


@pytest.fixture
def served_model_spec(request: pytest.FixtureRequest) -> Any:
    """What `served_model` serves, as arguments of `Server.add_model`; override it, or parametrize it indirectly.

    One key more is the plugin's: `unused`, which is "warn", "error" or "ignore", says what becomes of unused stubs.
    """
    return getattr(request, "param", {})


@pytest.fixture
def served_model(
    request: pytest.FixtureRequest, model_server: "Server", served_model_spec: Any
) -> "Iterator[ServedModel]":
    """A served model with a session URL, tokens, a world and a clock of this test's own.

    A call that no stub answers fails the test at its end, also if the code under test swallowed the error.
    """
    __tracebackhide__ = True
    options, node = _options(served_model_spec), request.node
    unused = options.pop("unused", "warn")
    model = model_server.add_model(**options)
    node.stash[_MODEL] = model
    try:
        yield model
        node.user_properties.extend((_DEVIATION, f"{text} [{kind}]") for kind, text in model.deviations.items())
        if not node.stash.get(_FAILED, False):
            _check(node, model, unused)
    finally:
        model.close()
        # The item lives as long as the run, and with it what the model was sent.
        del node.stash[_MODEL]


@pytest.fixture
def served_model_env(served_model: "ServedModel", monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """SERVER_ADDRESS and API_TOKEN of the model in the environment, and no proxy on the way; gives what was set."""
    import os

    local = ",".join(filter(None, (os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), _LOCAL)))
    found = {"SERVER_ADDRESS": served_model.server_address, "API_TOKEN": served_model.api_token}
    found |= {"NO_PROXY": local, "no_proxy": local}
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    # By this one the official client would go elsewhere.
    monkeypatch.delenv("SUPERVISELY_API_SERVER_ADDRESS", raising=False)
    return found


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Show in the report of a failed test what its model was asked."""
    report: pytest.TestReport = (yield).get_result()
    model = item.stash.get(_MODEL, None)
    if model is None:
        return
    if report.when == "call":
        # An expected failure has told what it was to tell, too.
        item.stash[_FAILED] = not report.passed
    if report.failed:
        report.sections.append(("modeldouble", _told(model)))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell once what real servers would have answered otherwise, with the number of tests in which it came up."""
    counts: dict[str, tuple[str, int]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "teardown":
                for name, text in report.user_properties:
                    if name == _DEVIATION:
                        kind = text.rpartition(" [")[2]
                        counts[kind] = (counts.get(kind, (text, 0))[0], counts.get(kind, (text, 0))[1] + 1)
    if counts:
        terminalreporter.section("modeldouble: real servers would have answered otherwise")
        for kind in sorted(counts):
            text, count = counts[kind]
            terminalreporter.line(f"{count} {'test' if count == 1 else 'tests'}: {text}")


def _options(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        pytest.fail(f"served_model_spec is {given!r}; give a dict of arguments of Server.add_model", pytrace=False)
    for name in given:
        if name not in (*_OPTIONS, "unused"):
            near = get_close_matches(str(name), (*_OPTIONS, "unused"), 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join((*_OPTIONS, 'unused'))}"
            pytest.fail(f"served_model_spec has {name!r}, {hint}", pytrace=False)
    if given.get("unused", "warn") not in ("warn", "error", "ignore"):
        remedy = "give 'warn', 'error' or 'ignore'"
        pytest.fail(f"served_model_spec: unused is {given['unused']!r}; {remedy}", pytrace=False)
    return dict(given)


def _check(node: pytest.Item, model: "ServedModel", unused: str) -> None:
    """Unmatched calls fail the test, unless it failed already, as its report has them then."""
    from .unused import UnusedStub

    unmet = model.unmet(unused)
    if unmet:
        pytest.fail(unmet, pytrace=False)
    if unused == "warn":
        for line in model.unused[:_SHOWN]:
            node.warn(UnusedStub(line))


def _told(model: "ServedModel") -> str:
    return "\n".join(filter(None, [*model.history(_SHOWN), model.unmet()]))
