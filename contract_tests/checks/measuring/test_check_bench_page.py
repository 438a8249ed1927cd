"""docs/performance.md and the README's paragraph are those of docs/performance.json."""

from pathlib import Path

import pytest

from modeldouble_contract.bench.report import as_json, markdown, plots
from modeldouble_contract.bench.report.__main__ import publish

from .made import measured, outcome, steady

REPO = Path(__file__).parents[3]
DOCS = REPO / "docs"
REMEDY = "python -m modeldouble_contract.bench.report docs/performance.json"
PUBLISHED = as_json.read((DOCS / "performance.json").read_text(encoding="utf-8"))


def test_the_page_tells_of_the_run_that_is_kept() -> None:
    page = markdown.page(PUBLISHED, results="performance.json", folder="pictures/performance")
    assert (DOCS / "performance.md").read_text(encoding="utf-8") == page, REMEDY


def test_the_readme_does_too() -> None:
    text = (REPO / "README.md").read_text(encoding="utf-8")
    assert markdown.spliced(text, PUBLISHED) == text, REMEDY


def test_every_picture_of_the_page_is_there_and_no_other() -> None:
    drawn = sorted(picture.name for one in PUBLISHED.measured for picture in plots.pictures(one))
    assert sorted(path.name for path in (DOCS / "pictures" / "performance").iterdir()) == drawn


def test_the_run_that_is_kept_is_small_and_written_as_it_would_be() -> None:
    text = (DOCS / "performance.json").read_text(encoding="utf-8")
    assert as_json.render(PUBLISHED) == text
    assert len(text.encode()) < 300_000


def test_publishing_makes_all_pages_anew(tmp_path: Path) -> None:
    clone, results = tmp_path / "clone", tmp_path / "results.json"
    (clone / "docs" / "pictures" / "performance").mkdir(parents=True)
    (old := clone / "docs" / "pictures" / "performance" / "old.svg").touch()
    (clone / "README.md").write_text(f"{markdown.BEGIN}{markdown.END}\n", encoding="utf-8")
    results.write_text(as_json.render(run := outcome(measured(steady(90), steady(100)))), encoding="utf-8")
    publish(results, clone)
    assert (clone / "README.md").read_text(encoding="utf-8") == f"{markdown.paragraph(run)}\n"
    assert "](pictures/performance/made-up.svg)" in (clone / "docs" / "performance.md").read_text(encoding="utf-8")
    assert (clone / "docs" / "performance.json").read_text(encoding="utf-8") == results.read_text(encoding="utf-8")
    assert [path.name for path in old.parent.iterdir()] == ["made-up.svg"]


def test_a_file_that_is_no_run_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="schema"):
        publish(tmp_path / "results.json", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]
