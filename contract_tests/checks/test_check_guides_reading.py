"""A page is read as its reader does: files, commands with their outputs, in order, with the numbers of their lines."""

from pathlib import Path

import pytest

from .guides.reading import Command, File, Script, Unreadable, read

REPO = Path(__file__).parents[2]


def page(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def test_a_command_has_the_lines_that_follow_it_as_its_output() -> None:
    found = read(page("# Title", "", "```console", "$ echo 1", "1", "$ true", "$ echo 2", "2", "", "3", "```", "text"))
    assert found == [
        Command(4, "echo 1", ("1",)),
        Command(6, "true", ()),
        Command(7, "echo 2", ("2", "", "3")),
    ]


def test_a_command_goes_on_after_a_backslash() -> None:
    [found] = read(page("```console", "$ echo a \\", ">   b \\", "> c", "> out", "```"))
    assert found == Command(2, "echo a \\\n  b \\\nc", ("> out",))


@pytest.mark.parametrize("next_line", [("b",), ()])
def test_a_command_that_goes_on_nowhere_is_told(next_line: tuple[str, ...]) -> None:
    with pytest.raises(Unreadable, match=r"^2: .*must begin with `> `"):
        read(page("```console", "$ echo a \\", *next_line, "```"))


def test_a_block_with_a_title_is_a_file() -> None:
    assert read(page('```yaml title=".github/a.yml"', "a:", "  b", "```")) == [File(1, ".github/a.yml", "a:\n  b\n")]


def test_python_may_name_its_file_in_its_first_line() -> None:
    found = read(page("```python", "# test_a.py", "x = 1", "```", "```python", "# a remark", "```"))
    assert found == [File(1, "test_a.py", "# test_a.py\nx = 1\n"), Script(5, "# a remark\n")]


def test_shell_says_nothing_of_its_output() -> None:
    assert read(page("```bash", "a", "", "  ", "b", "`````")) == [Command(2, "a", None), Command(5, "b", None)]


def test_what_is_only_shown_is_no_step() -> None:
    assert read(page("```text", "$ no", "```", "```", "$ no", "```", "`$ no`", "```python", "```")) == []


def test_a_block_may_hold_fences_and_may_be_indented() -> None:
    found = read(page('````md title="a.md"', "```console", "$ x", "```", "````", "  ```bash", "  a", "    b", "  ```"))
    assert found == [File(1, "a.md", "```console\n$ x\n```\n"), Command(7, "a", None), Command(8, "  b", None)]


def test_a_block_that_is_not_closed_is_told_with_its_line() -> None:
    with pytest.raises(Unreadable, match=r"^2: the block is not closed"):
        read(page("", "```console", "$ a"))


@pytest.mark.parametrize("first", [("1",), ()])
def test_output_of_no_command_is_told(first: tuple[str, ...]) -> None:
    with pytest.raises(Unreadable, match=r"^1: a console block begins with a command"):
        read(page("```console", *first, "```"))


def test_dots_alone_say_nothing() -> None:
    with pytest.raises(Unreadable, match=r"^2: `...` alone says nothing"):
        read(page("```console", "$ a", "...", "", "```"))
    assert read(page("```console", "$ a", "...", "b", "```")) == [Command(2, "a", ("...", "b"))]


@pytest.mark.parametrize("guide", ["start", "guide-offline", "guide-ci", "guide-stubs"])
def test_every_command_of_a_guide_says_what_it_prints(guide: str) -> None:
    steps = read((REPO / "docs" / f"{guide}.md").read_text(encoding="utf-8"))
    assert [step.line for step in steps if isinstance(step, Script)] == []
    assert [step.line for step in steps if isinstance(step, Command) and step.expected is None] == []
    assert any(isinstance(step, File) for step in steps)
