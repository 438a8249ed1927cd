"""The workloads that there are, and the rules that each of them keeps."""

import pytest

from modeldouble_contract.bench.registry import Unknown, chosen, defects, found
from modeldouble_contract.bench.workload import Case, Growth, Role, Target, Workload

from .made import AT_LEAST, entry, workload

OURS, BARE = entry("ours", Role.OURS, lambda _: 1.0), entry("bare", Role.LIMIT, lambda _: 1.0)
FOUND = found()


@pytest.mark.parametrize("one", FOUND, ids=lambda one: one.name)
def test_a_workload_keeps_the_rules(one: Workload) -> None:
    assert defects(one) == []


def test_numbers_and_names_are_used_once() -> None:
    assert len({one.number for one in FOUND}) == len({one.name for one in FOUND}) == len(FOUND) > 0
    assert [one.number for one in FOUND] == sorted(one.number for one in FOUND)


def test_workloads_are_chosen_by_name_or_number() -> None:
    some = [workload()._replace(number=at, name=name) for at, name in ((1, "one"), (2, "two"), (3, "three"))]
    assert chosen([], some) == some
    assert [one.name for one in chosen(["3", "one", "three"], some)] == ["one", "three"]
    with pytest.raises(Unknown, match="'four'; there are one, two, three"):
        chosen(["four"], some)


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (workload(BARE), "one entry is ours"),
        (workload(OURS, OURS._replace(role=Role.PEER)), "entries have names"),
        (workload(OURS)._replace(cases=[]), "cases have names"),
        (workload(OURS)._replace(cases=[Case("few", 1)] * 2), "cases have names"),
        (workload(OURS._replace(cases=frozenset({"none"}))), "only cases that there are"),
        (workload(OURS, targets=[AT_LEAST]), "against entries that there are"),
        (workload(OURS, targets=[Target("nothing", None)]), "a target has one bound"),
        (workload(OURS, growths=[Growth("both", 1.0, 1.0)]), "a growth has one bound"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_told(broken: Workload, rule: str) -> None:
    assert any(rule in one for one in defects(broken))


def test_a_whole_workload_has_no_defect() -> None:
    assert defects(workload(OURS, BARE, targets=[AT_LEAST], growths=[Growth("flat", ratio=1.2)])) == []
