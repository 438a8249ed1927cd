"""Every link of README.md, CONTRIBUTING.md, CHANGELOG.md and docs/ leads somewhere, its anchor included."""

import re
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
BESIDE = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
PAGES = [*(REPO / name for name in BESIDE), *sorted((REPO / "docs").rglob("*.md"))]
_FENCE = re.compile(r"^( *)(```+|~~~+).*?^\1\2[ \t]*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)(?: \"[^\"]*\")?\)")
_DEFINED = re.compile(r"^\[[^\]]+\]: (?!https?:)(\S+)$", re.MULTILINE)
_RAW = re.compile(r"<(?:a|img|source)[^>]+(?:href|src|srcset)=\"(?!https?:)([^\"]+)\"")


def links(markdown: str) -> list[str]:
    """Targets within the repository, of links, pictures and references; what stands in code is none."""
    text = _CODE.sub("", _FENCE.sub("", markdown))
    return [*_LINK.findall(text), *_DEFINED.findall(text), *_RAW.findall(text)]


def anchors(markdown: str) -> set[str]:
    """What the forge makes of the headings of a page; the second of equal ones is numbered."""
    seen: dict[str, int] = {}
    found = set()
    for heading in re.findall(r"^#{1,6} (.+?)[ #]*$", _FENCE.sub("", markdown), re.MULTILINE):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        plain = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        number = seen.get(plain, 0)
        seen[plain] = number + 1
        found.add(f"{plain}-{number}" if number else plain)
    return found | set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", markdown))


def broken(page: Path) -> list[str]:
    """Links of a page that lead nowhere, or out of the repository."""
    found = []
    for link in links(page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        good = target.exists() and target.is_relative_to(REPO if page.is_relative_to(REPO) else page.parent)
        if good and anchor:
            good = target.suffix == ".md" and anchor in anchors(target.read_text(encoding="utf-8"))
        found += [] if good else [link]
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPO)))
def test_no_link_leads_nowhere(page: Path) -> None:
    assert broken(page) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPO)))
def test_a_page_begins_with_its_one_title(page: Path) -> None:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    assert text.startswith("# ")
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1


def test_what_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Page\n\n[a](other.md) [b](#page) [c](#pag) ![d](d.png) [e](../page.md) `[f](f.md)`\n\n"
        '```text\n# Not a heading\n[g](g.md)\n```\n\n<img src="h.png">\n\n[i]: i.md\n[j](https://j.example/)\n',
        encoding="utf-8",
    )
    assert broken(page) == ["other.md", "#pag", "d.png", "../page.md", "i.md", "h.png"]


def test_anchors_are_told_as_the_forge_does() -> None:
    headings = "# Who predicts\n\n## `a_b`, and more!\n\n## A - b\n\n## A - b\n\n```text\n## none\n```\n"
    assert anchors(headings) == {"who-predicts", "a_b-and-more", "a---b", "a---b-1"}
    assert anchors("## [Linked](page.md) title\n") == {"linked-title"}
