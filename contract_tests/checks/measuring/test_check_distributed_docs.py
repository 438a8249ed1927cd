"""docs/distributed.md and its pictures are those of docs/distributed.json."""

from pathlib import Path

from modeldouble_contract.bench.distributed.page import page
from modeldouble_contract.bench.report import as_json, plots

DOCS = Path(__file__).parents[3] / "docs"
REMEDY = "python -m modeldouble_contract.bench.distributed docs/distributed.json"
PUBLISHED = as_json.read((DOCS / "distributed.json").read_text(encoding="utf-8"))


def test_the_page_tells_of_the_run_that_is_kept() -> None:
    text = page(PUBLISHED, results="distributed.json", folder="pictures/distributed")
    assert (DOCS / "distributed.md").read_text(encoding="utf-8") == text, REMEDY


def test_every_picture_of_the_page_is_there_and_no_other() -> None:
    drawn = sorted(picture.name for one in PUBLISHED.measured for picture in plots.pictures(one))
    assert drawn == ["distributed-cpu-us.svg", "distributed.svg"]
    assert sorted(path.name for path in (DOCS / "pictures" / "distributed").iterdir()) == drawn


def test_the_run_that_is_kept_is_small_and_written_as_it_would_be() -> None:
    text = (DOCS / "distributed.json").read_text(encoding="utf-8")
    assert as_json.render(PUBLISHED) == text
    assert len(text.encode()) < 100_000
