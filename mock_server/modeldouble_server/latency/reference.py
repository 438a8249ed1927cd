"""The table of the documentation that lists what a latency document may say, made from the reader's own.

`python -m modeldouble_server.latency.reference docs/latency.md` writes it anew, below its mark.
"""

import json
import sys
from pathlib import Path

from ..marked import below
from .reading import FIELDS

MARK = "<!-- From here on made from the reader: python -m modeldouble_server.latency.reference docs/latency.md -->\n"


def reference() -> str:
    """The table, as Markdown."""
    rows = [("field", "what it is", "what it says", "for example"), ("---",) * 4]
    for name, one in FIELDS.items():
        rows.append((f"`{name}`", one.kind, one.says, "" if one.example is None else f"`{json.dumps(one.example)}`"))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def written(page: str) -> str:
    """A page with the table below the mark as it is now."""
    return below(page, MARK, reference())


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(written(file.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
