"""Values of options that no command can work with: they are a usage error that names the option and the bounds."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from modeldouble_server.cli import main
from modeldouble_server.cli_options import Seconds

CONTRACT = ("contract", "http://127.0.0.1:1")
PROFILE = ("profile", "http://127.0.0.1:1", "--output", "x.yaml")


def refused(command: tuple[str, ...], option: str, value: str) -> str:
    done = CliRunner().invoke(main, [*command, option, value])
    assert done.exit_code == 2
    assert f"Invalid value for '{option}': {value}" in done.output
    return done.output


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "86401", "-1"])
@pytest.mark.parametrize(
    ("command", "option"),
    [(CONTRACT, "--wait"), (CONTRACT, "--patience"), (CONTRACT, "--deadline"), (PROFILE, "--deadline")],
)
def test_seconds_are_finite_and_no_more_than_a_day(command: tuple[str, ...], option: str, value: str) -> None:
    assert "86400" in refused(command, option, value)


@pytest.mark.parametrize("value", ["0", "-4"])
@pytest.mark.parametrize("option", ["--image-id", "--video-id"])
def test_ids_of_a_platform_begin_at_1(option: str, value: str) -> None:
    assert "x>=1" in refused(CONTRACT, option, value)


@pytest.mark.parametrize("value", ["0", "5", "10001"])
def test_a_profile_takes_as_many_requests_as_can_be_fitted(value: str) -> None:
    assert "6<=x<=10000" in refused(PROFILE, "--requests", value)


@pytest.mark.parametrize(("told", "seconds"), [("0.5", 0.5), ("86400", 86400.0), ("1e3", 1000.0)])
def test_what_is_within_is_a_number(told: str, seconds: float) -> None:
    assert Seconds(0.5).convert(told, None, None) == seconds
