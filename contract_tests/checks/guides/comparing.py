"""What a page shows of an output, compared with the output.

On a page, `...` in a line stands for any text of that line, and a line `...` for any lines, or none. Blank lines do not
count, nor does how much white space stands in a line. Where a progress bar wrote a line anew, its last state counts, as
on a terminal.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import unified_diff


def lines(output: str) -> list[str]:
    """The lines of an output, as they are compared."""
    # Only of text without "\n": other line ends of Python's, such as a form feed, are a line's own.
    shown = (line.rstrip("\r").rpartition("\r")[2] for line in output.split("\n"))
    return [" ".join(line.split()) for line in shown if line.strip()]


def matches(expected: Iterable[str], output: str) -> bool:
    """The page says what was seen."""
    pattern = "".join(_pattern(line) for line in lines("\n".join(expected)))
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in lines(output))) is not None


def _pattern(line: str) -> str:
    if line == "...":
        return r"(?:[^\n]*\n)*?"
    return "[^\\n]*?".join(re.escape(part) for part in line.split("...")) + r"\n"


def unmet(expected: Sequence[str], output: str) -> int | None:
    """The index of the first expected line up to which the page is not what was seen; None where all lines were met.

    All were met and yet `matches` is false where the output goes on after the last one.
    """
    seen = "".join(f"{line}\n" for line in lines(output))
    pattern = ""
    for at, line in enumerate(expected):
        pattern += "".join(map(_pattern, lines(line)))
        if re.match(pattern, seen) is None:
            return at
    return None


def difference(expected: Sequence[str], output: str) -> str:
    """Both side by side, for a person. A line that one of the page's explains is shown as it is there."""
    wanted, seen = lines("\n".join(expected)), lines(output)
    patterns = [(re.compile(_pattern(line).removesuffix(r"\n")), line) for line in wanted if line != "..."]
    told = [next((line for pattern, line in patterns if pattern.fullmatch(one)), one) for one in seen]
    return "\n".join(unified_diff(wanted, told, "the page says", "was seen", lineterm=""))
