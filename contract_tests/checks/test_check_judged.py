"""docs/judged.md tells of runs that were made, on every release that the repository lists."""

from .environments import SERVING
from .real.judged import FAKES, PAGE, REAL, page, read_record


def test_the_page_is_that_of_the_record() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(read_record())


def test_every_listed_target_was_run_in_both_ways_and_kept_the_contract() -> None:
    record = read_record()
    wanted = {(case, way) for case in (*FAKES, *REAL) for way in ("URL", "task id")}
    assert {(one.case, one.way) for one in record} == wanted
    assert {one.status for one in record} == {0}
    assert {one.case.release for one in record} == {"", *SERVING}


def test_the_suite_is_quick_enough_to_be_run() -> None:
    # Seconds on the fake and on a real app, as they were recorded: nothing is timed here.
    assert max(one.seconds for one in read_record() if one.case in FAKES) < 10
    assert max(one.seconds for one in read_record() if one.case in REAL) < 90
