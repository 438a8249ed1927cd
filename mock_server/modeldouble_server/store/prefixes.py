"""Texts in the order of their bytes."""


def behind(prefix: str) -> str | bytes:
    """The first text behind all that begin with a prefix, in the order of UTF-8's bytes, which is SQLite's."""
    plain = prefix.rstrip("\U0010ffff")
    if not plain:
        # No text is: but every text is before every blob (https://sqlite.org/datatype3.html#sort_order).
        return b""
    following = ord(plain[-1]) + 1
    # Surrogates are no characters of UTF-8.
    return plain[:-1] + chr(0xE000 if following == 0xD800 else following)
