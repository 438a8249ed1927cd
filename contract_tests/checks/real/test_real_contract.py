"""The shipped suite ends with 0 on real serving apps, and each listed deviation of the newest release still happens."""

from collections.abc import Iterator
from typing import Any

import pytest

import modeldouble_server

from .judged import FAKE, FAKES, REAL, Case, judge, target
from .real_app import NEWEST


@pytest.fixture(scope="module", params=REAL, ids=lambda case: case.name)
def real(request: Any, platform: modeldouble_server.Server) -> Iterator[tuple[Case, str]]:
    """One app at a time; both ways of asking share it."""
    with target(request.param, platform) as url:
        yield request.param, url


@pytest.mark.parametrize("way", ["URL", "task id"])
def test_a_real_app_keeps_the_contract(real: tuple[Case, str], platform: modeldouble_server.Server, way: str) -> None:
    case, url = real
    strict = case == Case("real app", NEWEST)
    found, output = judge(case, url, platform, way, *(["--strict-deviations"] if strict else []))
    assert found.status == 0, output
    assert found.counts["holds"] > 40, output


@pytest.mark.parametrize("case", FAKES, ids=lambda case: case.name)
def test_the_fake_keeps_it_in_every_dialect(case: Case, platform: modeldouble_server.Server) -> None:
    with target(case, platform) as url:
        found, output = judge(case, url, platform, "URL")
    assert found.status == 0, output
    assert (case.app, found.deviations == []) == (FAKE, not case.release), output
