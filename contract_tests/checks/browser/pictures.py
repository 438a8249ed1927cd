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
from modeldouble_server.stubs import seen

from .drawn import DEMO, look_at
from .filled import filled, see_all
from .programs import launched
from .visiting import Visits

SIZES = {375: 1500, 1600: 1240}
"""Width and height in pixels; a telephone shows the rest when it is scrolled."""
SCHEMES = ("light", "dark")
_COLOURS = 256
_PHOTOGRAPH = DEMO / "astronaut.jpg"
_OUTLINES = {
    "person": [
        (185, 28), (245, 14), (288, 42), (300, 90), (275, 132), (258, 178), (300, 218), (306, 240), (345, 268),
        (362, 345), (310, 375), (282, 430), (278, 511), (26, 511), (22, 430), (40, 300), (75, 250), (113, 210),
        (118, 178), (168, 150), (178, 128), (156, 98), (154, 62),
    ],
    "flag": [(0, 0), (46, 0), (62, 90), (96, 220), (72, 248), (42, 290), (22, 400), (22, 430), (0, 470)],
    "helmet": [
        (390, 345), (438, 355), (478, 392), (497, 448), (503, 511), (284, 511), (280, 450), (302, 395), (342, 358),
    ],
    "space shuttle": [
        (415, 0), (434, 20), (440, 42), (454, 60), (456, 232), (460, 272), (370, 272), (357, 222), (378, 182),
        (380, 48), (396, 46), (400, 16),
    ],
}  # fmt: skip
"""What is to be seen on the photograph, in its pixels."""
_SURE = {"person": 0.97, "flag": 0.72, "helmet": 0.88, "space shuttle": 0.64}


def name(width: int, scheme: str) -> str:
    """The file's."""
    return f"page-{width}-{scheme}.png"


def make(folder: Path) -> None:
    """Write all of them."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    # Named by its file alone, the report has no address that is another one each time.
    with TemporaryDirectory() as scratch, working_in(scratch), filled(Path()) as full, launched() as browser:
        _say(full)
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


def _say(model: ServedModel) -> None:
    """Let the model see what a person sees; what it makes up on a photograph is anywhere."""
    found = [seen(name, polygon=outline, confidence=_SURE[name]) for name, outline in _OUTLINES.items()]
    model.when(image=_PHOTOGRAPH).predict(*found)


def _taken(visits: Visits, full: ServedModel, size: tuple[int, int], scheme: str) -> bytes:
    viewport = {"width": size[0], "height": size[1]}
    page = visits.of(full, viewport=viewport, color_scheme=scheme)
    see_all(page)
    look_at(page, _PHOTOGRAPH)
    return _small(page)


def _small(page: Page) -> bytes:
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    content = io.BytesIO()
    picture.quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
    return content.getvalue()


if __name__ == "__main__":
    make(Path(sys.argv[1]))
