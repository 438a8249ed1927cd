"""How many kills: `--kills 100` is what `tox -e durable` does."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=3, help="how often the server is killed")


@pytest.fixture(scope="session")
def kills(request: pytest.FixtureRequest) -> int:
    # The option is not there where the whole of the tests is run: pytest has not seen this folder then.
    return int(str(request.config.getoption("--kills", 3)))
