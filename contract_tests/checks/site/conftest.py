"""The site as `mkdocs build` left it. Run by `tox -e docs`, which builds it before."""

from pathlib import Path

import pytest

from .built import Page, pages
from .hooks import REPO


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the site was built."""
    parser.addoption("--site", type=Path, default=REPO / "out" / "site", help="the folder of the built site")


@pytest.fixture(scope="session")
def folder(request: pytest.FixtureRequest) -> Path:
    found = Path(str(request.config.getoption("--site")))
    if not (found / "index.html").exists():
        pytest.fail(f"there is no site in {found}; build one: mkdocs build --strict")
    return found


@pytest.fixture(scope="session")
def site(folder: Path) -> dict[str, Page]:
    """Pages by their place below the folder."""
    return pages(folder)
