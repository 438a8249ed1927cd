"""Limits and refusals."""

import pytest

from modeldouble_server.limits import Limits
from modeldouble_server.refusal import Refused, shown


def test_every_resource_is_bounded_by_a_positive_number() -> None:
    kinds = {name: float if name.endswith("_seconds") else int for name in Limits._fields}
    assert all(type(limit) is kinds[name] and limit > 0 for name, limit in Limits()._asdict().items())


def test_limits_that_clients_meet_are_those_of_real_servers() -> None:
    assert (Limits().files, Limits().pop) == (1000, 500)


def test_a_limit_can_be_set_alone() -> None:
    assert Limits(files=3) == Limits()._replace(files=3)


def test_a_refusal_carries_status_and_text() -> None:
    refused = Refused(404, "no such thing")
    assert (refused.status, refused.text, str(refused)) == (404, "no such thing", "no such thing")


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "'a'"), (None, "None"), ([1, "x"], "[1, 'x']"), ("\ud800\n\x1b", r"'\ud800\n\x1b'"), ("é", "'é'")],
)
def test_a_value_is_shown_as_its_repr(value: object, text: str) -> None:
    assert shown(value) == text


def test_a_long_value_is_cut_to_exactly_so_many_characters() -> None:
    assert shown("x" * 78) == f"'{'x' * 78}'"
    assert shown("x" * 79) == f"'{'x' * 78}…"
    assert shown([1] * 100, most=10) == "[1, 1, 1,…"
