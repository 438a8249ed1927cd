"""Follows a page word for word: writes its files, runs its commands, and compares what they print.

A command must end with status 0, unless the page asks for its status next, with `echo $?`.
"""

import re
import time
from collections.abc import Sequence
from pathlib import Path

from .comparing import difference, matches, unmet
from .reading import Command, File, Step
from .terminal import Late, Terminal

_SECONDS, _READY = 300.0, 60.0
_RUNS_ON = re.compile(r"[^&]&( \w+=\$!)?$")


class Differs(AssertionError):
    """The page says something else than what is; the text begins with page and line."""


def follow(page: str, steps: Sequence[Step], folder: Path, terminal: Terminal, seconds: float = _SECONDS) -> None:
    """Do what a page says, in `folder`, where the terminal was opened. Raises Differs at the first difference."""
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        place = f"{page}:{step.line}"
        if isinstance(step, File):
            _write(folder, step, place)
        elif isinstance(step, Command):
            status_is_shown = isinstance(after, Command) and after.text == "echo $?"
            _run(step, terminal, seconds, place, status_is_shown)
        else:
            _write(folder, File(step.line, "script.py", step.text), place)
            _run(Command(step.line, "python script.py", None), terminal, seconds, place, False)


def _write(folder: Path, file: File, place: str) -> None:
    path = folder / file.name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise Differs(f"{place}: {file.name} is outside of the reader's folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(file.text, encoding="utf-8")


def _run(command: Command, terminal: Terminal, seconds: float, place: str, status_is_shown: bool) -> None:
    end = time.monotonic() + min(seconds, _READY)
    try:
        output, status = terminal.run(command.text, seconds)
    except Late as late:
        raise Differs(f"{place}: {late}") from None
    if status != 0 and not status_is_shown:
        raise Differs(f"{place}: {command.text!r} ended with status {status}; it printed:\n{output}")
    if command.expected is None:
        return
    # What runs on prints when it is ready.
    while _RUNS_ON.search(command.text) and not matches(command.expected, output) and time.monotonic() < end:
        output += terminal.more(0.2)
    if not matches(command.expected, output):
        raise Differs(_told(command, output, place))


def _told(command: Command, output: str, place: str) -> str:
    expected = command.expected or ()
    at = unmet(expected, output)
    page, _, line = place.rpartition(":")
    # The output begins in the line after the command's last.
    shown = int(line) + command.text.count("\n") + (len(expected) if at is None else at + 1)
    what = "ends here, the output goes on" if at is None else f"says {expected[at]!r}"
    return f"{place}: {command.text!r} prints something else; {page}:{shown} {what}\n{difference(expected, output)}"
