"""The pages about endpoints and the job's life are what the truth makes of itself."""

from pathlib import Path

import pytest

from modeldouble_contract.truth import load
from modeldouble_contract.truth.pages import PAGES, endpoints, lifecycle, main

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_current(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "python -m modeldouble_contract.truth.pages docs"


def test_every_operation_and_deviation_has_a_row() -> None:
    rows = [line.split(" | ") for line in endpoints(load()).splitlines() if line.startswith("| `")]
    operations = [(row[0].strip("| `"), row[1]) for row in rows if row[1] in ("GET", "POST")]
    assert operations == [(one.route, one.method) for one in load().operations.values()]
    assert [row[0].strip("| `") for row in rows[len(operations) :]] == list(load().deviations)


def test_what_is_unverified_is_counted_and_named() -> None:
    operations = load().operations
    unseen = [key for key, one in operations.items() if "run " not in one.verified]
    line = next(line for line in endpoints(load()).splitlines() if "unverified" in line)
    assert line.startswith(f"Of {len(operations)} entries, {len(unseen)} are unverified")
    assert all(f"`{key}`" in line for key in unseen)
    assert 0 < len(unseen) < len(operations)


def test_every_transition_is_a_row() -> None:
    life = load().lifecycle
    rows = [tuple(cell.strip(" |`") for cell in line.split(" | ")) for line in lifecycle(life).splitlines()]
    made = [(state.name, event, to) for state in life.states.values() for event, to in state.next.items()]
    assert [row for row in rows if len(row) == 3][1:] == [("", "start", "preparing"), *made]


def test_every_row_of_a_table_is_as_long_as_its_head() -> None:
    for made in PAGES.values():
        tables = [[line.count(" | ") for line in part.splitlines()] for part in made().split("\n\n") if part[:1] == "|"]
        assert tables
        assert all(len({count for at, count in enumerate(table) if at != 1}) == 1 for table in tables)


def test_pages_are_written_into_the_folder_that_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 0
    assert {file.name: file.read_text("utf-8") for file in tmp_path.iterdir()} == {
        k: made() for k, made in PAGES.items()
    }
    assert main([]) == main([str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.count("name the folder") == 2
