"""The files of the page: what a machine can see in them, and their logic, which Node's own runner tests."""

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

import modeldouble_server.page

PAGE = Path(modeldouble_server.page.__file__).parent
HERE = Path(__file__).parent
FILES = sorted(file for file in PAGE.iterdir() if file.suffix in (".html", ".css", ".js", ".svg"))
SCRIPTS = [file for file in FILES if file.suffix == ".js"]
MOST_BYTES, MOST_LINES, MOST_BODY = 150_000, 300, 25
FORBIDDEN = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|https?://")
XMLNS = "http://www.w3.org/2000/svg"
IDS = """models state theme token-form token model look journal jobs faults misses deviations contract card classes
settings look-file look-drop look-image look-video threshold threshold-value drawing look-said objects scrubber frame
frame-value play journal-source journal-route journal-status journal-text journal-pause journal-count journal-rows
jobs-list faults-list misses-list deviations-list contract-report""".split()
SECTIONS = ("model", "look", "journal", "jobs", "faults", "misses", "deviations", "contract")


class Page(HTMLParser):
    """The start tags of the page, each with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed((PAGE / "index.html").read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def values(self, name: str, tag: str | None = None) -> list[str]:
        """Values of an attribute, of one tag or of all."""
        return [found[name] for each, found in self.tags if name in found and tag in (None, each)]


def bodies(lines: list[str]) -> Iterator[tuple[str, int]]:
    """First line and lines of the body of each function and method, as they are indented."""
    for at, line in enumerate(lines):
        if re.match(r"(export )?(async )?function|  (async |get |set |static |\*)*\w+\([^;]*\) \{$", line):
            end = re.match(" *", line)
            last = (end.group() if end else "") + "}"
            yield line, next(n for n, one in enumerate(lines[at:]) if one.rstrip() == last) - 1


@pytest.fixture(scope="module")
def page() -> Page:
    return Page()


def test_the_page_is_small() -> None:
    assert 0 < sum(file.stat().st_size for file in FILES) < MOST_BYTES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_makes_no_markup_out_of_text_and_names_no_other_site(file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace(XMLNS, "")
    assert [found.group() for found in FORBIDDEN.finditer(text)] == []
    assert "setAttribute('style'" not in text.replace('"', "'")


@pytest.mark.parametrize("text", ["a.innerHTML = b", "eval(x)", "fetch('https://a.example')", "document.write(1)"])
def test_what_is_forbidden_is_found(text: str) -> None:
    assert FORBIDDEN.search(text)


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_a_script_is_a_small_room(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MOST_LINES
    assert [line for line in lines if len(line) > 130] == []
    assert lines[0].startswith("// ")
    assert [found for found in bodies(lines) if found[1] > MOST_BODY] == []


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_a_script_imports_files_of_the_page_alone(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    imported = re.findall(r'(?:from|import\()\s*"([^"]*)"', text)
    assert [name for name in imported if not (PAGE / name).is_file() or not name.startswith("./")] == []


def test_bodies_are_measured() -> None:
    lines = ["export function a() {", "  1;", "  2;", "}", "class B {", "  async c(d) {", "    1;", "  }", "}"]
    assert list(bodies(lines)) == [(lines[0], 2), (lines[5], 1)]


def test_no_script_is_left_over() -> None:
    texts = {file.name: file.read_text(encoding="utf-8") for file in FILES}
    parts = set(re.findall(r'"(\w+)"', texts["app.js"].partition("PARTS = [")[2].partition("]")[0]))
    named = {f"{part}.js" for part in parts} | {"page.js"}
    named |= {name for text in texts.values() for name in re.findall(r'"\./(\w+\.js)"', text)}
    assert {file.name for file in SCRIPTS} == named


def test_before_the_first_paint_three_files_are_asked_for(page: Page) -> None:
    assert page.values("src") == ["/__page/page.js"]
    links = [(found["rel"], found["href"]) for tag, found in page.tags if tag == "link"]
    assert links == [("icon", "/__page/icon.svg"), ("stylesheet", "/__page/page.css")]
    assert "import(" in (PAGE / "page.js").read_text(encoding="utf-8")
    assert not re.search(r"^import\b", (PAGE / "page.js").read_text(encoding="utf-8"), re.MULTILINE)
    assert not re.search(r"@import|url\(", (PAGE / "page.css").read_text(encoding="utf-8"))


def test_no_style_and_no_handler_stands_in_the_page(page: Page) -> None:
    assert [found for _, found in page.tags if "style" in found or any(name.startswith("on") for name in found)] == []
    assert "style" not in [tag for tag, _ in page.tags]


@pytest.mark.parametrize("name", IDS)
def test_each_agreed_id_is_there_once(page: Page, name: str) -> None:
    assert page.values("id").count(name) == 1


def test_no_id_is_there_twice(page: Page) -> None:
    assert [name for name, count in Counter(page.values("id")).items() if count > 1] == []


@pytest.mark.parametrize("attribute", ["for", "aria-labelledby", "aria-describedby", "aria-controls"])
def test_what_is_named_by_an_id_is_there(page: Page, attribute: str) -> None:
    ids = set(page.values("id"))
    assert [name for value in page.values(attribute) for name in value.split() if name not in ids] == []


def test_each_control_has_a_label(page: Page) -> None:
    labelled = set(page.values("for", "label"))
    controls = [found for tag, found in page.tags if tag in ("input", "select", "textarea")]
    assert [found["id"] for found in controls if found["id"] not in labelled] == []


def test_each_section_has_its_heading_and_its_link(page: Page) -> None:
    sections = [(found["id"], found["aria-labelledby"]) for tag, found in page.tags if tag == "section"]
    assert sections == [(name, f"{name}-h") for name in SECTIONS]
    links = [link for link in page.values("href", "a") if link != "#main"]
    assert links[: len(SECTIONS)] == [f"#{name}" for name in SECTIONS]
    assert set(page.values("href", "a")) <= {f"#{name}" for name in page.values("id")}


def test_ids_that_scripts_ask_for_are_in_the_page(page: Page) -> None:
    asked = {name for file in SCRIPTS for name in re.findall(r'byId\("([\w-]+)"\)', file.read_text(encoding="utf-8"))}
    assert {"journal-rows", "drawing"} <= asked
    assert asked - set(page.values("id")) - _made() == set()


def _made() -> set[str]:
    return {name for file in SCRIPTS for name in re.findall(r'\bid: "([\w-]+)"', file.read_text(encoding="utf-8"))}


def test_the_logic_of_the_scripts_holds(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None and os.environ.get("CI") == "true":
        pytest.fail("node is not installed, and the page's scripts are not tested without it; install Node 20 or later")
    if node is None:
        pytest.skip("node is not installed; the page's scripts are tested where it is")
    # As modules, which Node of any release takes them for here.
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    shutil.copytree(PAGE, tmp_path / "modeldouble_server" / "page", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(HERE, tmp_path / "tests" / "page", ignore=shutil.ignore_patterns("__pycache__"))
    tests = sorted(str(file) for file in (tmp_path / "tests" / "page").glob("*.test.mjs"))
    ran = subprocess.run([node, "--test", *tests], capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stdout[-8000:]
    assert int(re.findall(r"tests (\d+)", ran.stdout)[-1]) >= 100
