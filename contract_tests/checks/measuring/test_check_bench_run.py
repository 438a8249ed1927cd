"""Who is measured when: pairs, order, warm-up, the null comparison, and those who cannot take part."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from modeldouble_contract.bench.run import WARM_UP, failed, measure, pairs_of, shuffled, turns_of
from modeldouble_contract.bench.workload import Case, Entry, Measure, Place, Reading, Role

from .made import CASES, absent, entry, place, workload


class Counting:
    """Answers with how often it was asked, and notes who was asked for what."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def entry(self, name: str, role: Role, cases: frozenset[str] | None = None) -> Entry:
        def measure(case: Case) -> float:
            self.asked.append((name, case.name))
            return float(len(self.asked))

        return entry(name, role, measure, cases)


def test_everybody_is_read_once_in_each_pair_and_the_first_limit_twice(tmp_path: Path) -> None:
    seen = Counting()
    parts = [seen.entry(*one) for one in (("ours", Role.OURS), ("bare", Role.LIMIT), ("barer", Role.LIMIT))]
    found = measure(workload(*parts), place(tmp_path), 4)
    # One reading to warm up, which is not kept.
    assert Counter(name for name, case in seen.asked if case == "few") == {"ours": 5, "bare": 9, "barer": 5}
    assert [len(one.readings["many"]) for one in found.taken] == [4, 4, 4]
    assert len(found.null["many"]) == 4
    assert all(reading.value > 6 for one in found.taken for reading in one.readings["few"])


def test_a_warm_up_is_shorter_than_a_reading(tmp_path: Path) -> None:
    asked: list[float] = []

    def ours(case: Case) -> float:
        asked.append(case.longer)
        return 1.0

    cases = [CASES[0], CASES[1]._replace(longer=2.0)]
    measure(workload(entry("ours", Role.OURS, ours))._replace(cases=cases), place(tmp_path), 1)
    assert asked[:2] == [WARM_UP, 2 * WARM_UP]
    assert sorted(asked[2:]) == [1.0, 2.0]
    assert WARM_UP < 1


def test_a_pair_is_a_pair_also_where_turns_are_shuffled(tmp_path: Path) -> None:
    seen = Counting()
    found = measure(workload(seen.entry("ours", Role.OURS), seen.entry("bare", Role.LIMIT)), place(tmp_path), 9)
    ours, bare = (one.readings["few"] for one in found.taken)
    turns = [(a.value, b.value, c.value) for a, b, c in zip(ours, bare, found.null["few"], strict=True)]
    assert all(max(pair) - min(pair) == 2 for pair in turns)
    assert len({sorted(range(3), key=pair.__getitem__).index(0) for pair in turns}) > 1


def test_the_order_is_the_same_in_every_run() -> None:
    assert shuffled("abcdef", "made-up", 1) == shuffled("fedcba", "made-up", 1)
    assert len({tuple(shuffled("abcdef", "made-up", pair)) for pair in range(12)}) > 9


def test_who_is_missing_is_told_with_the_reason_and_the_others_are_measured(tmp_path: Path) -> None:
    parts = [entry("ours", Role.OURS, lambda _: 1.0), absent("official", "no network")]
    found = measure(workload(*parts), place(tmp_path), 2)
    assert [(one.name, one.absent, len(one.readings)) for one in found.taken] == [
        ("ours", "", 2), ("official", "no network", 0),
    ]  # fmt: skip
    assert found.null == {}


def test_an_entry_takes_part_in_its_own_cases_only(tmp_path: Path) -> None:
    parts = [entry("ours", Role.OURS, lambda _: 1.0), entry("bare", Role.LIMIT, lambda _: 1.0, frozenset({"few"}))]
    found = measure(workload(*parts), place(tmp_path), 2)
    assert [sorted(one.readings) for one in found.taken] == [["few", "many"], ["few"]]
    assert list(found.null) == ["few"]


@pytest.mark.parametrize(("pairs", "fewer"), [(24, 4), (12, 2), (6, 1), (3, 1)])
def test_a_case_may_have_fewer_pairs_and_no_warm_up(tmp_path: Path, pairs: int, fewer: int) -> None:
    asked: list[str] = []

    def ours(case: Case) -> float:
        asked.append(case.name)
        return 1.0

    parts = [entry("ours", Role.OURS, ours), entry("bare", Role.LIMIT, lambda _: 1.0)]
    short = workload(*parts)._replace(cases=[CASES[0], CASES[1]._replace(pairs=2)])
    found = measure(short, place(tmp_path), pairs)
    assert [len(found.ours.readings[case.name]) for case in CASES] == [pairs, fewer]
    assert [len(found.null[case.name]) for case in CASES] == [pairs, fewer]
    assert [asked.count(case.name) for case in CASES] == [pairs + 1, fewer]


def test_each_entry_has_an_empty_folder_and_is_closed_at_the_end(tmp_path: Path) -> None:
    seen: list[tuple[str, Path | None]] = []

    @contextmanager
    def opened(where: Place) -> Iterator[Measure]:
        assert list(where.folder.iterdir()) == []
        seen.append(("open", where.folder))
        try:
            yield lambda _: Reading(1.0)
        finally:
            seen.append(("closed", where.folder))

    parts = [Entry(name, role, opened) for name, role in (("ours", Role.OURS), ("bare", Role.LIMIT))]
    measure(workload(*parts), place(tmp_path), 1)
    assert [what for what, _ in seen] == ["open", "open", "closed", "closed"]
    assert len({folder for _, folder in seen}) == 2


def test_what_was_opened_is_closed_when_a_reading_raises(tmp_path: Path) -> None:
    closed = []

    @contextmanager
    def opened(_: Place) -> Iterator[Measure]:
        try:
            yield lambda case: Reading(1 / (case.size - 1))
        finally:
            closed.append(True)

    with pytest.raises(ZeroDivisionError):
        measure(workload(Entry("ours", Role.OURS, opened)), place(tmp_path), 1)
    assert closed == [True]


def test_every_turn_is_told(tmp_path: Path) -> None:
    parts = [entry("ours", Role.OURS, lambda _: 1.0), entry("bare", Role.LIMIT, lambda _: 1.0, frozenset({"few"}))]
    one, told = workload(*parts), list[str]()
    measure(one, place(tmp_path), 3, told.append)
    assert len(told) == turns_of(one, 3)
    assert told[:3] == ["ours, start", "bare, start", "ours, warm-up"]


@pytest.mark.parametrize(
    ("own", "asked", "quick", "pairs"),
    [(None, None, False, 12), (None, None, True, 3), (2, None, True, 2), (20, None, False, 20), (20, 7, True, 7)],
)
def test_the_number_of_pairs(own: int | None, asked: int | None, quick: bool, pairs: int) -> None:
    assert pairs_of(workload()._replace(pairs=own), asked, quick) == pairs


def test_a_workload_that_failed_says_so_of_everybody() -> None:
    found = failed(workload(entry("ours", Role.OURS, lambda _: 1.0)), "it broke")
    assert (found.failed, found.taken[0].absent) == ("it broke", "the workload failed")
