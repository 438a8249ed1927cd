"""A real serving app on the official SDK, with the fake as its platform: `tox -e real`, which installs the SDK."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import modeldouble
import modeldouble_server
from modeldouble_server.default_world import DATA

from .real_app import serving


@pytest.fixture(scope="session")
def platform() -> Iterator[modeldouble_server.Server]:
    with modeldouble_server.serve() as server:
        yield server


@pytest.fixture(scope="session")
def app_url(platform: modeldouble_server.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(platform.server_address, platform.api_token, tmp_path_factory.mktemp("app")) as url:
        yield url


@pytest.fixture
def session(app_url: str, platform: modeldouble_server.Server) -> modeldouble.Session:
    api = modeldouble.Api(platform.server_address, platform.api_token)
    return modeldouble.Session(api, session_url=app_url)


@pytest.fixture
def photographs() -> list[Path]:
    return [DATA / "demo" / "astronaut.jpg", DATA / "demo" / "cat.jpg"]
