"""Scenario files that a test writes, and what is said of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from modeldouble_server.clock import Clock
from modeldouble_server.fake import Fake, seed_fake
from modeldouble_server.limits import Limits
from modeldouble_server.scenario.build import Built, build
from modeldouble_server.scenario.place import BadScenario
from modeldouble_server.store.sqlite import SqliteStore

Write = Callable[[str], Path]
Complaints = Callable[[str], list[str]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a scenario file."""

    def written(text: str) -> Path:
        file = tmp_path / "s.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return written


@pytest.fixture
def made(write: Write) -> Callable[[str], Built]:
    """Build a scenario."""
    return lambda text: build(write(text))


@pytest.fixture
def complaints(write: Write, tmp_path: Path) -> Complaints:
    """The lines that are said of a scenario which cannot be served, without the folder."""

    def told(text: str) -> list[str]:
        with pytest.raises(BadScenario) as caught:
            build(write(text))
        return str(caught.value).replace(f"{tmp_path}/", "").splitlines()

    return told


@pytest.fixture
async def fake() -> AsyncIterator[Fake]:
    """A fake without a socket, whose time stands still."""

    async def sleep(seconds: float) -> None:
        raise AssertionError(seconds)

    store = SqliteStore()
    yield await seed_fake(store, sleep=sleep, clock=Clock(lambda: 1_700_000_000.0), limits=Limits())
    await store.close()
