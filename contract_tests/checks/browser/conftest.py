"""One Chromium for all checks, a fresh context for each, and nothing may go wrong in any of them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import modeldouble_server
from modeldouble_server.served import ServedModel
from modeldouble_server.server import Server

from .filled import filled
from .programs import axe, launched
from .visiting import Visits


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def axe_script() -> str:
    """axe-core, in the folder of the environment that the checks run in."""
    return axe(Path(sys.prefix) / "axe")


@pytest.fixture
def server() -> Iterator[Server]:
    with modeldouble_server.serve() as server:
        yield server


@pytest.fixture
def full(tmp_path: Path) -> Iterator[ServedModel]:
    """A model of which every panel of the page has something to show."""
    with filled(tmp_path) as model:
        yield model


@pytest.fixture
def visits(browser: Browser) -> Iterator[Visits]:
    """Visits to pages; at the end none of them may have gone wrong, unless the check asked `wrong` itself."""
    made = Visits(browser)
    yield made
    made.close()
    assert made.wrong() == []
