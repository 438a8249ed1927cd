"""The journey with the official SDK of several releases, each in an environment of its own, against one fake."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import modeldouble_server

from ..environments import RELEASES, interpreter

HERE = Path(__file__).parent
RIDER = [["person", [764, 272, 1062, 1002]], ["horse", [393, 412, 1274, 1435]]]
ORANGE = [["orange", [522, 114, 814, 381]]]
FRAMES = [["car"], ["car", "truck", "car"], *[["car", "car"]] * 3, ["car"], *[["car", "car"]] * 2, *[["car"]] * 2]
COCO = "person bicycle car motorcycle airplane bus train truck boat".split()
EXPECTED: dict[str, Any] = {
    "connect": "Serve YOLOv5",
    "settings_by_dict_and_yaml": [{"conf_thres": 0.45}, {"conf_thres": 0.55, "augment": False}],
    "model_meta": [*COCO, "traffic light"],
    "default_settings": {"conf_thres": 0.25, "iou_thres": 0.45, "augment": False, "debug_visualization": False},
    "settings_change": [
        {"conf_thres": 0.4, "iou_thres": 0.55}, {"conf_thres": 0.25}, {"conf_thres": 0.55, "augment": False},
    ],
    "image_id": RIDER,
    "download": [800, 1067, 3],
    "image_path": RIDER,
    "image_paths": [["person", "horse"], ["orange"]],
    "image_ids": [["orange"], ["cup", "spoon", "dining table"]],
    "image_url": 1,
    "draw": True,
    "upload": ORANGE,
    "uploaded_bytes_come_back": True,
    "video_async": FRAMES,
    "video_length": [10, 10],
    "video_stop": 3,
    "video_part": FRAMES[5:],
    "session_json": RIDER,
    "preparing_callback": [10, True],
    "image_ids_async": [["person", "horse"], ["orange"]],
    "project_async": 4,
    "nn_connect": [["person", "horse"], ["orange"]],
}  # fmt: skip


def python_of(version: str) -> Path:
    """The newest release is in this very environment, each other in one of its own."""
    return Path(sys.executable) if version == list(RELEASES)[-1] else interpreter(RELEASES[version])


@cache
def outcomes(version: str, folder: Path) -> dict[str, dict[str, Any]]:
    """Every step's outcome with one release, on a fake of its own."""
    with modeldouble_server.serve() as server:
        command = [str(python_of(version)), str(HERE / "official_journey.py"), server.server_address, server.api_token]
        environment = {**os.environ, "HOME": str(folder), "MPLBACKEND": "Agg"}
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
        )
    lines = [json.loads(line[5:]) for line in done.stdout.splitlines() if line.startswith("STEP ")]
    assert done.returncode == 0, done.stderr[-2000:]
    return {line["step"]: line for line in lines}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("releases")


@pytest.mark.parametrize("step", EXPECTED)
@pytest.mark.parametrize("version", RELEASES)
def test_a_step_of_the_journey(version: str, step: str, folder: Path) -> None:
    home = folder / version
    home.mkdir(exist_ok=True)
    outcome = outcomes(version, home)[step]
    if step in RELEASES[version]["lacks"]:
        assert outcome.get("lacks"), f"{version} has this step after all: {outcome}"
        pytest.skip(f"{version} has no method for it: {outcome['why']}")
    assert outcome.get("value") == EXPECTED[step], outcome.get("traceback", outcome)


@pytest.mark.parametrize("version", RELEASES)
def test_no_step_of_the_journey_goes_unchecked(version: str, folder: Path) -> None:
    home = folder / version
    home.mkdir(exist_ok=True)
    assert list(outcomes(version, home)) == list(EXPECTED)
    assert set(RELEASES[version]["lacks"]) <= set(EXPECTED)
