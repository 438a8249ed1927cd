"""The table of limits in docs/security.md, made of `Limits` and the lines that stand below its fields.

`python -m modeldouble_server.guards.reference docs/security.md` writes it anew, between its marks.
"""

import ast
import inspect
import sys
from pathlib import Path

from ..limits import Limits
from ..marked import between
from .options import written

BEGIN = "<!-- Made from Limits: python -m modeldouble_server.guards.reference docs/security.md -->\n"
END = "<!-- Here the table ends. -->\n"


def table() -> str:
    """The table, as Markdown: name, default, and what is bounded."""
    rows = [("limit", "default", "bounds"), ("---", "---:", "---")]
    told = meanings()
    rows += [(f"`{name}`", _shown(name), told[name]) for name in Limits._fields]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def meanings() -> dict[str, str]:
    """What each limit bounds, in one line."""
    [made] = ast.parse(inspect.getsource(Limits)).body
    found: dict[str, str] = {}
    last = ""
    for node in made.body if isinstance(made, ast.ClassDef) else ():
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            last = node.target.id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and last:
            found[last] = " ".join(str(node.value.value).split())
    return found


def _shown(name: str) -> str:
    value = Limits._field_defaults[name]
    return written(value) if name.endswith("bytes") else f"{value:,}" if isinstance(value, int) else f"{value:g}"


def page(text: str) -> str:
    """A page with the table between the marks as it is now."""
    return between(text, BEGIN, END, table())


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(page(file.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
