"""How one reading of a fake in several processes is taken, from programs whose figures are told beforehand."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from modeldouble_contract.bench.distributed.asking import INFO
from modeldouble_contract.bench.distributed.fake import Fake, options, serving, variables
from modeldouble_contract.bench.distributed.fleet import CONNECTIONS, Asked, Fleet, Member, reading, summed
from modeldouble_contract.bench.distributed.redis_server import Redis
from modeldouble_contract.bench.program import Program


class Told:
    """A process of the load that answers at once, with the same figures."""

    def __init__(self, **more: Any) -> None:
        self.asked: list[dict[str, Any]] = []
        self._more = more

    def ask(self, **question: Any) -> Any:
        self.asked.append(question)
        return {"rate": 300.0, "answered": 500, "seconds": 2.0, "load_seconds": 0.5, **self._more}


class Spends:
    """A process that has used more of the processor each time it is looked at."""

    def __init__(self, user: float, system: float, resident: int) -> None:
        self._each, self._looks, self._resident = (user, system), 0, resident

    def cpu_times(self) -> Any:
        self._looks += 1
        return SimpleNamespace(user=self._each[0] * self._looks, system=self._each[1] * self._looks)

    def memory_info(self) -> Any:
        return SimpleNamespace(rss=self._resident)


class Spending:
    """A Redis that has used a millisecond more each time it is asked."""

    port = 1

    def __init__(self) -> None:
        self._seconds: Iterator[int] = iter(range(1, 99))

    @property
    def processor_seconds(self) -> float:
        return next(self._seconds) / 1000


WORKERS = [Spends(0.1, 0.05, 50_000_000)]


def taking_part(redis: Spending | None, processes: list[Spends]) -> Member:
    asked = {INFO: Asked([Path("first"), Path("second")], 7)}
    return Member(Fake(1234, "/net/x", processes), cast("Redis | None", redis), asked, {INFO: 1.5})


def loads(*told: Told) -> Fleet:
    return Fleet(cast("list[Program]", list(told)))


def test_every_process_of_the_load_asks_with_requests_and_connections_of_its_own() -> None:
    first, second = Told(), Told()
    found = loads(first, second).load(taking_part(None, WORKERS), INFO, 2.0)
    assert [one.asked[0]["requests"] for one in (first, second)] == ["first", "second"]
    asked = {name: first.asked[0][name] for name in ("load", "port", "seconds", "connections", "least")}
    assert asked == {"load": "closed", "port": 1234, "seconds": 2.0, "connections": CONNECTIONS // 2, "least": 7}
    assert (found.rate, found.answered, found.share) == (600.0, 1000, 0.25)


def test_a_reading_has_what_a_request_costs_workers_and_redis() -> None:
    member = taking_part(
        Spending(), [Spends(0.0, 0.0, 1), Spends(0.1, 0.05, 50_000_000), Spends(0.2, 0.05, 70_000_000)]
    )
    found = reading(loads(Told(), Told()), member, INFO, 2.0)
    assert found.value == 600.0
    assert found.more["cpu_us"] == pytest.approx(1e6 * 0.4 / 1000)
    assert found.more["redis_us"] == pytest.approx(1e6 * 0.001 / 1000)
    assert (found.more["redis_operations"], found.more["worker_mb"]) == (1.5, 60.0)


def test_one_with_its_own_store_has_no_figures_of_redis() -> None:
    found = reading(loads(Told(), Told()), taking_part(None, [Spends(0.1, 0.1, 50_000_000)]), INFO, 2.0)
    assert sorted(found.more) == ["cpu_us", "load_share", "worker_mb"]
    assert found.more["worker_mb"] == 50.0


def test_a_wrong_answer_ends_the_reading() -> None:
    with pytest.raises(RuntimeError, match="second: Wrong: an answer has status 503"):
        loads(Told(), Told(error="Wrong: an answer has status 503")).load(taking_part(None, WORKERS), INFO, 1.0)


def test_rates_are_added_and_shares_are_not() -> None:
    told = [{"rate": 1.0, "answered": 2, "seconds": 1.0, "load_seconds": at} for at in (0.2, 0.4)]
    found = summed(told)
    assert [found.rate, found.answered, found.share] == pytest.approx([2.0, 4, 0.3])


def test_workers_come_with_a_redis_only() -> None:
    assert options(4, "redis://a")[-4:] == ["--redis", "redis://a", "--workers", "4"]
    assert not {"--redis", "--workers"} & set(options(1, None))


def test_a_line_is_read_once_it_is_whole() -> None:
    assert variables("modeldouble ready: http://a\nAPI_TOKEN=t=1\nMODELDOUBLE_SESSION_URL=http://a") == {
        "API_TOKEN": "t=1"
    }


def test_a_fake_that_does_not_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    starting = serving(tmp_path / "fake", 1, "redis://127.0.0.1:1/0")
    with pytest.raises(RuntimeError, match=r"the fake is not ready: .*redis://127\.0\.0\.1:1"):
        starting.__enter__()


def test_a_fake_serves_the_model_of_its_scenario_until_the_end(tmp_path: Path) -> None:
    with serving(tmp_path / "fake") as fake:
        assert (len(fake.processes), fake.path.startswith("/net/")) == (1, True)
        assert fake.url == f"http://127.0.0.1:{fake.port}{fake.path}"
        assert fake.processor_seconds > 0
        assert 10e6 < fake.resident_bytes < 1e9
    assert not fake.processes[0].is_running()
