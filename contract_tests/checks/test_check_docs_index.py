"""docs/README.md leads to every page, and so does the menu of the site."""

import re
from pathlib import Path

import yaml

REPO = Path(__file__).parents[2]
DOCS = REPO / "docs"
PAGES = sorted(str(page.relative_to(DOCS).as_posix()) for page in DOCS.rglob("*.md"))
ENTRY = re.compile(r"^- \[([^\]]+)\]\(([^)]+)\): \S.*$", re.MULTILINE)


def menu() -> list[str]:
    """The pages of the site's menu, in order."""
    # What of it is Python's is not looked at.
    plain = re.sub(r"!!python/\S+ ", "", (REPO / "mkdocs.yml").read_text(encoding="utf-8"))
    return list(_leaves(yaml.safe_load(plain)["nav"]))


def _leaves(nav: object) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    inside = nav.values() if isinstance(nav, dict) else nav if isinstance(nav, list) else ()
    return [leaf for one in inside for leaf in _leaves(one)]


def test_each_page_has_one_line_in_the_index() -> None:
    named = [target for _, target in ENTRY.findall((DOCS / "README.md").read_text(encoding="utf-8"))]
    own = sorted(target for target in named if not target.startswith("../"))
    assert own == [page for page in PAGES if page != "README.md" and page.count("/") <= page.endswith("/README.md")]


def test_a_line_of_the_index_names_what_it_leads_to() -> None:
    entries = ENTRY.findall((DOCS / "README.md").read_text(encoding="utf-8"))
    assert [(name, target) for name, target in entries if target not in (name, f"../{name}")] == []


def test_each_page_of_a_folder_is_in_the_index_of_the_folder() -> None:
    for index in DOCS.glob("*/README.md"):
        linked = set(re.findall(r"\]\((\w+\.md)\)", index.read_text(encoding="utf-8")))
        assert linked == {page.name for page in index.parent.glob("*.md")} - {"README.md"}


def test_each_page_is_once_in_the_menu_of_the_site() -> None:
    beside = ["changelog.md", "contributing.md", "readme.md"]
    assert sorted(menu()) == sorted([*PAGES, *beside])
