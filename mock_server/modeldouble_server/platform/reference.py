"""The page of the documentation that lists the platform's methods, made from the table of handlers.

`python -m modeldouble_server.platform.reference > docs/platform.md` writes it anew.
"""

import sys

from .methods import METHODS

_HEAD = """# The platform around the model

`modeldouble serve` answers these methods at `/public/api/v3/METHOD`, to GET and POST alike, with the fields as a JSON
object, a form or a query. Every other method is answered 501 with this list. This page is made from the handlers:
`python -m modeldouble_server.platform.reference`.

| method | what it answers |
|---|---|
"""
_TAIL = """
`instance.version` is answered to anybody. A wrong token is 401, a missing id 404, all else that is wrong 400 with a
text that names field, value and remedy; a name that is taken is 400 with `details[0].type` NONUNIQUE. No refusal has a
status that official clients try again.

Annotations are kept and given back as they were sent. Releases of the official client since 6.73.159 count coordinates
from the corner of a pixel, older ones count pixels, and an upload does not say which: what one release sent comes back
right to it, and half a pixel off to one of the other kind. Annotations that you bring with `Server.add_project` are in
pixels, and right to both. Bounds are not checked. Nothing can be removed, moved or renamed.
"""


def reference() -> str:
    """The page, as Markdown."""
    rows = [f"| `{name}` | {(handler.__doc__ or '').splitlines()[0]} |" for name, handler in sorted(METHODS.items())]
    return _HEAD + "\n".join(rows) + "\n" + _TAIL


if __name__ == "__main__":
    sys.stdout.write(reference())
