"""Text of a target's, made safe to show: nothing of it acts on a terminal, breaks a file's encoding or has no end."""

import unicodedata

_MOST = 2000
_KEPT = "\n\t"


def plain(text: str, most: int = _MOST) -> str:
    """`text` with characters that are not to be seen written as escapes, and cut after `most`."""
    shown = "".join(map(_seen, text[: most + 1]))
    return shown if len(text) <= most else f"{shown[:most]} ... ({len(text):,} characters)"


def flat(text: str) -> str:
    """The same in one line."""
    return " ".join(text.split())


def _seen(one: str) -> str:
    if one in _KEPT or not unicodedata.category(one).startswith("C"):
        return one
    return f"\\u{ord(one):04x}" if ord(one) < 0x10000 else f"\\U{ord(one):08x}"
