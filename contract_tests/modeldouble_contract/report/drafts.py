"""Files of reports, each written whole or not at all; whether they can be written is known before the run."""

import contextlib
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..preflight import CannotCheck

Draft = tuple[Path, Path]
"""Where it is written first, and where it shall be."""


@contextlib.contextmanager
def drafts(wanted: Mapping[str, Path]) -> Iterator[dict[str, Path]]:
    """Option -> a file to write into; each takes its place at the end, unless an exception leaves the block.

    CannotCheck if one of the paths cannot be written, or is named twice.
    """
    made: dict[str, Draft] = {}
    try:
        for option, path in wanted.items():
            made[option] = _draft(option, path)
            if [final for _, final in made.values()].count(made[option][1]) > 1:
                raise CannotCheck(f"{option} {path} is the file of another report; name one for each")
        yield {option: first for option, (first, _) in made.items()}
        for option, (first, final) in made.items():
            with _named(option, wanted[option]):
                _place(first, final)
    finally:
        for first, final in made.values():
            if first != final:
                first.unlink(missing_ok=True)


def put(option: str, path: Path, draft: Path, text: str) -> None:
    """Write a report that was asked for as `path` into its draft; CannotCheck if there is no room for it."""
    with _named(option, path):
        draft.write_text(text, encoding="utf-8", newline="\n")


@contextlib.contextmanager
def _named(option: str, path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        raise CannotCheck(
            f"{option} {path} cannot be written ({error}); name a file in a folder that is there, and has room"
        ) from error


def _draft(option: str, path: Path) -> Draft:
    with _named(option, path):
        final = path.resolve()
        if final.is_dir():
            raise IsADirectoryError("it is a folder")
        if final.exists() and not final.is_file():
            # A pipe or a terminal is written into: nothing can take its place.
            return final, final
        if final.exists() and not os.access(final, os.W_OK):
            raise PermissionError("it may not be written")
        first = final.with_name(f".{secrets.token_hex(8)}.part")
        first.touch(exist_ok=False)
        return first, final


def _place(first: Path, final: Path) -> None:
    if first != final:
        if final.exists():
            first.chmod(final.stat().st_mode & 0o777)
        first.replace(final)
