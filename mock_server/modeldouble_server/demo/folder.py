"""The folder in which a tour leaves its pictures: a new one, an empty one, or the demo's own of before."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..refusal import CannotServe
from .gallery import page

INDEX = "index.html"
TITLE = "modeldouble demo"
_MARK = f"<title>{TITLE}</title>".encode()
_LOOK = 4096


def prepare(folder: Path) -> None:
    """Make it, with a page that tells whose it is, so that a tour that was broken off can be begun again.

    CannotServe for a folder with files of somebody else's, which a tour could overwrite, and for one that cannot be
    written.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        index = folder / INDEX
        if _is_ours(index):
            return
        if any(folder.iterdir()):
            raise CannotServe(f"--output {folder} has files that are not the demo's, name a new or an empty folder")
        index.write_text(page(TITLE, "This tour has not ended yet, or was broken off.", []), encoding="utf-8")


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """What cannot be written there is a CannotServe."""
    try:
        yield
    except OSError as error:
        raise CannotServe(f"--output {folder} cannot be used, name a folder that you may write ({error})") from error


def _is_ours(index: Path) -> bool:
    if not index.is_file():
        return False
    with index.open("rb") as file:
        return _MARK in file.read(_LOOK)
