"""Reads a page of Markdown as its reader does: files to write, commands to run, and what a command prints.

What a block is, is told by the line that opens it:

- with `title="count.py"`, or Python that begins with `# count.py`: a file, below the reader's folder;
- `console`: commands after `$ `, each followed by its output. A command that ends with a backslash goes on in the next
  line, after `> `;
- `bash`: commands, one a line, of whose output the page says nothing;
- other `python`: a script. Every other block is only to be looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPENS = re.compile(r"(?P<indent> *)(?P<fence>`{3,})(?P<language>\w*)(?P<rest>[^`]*)")
_TITLE = re.compile(r'title="(?P<name>[^"]+)"')
_NAMED = re.compile(r"# (?P<name>[\w./-]+\.py)")


@dataclass(frozen=True)
class File:
    """A file that the reader writes; `name` is its path, `line` the line of the page where its block opens."""

    line: int
    name: str
    text: str


@dataclass(frozen=True)
class Command:
    """A command that the reader runs; `expected` are the lines that it prints, None where the page does not say."""

    line: int
    text: str
    expected: tuple[str, ...] | None


@dataclass(frozen=True)
class Script:
    """Python that the reader runs, in no file that has a name."""

    line: int
    text: str


Step = File | Command | Script


@dataclass(frozen=True)
class Block:
    """What stands between two fences; `line` is the number of the line that opens it, from 1."""

    line: int
    language: str
    rest: str
    lines: tuple[str, ...]


class Unreadable(ValueError):
    """A page that no reader could follow; the text begins with the number of the line."""


def read(page: str) -> list[Step]:
    """What the reader of a page does, in order. Raises Unreadable."""
    return [step for block in blocks(page) for step in _steps(block)]


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order. Raises Unreadable where one is not closed."""
    lines = iter(enumerate(page.splitlines(), 1))
    for number, line in lines:
        opens = _OPENS.fullmatch(line)
        if opens is None:
            continue
        inside = []
        for _, text in lines:
            if re.fullmatch(rf" *{opens['fence']}`*\s*", text):
                break
            inside.append(text[len(opens["indent"]) :])
        else:
            raise Unreadable(f"{number}: the block is not closed")
        yield Block(number, opens["language"], opens["rest"], tuple(inside))


def _steps(block: Block) -> Iterator[Step]:
    text = "".join(f"{line}\n" for line in block.lines)
    named = _TITLE.search(block.rest) or (_NAMED.fullmatch(block.lines[0]) if _is_python(block) else None)
    if named:
        yield File(block.line, named["name"], text)
    elif block.language == "console":
        yield from _commands(block)
    elif block.language == "bash":
        numbered = enumerate(block.lines, block.line + 1)
        yield from (Command(number, line, None) for number, line in numbered if line.strip())
    elif _is_python(block):
        yield Script(block.line, text)


def _is_python(block: Block) -> bool:
    return block.language == "python" and bool(block.lines)


def _commands(block: Block) -> Iterator[Command]:
    if not block.lines or not block.lines[0].startswith("$ "):
        raise Unreadable(f"{block.line}: a console block begins with a command, `$ ...`")
    numbered = list(enumerate(block.lines, block.line + 1))
    starts = [at for at, (_, line) in enumerate(numbered) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(numbered)], strict=True):
        yield _command(numbered[start:end])


def _command(numbered: list[tuple[int, str]]) -> Command:
    number, first = numbered[0]
    text, at = first[2:], 1
    while text.endswith("\\"):
        if at == len(numbered) or not numbered[at][1].startswith("> "):
            raise Unreadable(f"{number}: the command goes on in the next line, which must begin with `> `")
        text, at = f"{text}\n{numbered[at][1][2:]}", at + 1
    expected = tuple(line for _, line in numbered[at:])
    if expected and all(line.strip() in ("", "...") for line in expected):
        raise Unreadable(f"{number}: `...` alone says nothing; show a line of the output, or none")
    return Command(number, text, expected)
