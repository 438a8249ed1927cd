"""`modeldouble demo`: the journey on the terminal, pictures of it on disk."""

import re
import shlex
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from modeldouble_server.cli import main


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "out"


@pytest.fixture(scope="module")
def printed(output: Path) -> str:
    command = [sys.executable, "-m", "modeldouble_server.cli", "demo", "--output", str(output)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Sources(HTMLParser):
    """What a page loads, and what its pictures say to those who do not see them."""

    def __init__(self) -> None:
        super().__init__()
        self.images: dict[str, str] = {}
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "img":
            self.images[found["src"] or ""] = found["alt"] or ""
        elif tag in ("script", "link", "iframe"):
            self.others.append(tag)


def test_the_outputs_of_the_journey_are_shown(printed: str) -> None:
    assert "'app_name': 'Serve YOLOv5'" in printed
    assert "['person', 'bicycle', 'car', 'motorcycle', 'airplane'" in printed
    assert "session.inference_image_id(171250): person 0.87, horse 0.87" in printed
    assert "Frame 2/10 done. Predicted classes = ['car', 'truck', 'car']" in printed
    assert "3 of 10 frames came" in printed
    assert "The pictures are on one page" in printed


def test_what_to_try_next_can_be_typed(printed: str, output: Path) -> None:
    typed = [shlex.split(line) for line in printed.partition("Try next:")[2].splitlines() if re.match("  [a-z]", line)]
    commands = [words[1] for words in typed if words[0] == "modeldouble"]
    assert set(commands) >= {"serve", "run", "contract"}
    assert set(commands) <= set(main.commands)
    [asked] = [words for words in typed if words[0] == "curl"]
    assert asked[2] == f"files=@{output / 'image-171250.jpg'}"
    assert Path(asked[2].partition("@")[2]).is_file()


def test_the_page_shows_every_picture_and_loads_nothing_else(printed: str, output: Path) -> None:
    page = Sources()
    page.feed((output / "index.html").read_text(encoding="utf-8"))
    assert page.others == []
    assert len(page.images) >= 10
    assert all((output / source).is_file() and alt for source, alt in page.images.items())


def test_predictions_are_drawn_where_they_are(printed: str, output: Path) -> None:
    with (
        Image.open(output / "image-17551748.jpg") as plain,
        Image.open(output / "image-17551748-predicted.jpg") as drawn,
    ):
        assert plain.size == drawn.size == (1067, 800)
        edge, inside = (668, 381), (300, 600)
        assert _distance(plain.getpixel(edge), drawn.getpixel(edge)) > 60
        assert _distance(plain.getpixel(inside), drawn.getpixel(inside)) < 30


def test_an_output_that_is_a_file_is_told_in_a_line(tmp_path: Path) -> None:
    file = tmp_path / "taken"
    file.write_text("", encoding="utf-8")
    command = [sys.executable, "-m", "modeldouble_server.cli", "demo", "--output", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "taken" in done.stderr
    assert "Traceback" not in done.stderr


def _distance(one: object, other: object) -> int:
    assert isinstance(one, tuple)
    assert isinstance(other, tuple)
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))
