"""The suite's options, a pytest plugin that only the suite itself is run with (`-p modeldouble_contract.options`)."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from .judge import Judge
from .plan import Plan
from .target import Target


@dataclass
class Facts:
    """What the fixtures of a run leave for its outcome."""

    target: Target | None = None
    judge: Judge | None = None
    info: dict[str, Any] = field(default_factory=dict)


FACTS = pytest.StashKey[Facts]()

_KINDS: dict[str, Any] = {
    "target": {}, "server_address": {}, "task_id": {"type": int}, "image": {"action": "append"},
    "image_id": {"action": "append", "type": int}, "image_url": {}, "video": {},
    "video_id": {"type": int}, "settings": {}, "sdk": {},
    "strict": {"action": "store_true"}, "strict_deviations": {"action": "store_true"}, "patience": {"type": float},
    "deadline": {"type": float},
}  # fmt: skip
TOKEN = "MODELDOUBLE_CONTRACT_TOKEN"  # noqa: S105  the name of a variable


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register one option per field of the plan."""
    group = parser.getgroup("modeldouble")
    for name, kind in _KINDS.items():
        group.addoption(f"--modeldouble-{name.replace('_', '-')}", dest=f"modeldouble_{name}", **kind)


def pytest_configure(config: pytest.Config) -> None:
    """Register the suite's marks and make room for a run's facts."""
    config.stash[FACTS] = Facts()
    config.addinivalue_line("markers", "must(asks): a violation fails the run; asks: inferences asked for")
    config.addinivalue_line("markers", "should(asks): a violation is a warning; asks: inferences asked for")


def plan_of(config: pytest.Config, environment: dict[str, str]) -> Plan:
    """The plan that the options and the token of the environment make."""
    given = {name: config.getoption(f"modeldouble_{name}") for name in _KINDS}
    found: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items() if value is not None
    }
    return Plan(**found, api_token=environment.get(TOKEN))
