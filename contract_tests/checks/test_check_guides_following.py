"""The follower fails where a page is wrong: a wrong output, a missing file, a command that fails or never ends."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .guides.following import Differs, follow
from .guides.reading import read
from .guides.terminal import Late, Terminal

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a terminal is sh")
Following = Callable[[str], None]
WRITTEN = '```python title="a.py"\nprint(5)\n```\n'


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with Terminal(tmp_path, {"PATH": os.environ["PATH"], "NAME": "me"}) as terminal:
        yield terminal


@pytest.fixture
def following(terminal: Terminal, tmp_path: Path) -> Following:
    return lambda text: follow("page.md", read(text), tmp_path, terminal, seconds=20)


def console(*lines: str) -> str:
    return "\n".join(["```console", *lines, "```", ""])


def test_a_page_that_is_right(following: Following) -> None:
    following(WRITTEN + console("$ python3 a.py", "5", "$ export A=7", "$ cat a.py | head -1", "print(...)"))
    following(console("$ echo $A $NAME", "7 me", "$ echo a \\", ">  b", "a b"))


def test_a_planted_wrong_output_is_told_with_page_line_and_difference(following: Following) -> None:
    with pytest.raises(Differs) as raised:
        following("# A page\n\n" + WRITTEN + console("$ python3 a.py", "6"))
    told = str(raised.value)
    assert told.startswith("page.md:7: 'python3 a.py' prints something else; page.md:8 says '6'\n")
    assert "\n-6\n+5" in told


def test_an_output_that_goes_on_is_told_with_the_last_line_of_the_page(following: Following) -> None:
    with pytest.raises(Differs, match=r"page.md:3 ends here, the output goes on"):
        following(console("$ echo a && echo b", "a"))


def test_the_output_of_a_long_command_begins_after_its_last_line(following: Following) -> None:
    with pytest.raises(Differs, match=r"^page.md:2: .*page.md:5 says 'c'"):
        following(console("$ echo a && echo \\", "> b", "a", "c"))


def test_output_that_the_page_does_not_show_is_told(following: Following) -> None:
    with pytest.raises(Differs, match=r"page.md:2 ends here"):
        following(console("$ echo a"))


def test_a_missing_file_is_told(following: Following) -> None:
    with pytest.raises(Differs, match=r"page.md:2: 'python3 a.py' ended with status 2"):
        following(console("$ python3 a.py", "5"))


def test_a_command_that_fails_is_told_unless_the_page_shows_its_status(following: Following) -> None:
    with pytest.raises(Differs, match="'false' ended with status 1"):
        following(console("$ false", "$ echo 1", "1"))
    following(console("$ false", "$ echo $?", "1"))
    with pytest.raises(Differs, match="says '0'"):
        following(console("$ false", "$ echo $?", "0"))


def test_a_command_that_does_not_exist_is_told(following: Following) -> None:
    with pytest.raises(Differs, match="ended with status 127"):
        following("```bash\nno-such-program\n```\n")


def test_a_command_that_never_ends_is_told(terminal: Terminal, tmp_path: Path) -> None:
    with pytest.raises(Differs, match=r"did not end within 0.2 s"):
        follow("page.md", read(console("$ echo a; sleep 60", "a")), tmp_path, terminal, seconds=0.2)


def test_a_file_outside_of_the_folder_is_refused(following: Following, tmp_path: Path) -> None:
    with pytest.raises(Differs, match="outside"):
        following('```text title="../a.txt"\na\n```\n')
    assert not (tmp_path.parent / "a.txt").exists()


def test_a_file_is_written_into_a_folder_of_its_own(following: Following, tmp_path: Path) -> None:
    following('```yaml title=".a/b.yml"\na: 1\n```\n')
    assert (tmp_path / ".a" / "b.yml").read_text() == "a: 1\n"


def test_a_script_without_a_name_is_run(following: Following, tmp_path: Path) -> None:
    (tmp_path / "python").write_text('#!/bin/sh\nexec python3 "$@"\n')
    (tmp_path / "python").chmod(0o755)
    following(console(f"$ PATH={tmp_path}:$PATH") + "```python\nopen('made', 'w').close()\n```\n")
    assert (tmp_path / "made").exists()


def test_what_runs_on_may_take_its_time_to_be_ready(following: Following) -> None:
    following(console("$ (sleep 0.3; echo ready; sleep 60) & job=$!", "ready", "$ kill $job"))
    with pytest.raises(Differs, match="says 'ready'"):
        following(console("$ true &", "$ echo no", "ready"))


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for the process in /proc")
def test_what_runs_on_is_ended_with_the_terminal(tmp_path: Path) -> None:
    with Terminal(tmp_path, {"PATH": os.environ["PATH"]}) as terminal:
        stubborn, _ = terminal.run("(trap '' TERM; while :; do sleep 1; done) & echo $!", 10)
    assert not _runs(int(stubborn))


def test_a_command_does_not_read_those_that_come_next(terminal: Terminal) -> None:
    assert terminal.run("cat", 10) == ("", 0)
    assert terminal.run("echo b", 10) == ("b\n", 0)


def test_errors_are_seen_as_on_a_terminal(terminal: Terminal) -> None:
    assert terminal.run("echo a >&2", 10) == ("a\n", 0)


def test_a_shell_that_leaves_is_told_at_once(terminal: Terminal) -> None:
    with pytest.raises(Late):
        terminal.run("exit 3", 600)


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
