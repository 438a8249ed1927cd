"""Tables of the documentation, as Markdown."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with its head; what a cell would end it by is escaped."""
    lines = [" | ".join(map(_cell, row)) for row in (head, ["---"] * len(head), *rows)]
    return "".join(f"| {line} |\n" for line in lines)


def code(text: str) -> str:
    """As code, unless there is nothing."""
    return f"`{text}`" if text else ""


def first_line(text: str | None) -> str:
    """The first paragraph of a docstring in one line."""
    return " ".join((text or "").strip().split("\n\n")[0].split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
