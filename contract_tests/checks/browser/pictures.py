"""Draw the pictures of docs/page.md: the page with something in every panel, at two widths, light and dark.

python -m contract_tests.checks.browser.pictures docs/pictures/page
"""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page

from modeldouble_server.served import ServedModel

from .drawn import look_at
from .filled import PHOTOGRAPH, filled, see_all
from .programs import launched
from .visiting import Visits

SIZES = {375: 1500, 1600: 1240}
"""Width and height in pixels; a telephone shows the rest when it is scrolled."""
SCHEMES = ("light", "dark")
_COLOURS = 256


def name(width: int, scheme: str) -> str:
    """The file's."""
    return f"page-{width}-{scheme}.png"


def make(folder: Path) -> None:
    """Write all of them."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    # Named by its file alone, the report has no address that is another one each time.
    with TemporaryDirectory() as scratch, working_in(scratch), filled(Path()) as full, launched() as browser:
        visits = Visits(browser)
        for width, height in SIZES.items():
            for scheme in SCHEMES:
                (folder / name(width, scheme)).write_bytes(_taken(visits, full, (width, height), scheme))
        visits.close()
        assert visits.wrong() == []


@contextmanager
def working_in(folder: str) -> Iterator[None]:
    """Let paths begin in a folder."""
    before = Path.cwd()
    os.chdir(folder)
    yield
    os.chdir(before)


def _taken(visits: Visits, full: ServedModel, size: tuple[int, int], scheme: str) -> bytes:
    viewport = {"width": size[0], "height": size[1]}
    page = visits.of(full, viewport=viewport, color_scheme=scheme)
    see_all(page)
    look_at(page, PHOTOGRAPH)
    return _small(page)


def _small(page: Page) -> bytes:
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    content = io.BytesIO()
    picture.quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
    return content.getvalue()


if __name__ == "__main__":
    make(Path(sys.argv[1]))
