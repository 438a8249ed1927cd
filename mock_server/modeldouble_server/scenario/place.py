"""Where in a scenario file something stands, and what is wrong with it there."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from ..refusal import CannotServe

Where = tuple[str | int, ...]
"""Keys and indices that lead to a value, from the top of the document."""
_TOLD = 50


class Problem(NamedTuple):
    """Something that is wrong; `line` counts from 1, and is 0 where the file as a whole is meant."""

    file: Path
    line: int
    where: Where
    text: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{place}: {shown_path(self.where)}: {self.text}" if self.where else f"{place}: {self.text}"


class BadScenario(CannotServe):
    """A scenario that cannot be served. Its text has a line for each of `problems`, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda one: one.line)
        more = len(self.problems) - _TOLD
        told = [str(one) for one in self.problems[:_TOLD]] + ([f"... and {more} more"] if more > 0 else [])
        super().__init__("\n".join(told))


class Places:
    """Lines of the values of one file."""

    def __init__(self, file: Path, lines: Mapping[Where, int]) -> None:
        self.file = file
        self._lines = lines

    def line(self, where: Where) -> int:
        """The line of a value; of what it lies in if it is not there itself."""
        while where not in self._lines and where:
            where = where[:-1]
        return self._lines.get(where, 0)

    def problem(self, where: Where, text: str) -> Problem:
        """A problem at the line of a value."""
        return Problem(self.file, self.line(where), where, text)


class Findings:
    """The problems of one file as they are found."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self.found: list[Problem] = []

    def add(self, where: Where, text: str) -> None:
        """Note a problem."""
        self.found.append(self._places.problem(where, text))

    def check(self) -> None:
        """Raise what was found, if anything was."""
        if self.found:
            raise BadScenario(self.found)


def shown_path(where: Where) -> str:
    """A path as people write it: `models[0].stubs[2].when`."""
    text = ""
    for one in where:
        if isinstance(one, int):
            text += f"[{one}]"
        else:
            text += f"{'.' if text else ''}{one}" if one.isidentifier() else f"[{one!r}]"
    return text


def nearest(name: object, known: Iterable[str]) -> str:
    """A remedy for a name that is unknown: the nearest one that is known, or all of them."""
    names = list(known)
    # Only who made a mistake waits for this to be loaded.
    from difflib import get_close_matches

    near = get_close_matches(str(name), names, 1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}"
