"""docs/page.md shows the four pictures, which are made by a command and are small."""

import re
from pathlib import Path

import pytest
from PIL import Image, ImageStat

from .pictures import SCHEMES, SIZES, name

PAGE = Path(__file__).parents[3] / "docs" / "page.md"
NAMES = [name(width, scheme) for width in SIZES for scheme in SCHEMES]
MOST_BYTES = 250_000


def test_each_picture_is_on_the_page_and_no_other() -> None:
    folder = PAGE.parent / "pictures" / "page"
    shown = re.findall(r"!\[[^\]]+\]\(pictures/page/([^)]+)\)", PAGE.read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(NAMES) == sorted(one.name for one in folder.iterdir())


@pytest.mark.parametrize("file", NAMES)
def test_a_picture_is_small_and_as_wide_as_it_says(file: str) -> None:
    path = PAGE.parent / "pictures" / "page" / file
    assert path.stat().st_size < MOST_BYTES
    with Image.open(path) as picture:
        assert f"page-{picture.width}-" in file
        brightness = ImageStat.Stat(picture.convert("L")).median[0]
    assert (brightness < 128) == ("dark" in file)


def test_the_page_tells_the_command() -> None:
    assert "python -m contract_tests.checks.browser.pictures docs/pictures/page\n" in PAGE.read_text(encoding="utf-8")
