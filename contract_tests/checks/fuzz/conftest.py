"""How long the runs of this folder are: `--steps 10000` is what an issue asks of the life of a job."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--steps", type=int, default=500, help="steps of the jobs' life, and examples of each decoder")


@pytest.fixture(scope="session")
def steps(request: pytest.FixtureRequest) -> int:
    return int(str(request.config.getoption("--steps")))
