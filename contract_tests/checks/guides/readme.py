"""README.md as a user follows it: the same commands, where and under what it says that they are run."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from .reading import Command, File, Script, Step

_TOX = ("tox", "pip install tox")


def as_a_user(steps: Sequence[Step], clone: Path) -> Iterator[Step]:
    """The steps in a virtual environment; those of a developer (tox) are left out.

    What is installed from a clone is installed in `clone`. What wants the address of a server has a fake of its own.
    """
    yield Command(1, "python -m venv .venv && . .venv/bin/activate", None)
    for step in steps:
        if isinstance(step, File) or (isinstance(step, Command) and not step.text.startswith(_TOX)):
            yield step if isinstance(step, File) else _placed(step, clone)
        elif isinstance(step, Script):
            yield File(step.line, "script.py", step.text)
            yield Command(step.line, "modeldouble run -- python script.py", None)


def _placed(command: Command, clone: Path) -> Command:
    text = command.text
    if text.startswith("pip install '."):
        text = f"(cd '{clone}' && {text})"
    elif "$SERVER_ADDRESS" in text:
        text = f"modeldouble run -- sh -c '{text}'"
    return Command(command.line, text, command.expected)
