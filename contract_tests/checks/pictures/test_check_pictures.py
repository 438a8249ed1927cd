"""docs/models.md shows the pictures that `make` drew, and the presets still predict what was drawn in them."""

import hashlib
import json
import re
from itertools import pairwise

import pytest

from modeldouble.annotation import Label
from modeldouble.geometry import Bitmap
from modeldouble_server.presets import NAMES

from .asked import Panel, figures
from .make import FOLDER, LIST, listed
from .paint import figure, track_colours

PAGE = FOLDER.with_name("models.md").read_text(encoding="utf-8")
KEPT = json.loads(LIST.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def shown() -> dict[str, list[Panel]]:
    """Asked of a fake."""
    return figures()


def test_the_pictures_show_what_is_predicted_today(shown: dict[str, list[Panel]]) -> None:
    assert {key: KEPT[key] for key in ("seeds", "predictions")} == listed(shown)


def test_no_picture_was_changed_by_hand() -> None:
    kept = {file.stem: hashlib.sha256(file.read_bytes()).hexdigest() for file in FOLDER.glob("*.webp")}
    assert kept == KEPT["pictures"]


def test_each_picture_is_on_the_page_and_no_other() -> None:
    named = re.findall(r"!\[[^\]]+\]\(pictures/([^)]+)\)", PAGE)
    assert sorted(named) == sorted(file.name for file in FOLDER.iterdir() if file.is_file() and file != LIST)


def test_the_page_tells_seeds_and_command() -> None:
    assert "python -m contract_tests.checks.pictures.make\n" in PAGE
    assert [seed for seed in KEPT["seeds"].values() if f"seed {seed}" not in PAGE] == []


def test_the_pictures_are_light() -> None:
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 900_000


def test_each_preset_is_drawn_and_each_picture_shows_something(shown: dict[str, list[Panel]]) -> None:
    assert set(NAMES) <= set(shown)
    said = [panel.annotation.labels or panel.annotation.img_tags for panels in shown.values() for panel in panels]
    assert all(said)


@pytest.mark.parametrize("name", ["detection_video", "instance_segmentation_video", "pose_video"])
def test_tracks_stay_come_and_go_in_a_strip(shown: dict[str, list[Panel]], name: str) -> None:
    frames = [set(track_colours([panel])) for panel in shown[name]]
    steps = list(pairwise(frames))
    assert all(before & after for before, after in steps)
    assert any(before - after for before, after in steps)
    assert any(after - before for before, after in steps)


def test_the_figure_of_settings_shows_each_of_them_acting(shown: dict[str, list[Panel]]) -> None:
    counts = [len(panel.annotation.labels) for panel in shown["settings"]]
    everything, sure, no_doubles, defaults, rectangle, windows = counts
    assert sure < defaults < no_doubles < everything
    assert rectangle < defaults < windows


def test_a_digest_follows_what_is_said(shown: dict[str, list[Panel]]) -> None:
    panel = shown["instance_segmentation"][0]
    first, *others = panel.annotation.labels
    assert isinstance(first.geometry, Bitmap)
    bits = first.geometry.data.copy()
    bits[0] = ~bits[0]
    changed = Label(Bitmap(bits, first.geometry.origin), first.obj_class, first.tags)
    told = [panel.annotation.clone(labels) for labels in ([first, *others], others, [changed, *others])]
    assert len({panel._replace(annotation=one).digest for one in told}) == 3
    assert panel._replace(caption="other").digest != panel.digest


def test_each_track_of_a_strip_has_a_colour_of_its_own(shown: dict[str, list[Panel]]) -> None:
    colours = track_colours(shown["pose_video"])
    assert len(set(colours.values())) == len(colours) > 5


def test_a_figure_has_all_its_panels_row_by_row(shown: dict[str, list[Panel]]) -> None:
    drawn = figure(shown["settings"])
    assert drawn.size == (2 * 451 + 8, 3 * (300 + 26) + 2 * 8)
    panels = [drawn.crop((x, y, x + 451, y + 300)).tobytes() for y in (0, 334, 668) for x in (0, 459)]
    assert len(set(panels)) == 6
