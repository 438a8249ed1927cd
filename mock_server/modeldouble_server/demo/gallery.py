"""The page that shows a tour's pictures: one file of HTML, no script, nothing loaded from elsewhere."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1rem; }
h1 { margin: 0 } header p { margin: .3rem 0 2rem; opacity: .75 }
main { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); }
figure { border: 1px solid color-mix(in srgb, currentColor 18%, transparent); border-radius: .6rem; margin: 0 }
img { display: block; height: 17rem; width: 100%; object-fit: contain }
img, li { background: color-mix(in srgb, currentColor 8%, transparent) }
figcaption { padding: .6rem .9rem .8rem } code { font-size: .82rem; overflow-wrap: anywhere }
ul { margin: .4rem 0 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: .35rem }
li { border-radius: 1rem; padding: 0 .6rem; font-size: .85rem }
"""


class Exhibit(NamedTuple):
    """One picture of the page: its file, what was asked, and what was found."""

    file: str
    asked: str
    found: Sequence[str]


def page(title: str, about: str, exhibits: Sequence[Exhibit]) -> str:
    """The whole document."""
    figures = "\n".join(_figure(one) for one in exhibits)
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    header = f"<header><h1>{escape(title)}</h1><p>{escape(about)}</p></header>"
    body = f"{header}\n<main>\n{figures}\n</main>"
    return f'<!doctype html>\n<html lang="en"><head>{head}<style>{_STYLE}</style></head>\n<body>{body}</body></html>\n'


def _figure(one: Exhibit) -> str:
    found = "".join(f"<li>{escape(text)}</li>" for text in one.found) or "<li>nothing</li>"
    picture = f'<img src="{escape(one.file)}" alt="{escape("Predicted: " + ", ".join(one.found))}">'
    return f"<figure>{picture}<figcaption><code>{escape(one.asked)}</code><ul>{found}</ul></figcaption></figure>"
