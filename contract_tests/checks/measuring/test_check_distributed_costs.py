"""What a request costs and where that ends, worked out of readings that are told beforehand."""

import pytest

from modeldouble_contract.bench.distributed.asking import INFO, POP
from modeldouble_contract.bench.distributed.costs import costs
from modeldouble_contract.bench.distributed.workers import workload
from modeldouble_contract.bench.registry import defects
from modeldouble_contract.bench.run import failed
from modeldouble_contract.bench.verdict import Kind, verdicts

from .scaled import scaled, taken


def test_times_are_medians_by_the_number_of_workers() -> None:
    one = costs(scaled({1: 500, 2: 480, 4: 520, 8: 600}))[0]
    assert (one.route, one.workers_us) == (POP, {1: 500, 2: 480, 4: 520, 8: 600})
    assert (one.alone_us, one.sharing) == (250, 2.0)
    assert one.growth == pytest.approx(600 / 480)


def test_a_core_answers_as_many_as_the_dearest_number_of_workers() -> None:
    assert costs(scaled({1: 500, 8: 1000}))[0].per_core == 1000


def test_redis_is_the_bound_when_its_core_has_no_time_left() -> None:
    one = costs(scaled({1: 500, 8: 400}, redis_us=50))[0]
    assert one.redis_rate == pytest.approx(20_000)
    assert one.workers_until_redis == pytest.approx(10)


def test_who_does_not_ask_redis_has_no_bound() -> None:
    one = costs(scaled({1: 500, 8: 400}, redis_us=0))[0]
    assert (one.redis_rate, one.workers_until_redis) == (None, None)


def test_growth_has_a_slope() -> None:
    assert costs(scaled({1: 100, 2: 200, 4: 400, 8: 800}))[0].slope == pytest.approx(1)
    assert costs(scaled({1: 100, 8: 100}))[0].slope == pytest.approx(0)


def test_without_the_own_store_nothing_is_set_beside_it() -> None:
    measured = scaled({1: 500, 2: 500})
    one = costs(measured._replace(taken=[measured.taken[0], taken("own store", {}, absent="left out")]))[0]
    assert (one.alone_us, one.sharing) == (None, None)


def test_of_what_failed_nothing_is_told() -> None:
    assert costs(failed(workload(), "it broke")) == []


def test_the_workload_keeps_the_rules_and_has_every_route_four_times() -> None:
    made = workload()
    assert defects(made) == []
    assert [(case.curve, case.size) for case in made.cases[:4]] == [(INFO, 1), (INFO, 2), (INFO, 4), (INFO, 8)]
    assert len(made.cases) == 16
    assert {len(one.cases or ()) for one in made.growths} == {4}
    assert {case for one in made.entries[1:] for case in one.cases or ()} == {
        case.name for case in made.cases if case.size == 1
    }


@pytest.mark.parametrize(("eight", "kind"), [(119, Kind.MET), (121, Kind.MISSED)])
def test_flat_is_within_twenty_percent(eight: float, kind: Kind) -> None:
    found = [one for one in verdicts(scaled({1: 100, 2: 100, 4: 110, 8: eight})) if one.text.startswith(POP)]
    assert [one.kind for one in found] == [kind]


@pytest.mark.parametrize(("operations", "kind"), [(2.1, Kind.MET), (3.0, Kind.MISSED)])
def test_a_third_operation_of_a_pop_is_seen(operations: float, kind: Kind) -> None:
    found = verdicts(scaled({1: 100, 2: 100}, operations=operations))
    assert {one.kind for one in found if one.measure == "redis_operations" and one.case.startswith(POP)} - {
        Kind.UNKNOWN
    } == {kind}
