"""docs/README.md leads to every page, and no link between pages leads nowhere."""

import re
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
DOCS = REPO / "docs"
PAGES = sorted(DOCS.glob("*.md"))
ENTRY = re.compile(r"^- \[([^\]]+)\]\(([^)]+)\): \S.*$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """What GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_each_page_has_one_line_in_the_index() -> None:
    named = [target for _, target in ENTRY.findall((DOCS / "README.md").read_text(encoding="utf-8"))]
    own = sorted(target for target in named if not target.startswith("../"))
    assert own == [page.name for page in PAGES if page.name != "README.md"]


def test_a_line_of_the_index_names_what_it_leads_to() -> None:
    entries = ENTRY.findall((DOCS / "README.md").read_text(encoding="utf-8"))
    assert [(name, target) for name, target in entries if target not in (name, f"../{name}")] == []


@pytest.mark.parametrize("page", [REPO / "README.md", *PAGES], ids=lambda page: str(page.relative_to(REPO)))
def test_no_link_leads_nowhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_anchors_are_told_as_github_does(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Who predicts\n\n## `a_b`, and more!\n", encoding="utf-8")
    assert anchors(page) == {"who-predicts", "a_b-and-more"}
