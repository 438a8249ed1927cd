"""The unmodified official client, driven against the fake. Run by `tox -e sdk`, which installs it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import supervisely as sly
from supervisely.nn.inference import Session, SessionJSON

import modeldouble_server
from modeldouble_server.default_world import DATA


@pytest.fixture(scope="session")
def fake() -> Iterator[modeldouble_server.Server]:
    with modeldouble_server.serve() as server:
        yield server


@pytest.fixture(scope="session")
def api(fake: modeldouble_server.Server) -> Any:
    return sly.Api(fake.server_address, fake.api_token)


@pytest.fixture
def session(api: Any, fake: modeldouble_server.Server) -> Any:
    return Session(api, task_id=fake.task_id)


@pytest.fixture
def raw_session(api: Any, fake: modeldouble_server.Server) -> Any:
    return SessionJSON(api, task_id=fake.task_id)


@pytest.fixture
def photographs() -> list[str]:
    folder: Path = DATA / "demo"
    return [str(folder / "astronaut.jpg"), str(folder / "cat.jpg")]
