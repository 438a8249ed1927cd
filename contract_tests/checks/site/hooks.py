"""What the site does to the pages of docs/: pages beside that folder belong to it, and doctests are coloured as such.

MkDocs knows one folder. A link such as `../CONTRIBUTING.md` is right on the forge, and is led here to a page of the
site that has the same text, so that nobody writes it twice.
"""

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File  # pyright: ignore[reportMissingImports] - of the environment docs alone

REPO = Path(__file__).parents[3]
BESIDE = {"README.md": "readme.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
"""Pages beside docs/ by name -> where they are on the site. README.md there is the index of docs/."""
_LINK = re.compile(r"(?<=\]\()(?!https?:|#)([^)\s#]+)")
_DOCTEST = re.compile(r"^( *)```python\n(?= *>>> )", re.MULTILINE)


def on_files(files: Any, config: Any) -> Any:
    """Let the pages beside docs/ be files of the site."""
    for name, place in BESIDE.items():
        files.append(File.generated(config, place, content=(REPO / name).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """The text of a page as the site has it."""
    return shown(relinked(markdown, page.file.src_uri))


def relinked(markdown: str, place: str) -> str:
    """Links as they are on the site, of the page at `place`; what is a file elsewhere in the repository stays."""
    beside = {there: name for name, there in BESIDE.items()}
    # Where the page is in the repository, and where its site has it.
    source = beside.get(place, posixpath.join("docs", place))
    folder, here = posixpath.dirname(source), posixpath.dirname(place)

    def led(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, match[1]))
        on_site = BESIDE.get(target) or target.removeprefix("docs/")
        return posixpath.relpath(on_site, here or ".") if target in BESIDE or on_site != target else match[1]

    return _LINK.sub(led, markdown)


def shown(markdown: str) -> str:
    """Doctests in the colours of a session, prompts apart from what is typed."""
    return _DOCTEST.sub(r"\1```pycon\n", markdown)
