"""Settings from dicts and YAML files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modeldouble.errors import BadSettings
from modeldouble.settings import check_names, load_settings


@pytest.mark.parametrize(
    ("text", "settings"),
    [("conf_thres: 0.55\naugment: false\n", {"conf_thres": 0.55, "augment": False}), ("", {}), ("# nothing\n", {})],
)
def test_yaml_files(tmp_path: Path, text: str, settings: dict[str, Any]) -> None:
    (tmp_path / "s.yml").write_text(text)
    assert load_settings(str(tmp_path / "s.yml")) == settings


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("- a\n- b\n", "must be a mapping"),
        ("just text", "must be a mapping"),
        ("a: [", "not YAML"),
        ("1: x", "names of settings are text"),
        ("a: 2020-01-01", "cannot be sent as JSON"),
        ("a: !!python/object/apply:os.getcwd []", "not YAML"),
        (b"\xff\xfe\xff", "cannot be read"),
    ],
)
def test_yaml_files_that_are_no_settings(tmp_path: Path, text: str | bytes, remedy: str) -> None:
    (tmp_path / "s.yml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadSettings, match=remedy):
        load_settings(tmp_path / "s.yml")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="no such file"):
        load_settings(tmp_path / "none.yml")
    with pytest.raises(BadSettings, match="cannot be read"):
        load_settings(tmp_path)


@pytest.mark.parametrize("source", [["a"], 5, {"a": {1, 2}}, {"a": float("nan")}, {5: 1}])
def test_what_cannot_be_sent(source: Any) -> None:
    with pytest.raises(BadSettings):
        load_settings(source)


def test_names_of_the_protocol_are_always_accepted() -> None:
    check_names({"classes": [], "rectangle": {}, "inference_mode": "", "sliding_window_params": {}, "conf": 1}, [])


def test_a_far_name_gets_the_list_without_a_guess() -> None:
    with pytest.raises(BadSettings, match=r"It has: .*iou_thres") as caught:
        check_names({"zzzzz": 1}, ["iou_thres"])
    assert "did you mean" not in str(caught.value)
    assert (caught.value.field, caught.value.value) == ("zzzzz", 1)
