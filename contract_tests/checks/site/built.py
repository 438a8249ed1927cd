"""A page of the site as a browser reads it: what it loads, where it leads, and what can be led to."""

from html.parser import HTMLParser
from pathlib import Path

_LOADS = {
    "script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "audio": "src", "embed": "src",
    "object": "data", "form": "action",
}  # fmt: skip
_LINKED = frozenset(("stylesheet", "icon", "preload", "preconnect", "dns-prefetch", "modulepreload", "prefetch"))
"""What a `link` says that a browser does about it at once."""


class Page(HTMLParser):
    """`loads` are addresses that the browser fetches, `leads` those of links, `ids` the anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.leads: list[str] = []
        self.ids: set[str] = set()
        self.classes: set[str] = set()
        self.paragraphs: list[str] = []
        self._in: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of what a tag loads, leads to, or is called."""
        told = {name: value or "" for name, value in attrs}
        self.ids |= {told[name] for name in ("id", "name") if told.get(name)}
        self.classes |= set(told.get("class", "").split())
        if tag == "a" and "href" in told:
            self.leads.append(told["href"])
        if tag == "link" and set(told.get("rel", "").split()) & _LINKED:
            self.loads.append(told.get("href", ""))
        if told.get(_LOADS.get(tag, "")):
            self.loads.append(told[_LOADS[tag]])
        self._enter(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave a paragraph, or code in it."""
        if tag in self._in:
            del self._in[self._in.index(tag) :]

    def handle_data(self, data: str) -> None:
        """Keep what stands in a paragraph and is no code."""
        if self._in[:1] == ["p"]:
            self.paragraphs[-1] += "CODE" if "code" in self._in else data

    def _enter(self, tag: str) -> None:
        if tag == "p" and not self._in:
            self.paragraphs.append("")
        if (tag == "p" and not self._in) or tag in ("code", "pre"):
            self._in.append(tag)


def pages(folder: Path) -> dict[str, Page]:
    """Every page below a folder."""
    files = sorted(folder.rglob("*.html"))
    return {file.relative_to(folder).as_posix(): Page(file.read_text(encoding="utf-8")) for file in files}


def foreign(address: str) -> bool:
    """It is not of the site."""
    return address.startswith(("http:", "https:", "//"))
