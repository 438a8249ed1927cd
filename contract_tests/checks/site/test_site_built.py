"""The site loads nothing from elsewhere, leads nowhere that is not there, and shows every page and name."""

import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import pytest

from .built import Page, foreign
from .hooks import BESIDE, REPO

DOCS = REPO / "docs"
_ELSEWHERE = re.compile(r"""(?:url\(|@import)\s*["']?(?:https?:)?//""")
_RAW = re.compile(r"^(?:- |\* |\d+\. |\|)|```|\]\(|^::: ", re.MULTILINE)


def test_nothing_is_loaded_from_elsewhere(site: dict[str, Page]) -> None:
    assert {name: found for name, page in site.items() if (found := list(filter(foreign, page.loads)))} == {}
    assert all(any(one.endswith(".css") for one in page.loads) for page in site.values())


def test_no_style_loads_from_elsewhere(folder: Path) -> None:
    styles = sorted(folder.rglob("*.css"))
    assert styles
    assert [file.name for file in styles if _ELSEWHERE.search(file.read_text(encoding="utf-8"))] == []


def test_nothing_stands_there_for_which_the_theme_would_fetch_a_script(site: dict[str, Page]) -> None:
    assert [name for name, page in site.items() if page.classes & {"mermaid", "arithmatex"}] == []


def test_every_page_of_the_repository_is_a_page_of_the_site(site: dict[str, Page]) -> None:
    own = {file.relative_to(DOCS).as_posix() for file in DOCS.rglob("*.md")} | set(BESIDE.values())
    made = {re.sub(r"README\.md$", "index.md", name).removesuffix(".md") + ".html" for name in own}
    assert set(site) == made | {"404.html"}


def test_every_link_leads_somewhere(site: dict[str, Page], folder: Path) -> None:
    broken = []
    for name, page in site.items():
        for link in (one for one in (*page.leads, *page.loads) if not foreign(one) and name != "404.html"):
            path, _, anchor = unquote(link).partition("#")
            target = str(PurePosixPath(_normal(f"{PurePosixPath(name).parent}/{path}"))) if path else name
            there = (folder / target).exists()
            if not there or (anchor and target in site and anchor not in site[target].ids):
                broken.append((name, link))
    assert broken == []


def _normal(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def test_every_name_of_the_reference_is_filled_in(site: dict[str, Page]) -> None:
    for file in sorted((DOCS / "reference").glob("*.md")):
        names = re.findall(r"^::: ([\w.]+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
        place = f"reference/{'index' if file.stem == 'README' else file.stem}.html"
        assert set(names) <= site[place].ids, file.name


def test_methods_fields_and_attributes_are_there(site: dict[str, Page]) -> None:
    ids = site["reference/client.html"].ids
    assert {"modeldouble.Session.inference_image_path", "modeldouble.Job.stop"} <= ids
    assert "modeldouble.ObjClass.color" in site["reference/answers.html"].ids
    assert {"modeldouble.ResultsLost.missing", "modeldouble.Refused.status"} <= site["reference/errors.html"].ids
    assert "modeldouble_server.Query.subject" in site["reference/predictors.html"].ids


def test_no_markdown_is_left_as_it_was(site: dict[str, Page]) -> None:
    left = [(name, text[:80]) for name, page in site.items() for text in page.paragraphs if _RAW.search(text)]
    assert left == []
    assert sum(len(page.paragraphs) for page in site.values()) > 500


@pytest.mark.parametrize(
    ("text", "loads", "leads"),
    [
        ('<script src="https://a.example/x.js"></script>', ["https://a.example/x.js"], []),
        ('<link rel="preconnect" href="//a.example">', ["//a.example"], []),
        ('<link rel="canonical" href="https://a.example/">', [], []),
        ('<a href="b.html">b</a><img src="c.png">', ["c.png"], ["b.html"]),
    ],
)
def test_a_page_is_read_as_a_browser_does(text: str, loads: list[str], leads: list[str]) -> None:
    page = Page(text)
    assert (page.loads, page.leads) == (loads, leads)


def test_paragraphs_are_read_without_code() -> None:
    page = Page("<p>- a <code>](b)</code> c</p><pre><code>- x</code></pre><p>d</p>")
    assert page.paragraphs == ["- a CODE c", "d"]
    assert _RAW.search(page.paragraphs[0])
