"""The page of the documentation that lists what the dialects know, made from their tables.

`python -m modeldouble_server.dialect.reference > docs/dialects.md` writes it anew.
"""

import sys
from collections.abc import Iterable

from .errors import ERRORS
from .habits import INPUTS, JOBS
from .release import ALIASES, NEWEST, OLDEST
from .service import SERVICE
from .shapes import KEYS, PARAMETERS, ROUTES
from .trait import Trait

_HEAD = f"""# Dialects

By default the fake answers as no release does: in a way that clients of all releases since {OLDEST} cope with, and in
which a caller's mistakes are loud. `modeldouble serve --dialect 6.74.51`, or `Server(dialect="6.74.51")`, answers as
the serving app of that release of the official SDK does, quirks included. A release is any from {OLDEST} on; one after
{NEWEST} is answered as {NEWEST}, with a warning. Years stand for releases: {{years}}.
`--mode production` answers as an app does that the platform runs; development, the default, is one that was started by
hand. The platform around the model is the same in every dialect.

What differs is kept in tables, by the releases in which it holds, and this page is made from them:
`python -m modeldouble_server.dialect.reference`. "seen" is a release whose app was recorded, and the recording answered
by the fake in the same way; "ran" one that was asked by hand; "read" one whose code was read. The warnings of the
default dialect ("real servers would ...") are told from the same rows; rows marked * are told in every dialect, because
none answers otherwise for them.
"""
_TAIL = """
## What no dialect reproduces

- Servers that fetch: an image URL of the world is answered, any other gets an invented prediction.
- What a model does with a setting of its own: `conf_thres: 5` is refused by the fake, and real models find nothing.
- A picture that is cut short: the newest servers decode the half that is there when it comes in a batch.
- A negative `startFrameIndex` or `framesCount`, which newer servers take as they come.
- Sliding windows (`data.slides`), trackers, upload modes, and apps with a page.
- The pause at 500 results that wait, and jobs of 2023 that are never forgotten: a pop gives 500 results at most, and
  a job is forgotten an hour after its last use. A whole `result` of 2023 has 10,000 items at most.
- The results of a batch whose later picture made the model fail: those before it are handed out.
- `created_at` and `updated_at` are dates, where real servers count seconds since the machine started; memory is null.
- Random colours, the second that requests by id take, and the texts of exceptions.
- The limits of the fake (bytes, pixels, nesting, ids, jobs): they are refused in its own words.
- The total of a video's job in 6.73.73 to before 6.73.98: it is the `framesCount` that was asked for, and all frames
  are inferred whatever it is.
- Servers before 6.69.70 without a page, which answer 500 to nearly everything, and those before 6.69.57, which read a
  body route by route: a wrong one is 422 there.
"""


def reference() -> str:
    """The page, as Markdown."""
    years = ", ".join(f"{year} is {release}" for year, release in ALIASES.items())
    parts = [
        _HEAD.format(years=years),
        _section("Refusals", ERRORS),
        _section("Jobs", JOBS),
        _section("Requests", INPUTS),
        _section("Around inference", SERVICE),
        _table("Routes", ("route", "releases"), ((f"`{route}`", str(span)) for route, span in ROUTES.items())),
        "Every other route that the fake answers was there from the beginning.\n",
        _table("Keys of answers", ("answer", "key", "releases"), _keys()),
        _table("Parameters", ("name", "releases"), ((f"`{name}`", str(span)) for name, span in PARAMETERS.items())),
    ]
    return "\n".join(parts) + _TAIL


def _section(title: str, traits: dict[str, Trait]) -> str:
    head = ("trait", "releases", "the fake", "real servers", "verified")
    rows = (
        (name if one.copied else f"{name} *", str(one.span), one.ours, one.theirs, one.seen)
        for name, one in traits.items()
    )
    return _table(title, head, rows)


def _keys() -> Iterable[tuple[str, ...]]:
    for answer, keys in KEYS.items():
        for key, spans in keys.items():
            yield answer, f"`{key}`", "; ".join(map(str, spans)) or "none"


def _table(title: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows)]
    return f"## {title}\n\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(reference())
