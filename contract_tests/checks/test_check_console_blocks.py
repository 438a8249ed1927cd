"""Commands that the pages show and no test runs, as they want a Redis, a real app or minutes: they exist at least.

Those of the guides are run as well, by `guides`.
"""

import re
import shlex
from pathlib import Path

import click
import pytest

from modeldouble_server.cli import main

REPO = Path(__file__).parents[2]
PAGES = [REPO / "README.md", REPO / "CONTRIBUTING.md", *sorted((REPO / "docs").glob("*.md"))]
SHOWN = re.compile(r"^```(?:console|text)$(.+?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (?:[A-Z_]+=\S+ )*(modeldouble (?!COMMAND\b).+)$", re.MULTILINE)
END = re.compile(r"\s*(?:&|\||>|2>|;|&&).*$")


def commands(text: str) -> list[str]:
    """What a page shows behind a prompt, without what the shell does with it."""
    shown = "\n".join(block.replace("\\\n", " ") for block in SHOWN.findall(text))
    return [END.sub("", found) for found in COMMAND.findall(shown)]


def check(line: str) -> None:
    """Read a command line as the program does, and run nothing; click.UsageError: it cannot be given."""
    _, name, *rest = shlex.split(line)
    if name == "--version":
        return
    # A command keeps the names of its help for good, so they have to be those of the program.
    program = click.Context(main, info_name="modeldouble", **main.context_settings)
    _, command, arguments = main.resolve_command(program, [name, *rest])
    assert command is not None
    own = click.Context(command, parent=program, allow_interspersed_args=name != "run")
    command.make_parser(own).parse_args(list(arguments))


FOUND = [(page.name, line) for page in PAGES for line in commands(page.read_text("utf-8"))]


def test_there_are_commands_on_many_pages() -> None:
    assert {"scale.md", "start.md", "guide-ci.md", "page.md"} <= {page for page, _ in FOUND}
    assert len(FOUND) > 20


@pytest.mark.parametrize(("page", "line"), FOUND)
def test_a_command_that_is_shown_can_be_given(page: str, line: str) -> None:
    check(line)


@pytest.mark.parametrize("line", ["modeldouble srve", "modeldouble serve --prot 1", "modeldouble serve --workers"])
def test_a_command_that_cannot_be_given_is_noticed(line: str) -> None:
    with pytest.raises(click.UsageError):
        check(line)


def test_what_the_shell_does_is_no_part_of_a_command() -> None:
    page = "```console\n$ A=1 modeldouble serve --port 0 > out &\nready\n$ ls\n```\n"
    assert commands(page) == ["modeldouble serve --port 0"]
