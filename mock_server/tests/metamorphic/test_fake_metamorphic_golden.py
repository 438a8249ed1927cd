"""Predictions are, bit for bit, those of the golden file: on every Python, with every faker, under every hash seed."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from . import golden
from .cases import invented_names


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    return golden.kept()


def test_the_file_is_about_every_model(kept: dict[str, Any]) -> None:
    assert [*kept["models"]] == [*golden.NAMES]


@pytest.mark.parametrize("name", golden.NAMES)
def test_what_is_predicted_is_what_the_file_says(name: str, kept: dict[str, Any]) -> None:
    """Whatever packs the pixels of a mask."""
    assert golden.in_full(name) == kept["models"][name]["in full"]
    told, found = ([_said(one) for one in two] for two in (kept["models"][name]["answers"], golden.answers(name)))
    assert found == told


@pytest.mark.parametrize("name", golden.NAMES)
def test_the_bytes_that_go_out_are_those_of_the_file(name: str, kept: dict[str, Any]) -> None:
    if golden.packer() != kept["packer"] and any("pixels" in one for one in golden.answers(name)):
        pytest.skip("this Python's zlib packs otherwise than that of the file; what is packed is compared all the same")
    assert golden.answers(name) == kept["models"][name]["answers"]


def test_a_mask_whose_pixels_are_packed_otherwise_is_still_the_same() -> None:
    [plain, other] = [_bitmap(level) for level in (6, 0)]
    assert plain != other
    assert golden.unpacked(plain) == golden.unpacked(other)


def test_every_kind_of_object_and_setting_is_in_the_file(kept: dict[str, Any]) -> None:
    text = json.dumps(kept)
    objects, asked = (
        ("rectangle", "polygon", "bitmap", "graph"),
        ("conf_thres", "iou_thres", "classes", "sliding_window"),
    )
    assert [one for one in (*objects, *asked, "rectangle", "augment") if f'"{one}"' not in text] == []


def test_why_the_file_was_made_anew_stands_in_the_changelog(kept: dict[str, Any]) -> None:
    assert golden.told(kept["because"])


def test_the_file_is_not_made_anew_without_a_line_of_the_changelog(capsys: pytest.CaptureFixture[str]) -> None:
    before = golden.FILE.read_bytes()
    assert all(
        golden.main(["--remake", *line]) == 1 for line in ([], ["the"], ["nobody wrote this into the changelog"])
    )
    assert golden.FILE.read_bytes() == before
    assert "CHANGELOG.md" in capsys.readouterr().out


FAKER = """class Faker:
    def __init__(self, locale): pass
    def seed_instance(self, seed): self.seed = seed
    def color_name(self): return "Other"
    def word(self): return self.seed
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What other processes answer: each with another hash seed, and the last one with another faker."""
    folder = tmp_path_factory.mktemp("other")
    (folder / "faker.py").write_text(FAKER, "utf-8")

    def told(seed: str, path: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "mock_server.tests.metamorphic.golden", "--digests"]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (path, os.environ.get("PYTHONPATH"))))
        ran = subprocess.run(command, cwd=golden.REPO, env=environment, capture_output=True, timeout=300, check=True)
        found: dict[str, Any] = json.loads(ran.stdout)
        return found

    with ThreadPoolExecutor(3) as pool:
        return [*pool.map(told, ("0", "1", "4242"), ("", "", str(folder)))]


def test_other_processes_and_hash_seeds_answer_the_same(elsewhere: list[dict[str, Any]]) -> None:
    assert [one["digests"] for one in elsewhere] == [golden.digests()] * 3


def test_no_prediction_depends_on_the_names_that_faker_invents(elsewhere: list[dict[str, Any]]) -> None:
    names = [one["names"] for one in elsewhere]
    assert names[:2] == [invented_names()] * 2
    assert not set(names[2]) & set(names[0])
    assert elsewhere[2]["digests"]["scenario"] == golden.digests()["scenario"]


def _said(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "wire": one.get("pixels", one["wire"])}


def _bitmap(level: int) -> dict[str, Any]:
    import base64
    import struct
    import zlib

    rows, head = b"\0\xf0\0\x0f", struct.pack(">IIBBBBB", 8, 2, 1, 0, 0, 0, 0)
    chunks = [struct.pack(">I", len(one)) + name + one + b"crc!" for name, one in
              ((b"IHDR", head), (b"IDAT", zlib.compress(rows, level)))]  # fmt: skip
    png = b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
    return {"origin": [0, 0], "data": base64.b64encode(zlib.compress(png, level)).decode()}
