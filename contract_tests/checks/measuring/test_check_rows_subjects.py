"""Each script answers as its row asks, on a tiny size; what another installation has to bring is not tried."""

import json
import runpy
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.request import urlopen

import pytest

from modeldouble_contract.bench.program import Program, running
from modeldouble_contract.bench.shared import SUBJECTS

SCENARIO = """
models: [{preset: detection, session_token: tiny, pace: 0}]
platform: {projects: [{datasets: [{videos: [{video_id: 9300001, frames: 12}]}]}]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tiny.yaml").write_text(SCENARIO, "utf-8")
    (tmp_path / "picture.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(300))
    return tmp_path


@pytest.fixture
def started(folder: Path) -> Iterator[Any]:
    """Starts a script by its name and arguments."""
    with ExitStack() as stack:

        def start(*line: str) -> Program:
            return stack.enter_context(running([sys.executable, SUBJECTS / line[0], *line[1:]], folder))

        yield start


@pytest.fixture
def stored(started: Any) -> str:
    return str(started("stored.py").ready["url"])


@pytest.fixture
def model(started: Any) -> tuple[str, int]:
    ready = started("fake.py", "tiny.yaml").ready
    return f"{ready['url']}/net/tiny", ready["process"]


def seen(url: str, route: str) -> tuple[str, bytes]:
    with urlopen(f"{url}/seen/{route}", timeout=30) as answer:
        return answer.headers["Content-Type"], answer.read()


def test_calls_of_ours_are_timed_by_name(started: Any, stored: str) -> None:
    program = started("asked.py", "client_calls.py", stored, "picture.jpg")
    for call in ("session info", "picture by path", "picture in memory"):
        told = program.ask(call=call, seconds=0)
        assert told["calls"] == 1
        assert told["wall_us"] > 0
    assert bytes(300) in seen(stored, "inference_image")[1]


@pytest.mark.parametrize("read", ["", "read"])
def test_the_plain_calls_send_what_ours_sent(started: Any, stored: str, read: str) -> None:
    ours = started("asked.py", "client_calls.py", stored, "picture.jpg")
    for call in ("session info", "picture by path"):
        ours.ask(call=call, seconds=0)
    sent = [seen(stored, route) for route in ("get_session_info", "inference_image")]
    plain = started("asked.py", "client_calls_plain.py", stored, read)
    assert all(plain.ask(call=call, seconds=0)["calls"] == 1 for call in ("session info", "picture by path"))
    assert [seen(stored, route) for route in ("get_session_info", "inference_image")] == sent


def test_a_stream_of_ours_tells_its_time_and_the_memory_of_both(started: Any, model: tuple[str, int]) -> None:
    url, process = model
    told = started("asked.py", "stream.py", url).ask(video=9300001, frames=12, watched=[process])
    assert told["seconds"] > 0
    assert len(told["before"]) == len(told["most"]) == 2
    assert all(most >= before > 1_000_000 for before, most in zip(told["before"], told["most"], strict=True))


@pytest.mark.parametrize("script", ["job_ours.py", "stream_plain.py"])
def test_a_job_tells_its_first_frame_and_its_end(started: Any, model: tuple[str, int], script: str) -> None:
    program = started("asked.py", script, model[0])
    for _ in range(2):
        told = program.ask(video=9300001, frames=12)
        assert 0 < told["first"] <= told["seconds"]


@pytest.mark.parametrize("script", ["job_ours.py", "stream.py"])
def test_a_job_that_is_too_short_is_an_error(started: Any, model: tuple[str, int], script: str) -> None:
    program = started("asked.py", script, model[0])
    more: dict[str, Any] = {"watched": []} if script == "stream.py" else {}
    with pytest.raises(RuntimeError, match="12 of 13 frames came"):
        program.ask(video=9300001, frames=13, **more)


def test_masks_come_out_as_they_went_in(started: Any, folder: Path) -> None:
    area = started("mask_files.py", str(folder), "3", "64", "40").ready["area"]
    program = started("asked.py", "masks_ours.py", str(folder), "64")
    assert area > 3 * 64 * 40 // 4
    assert [program.ask(call=call)["area"] for call in ("encode", "decode")] == [area, area]


def test_masks_differ_and_have_nothing_to_crop(started: Any, folder: Path) -> None:
    import numpy as np

    started("mask_files.py", str(folder), "3", "64", "40")
    masks = np.unpackbits(np.load(folder / "masks.npy"), axis=2, count=64)
    assert len({one.tobytes() for one in masks}) == 3
    assert all(edge.any() for one in masks for edge in (one[0], one[-1], one[:, 0], one[:, -1]))


@pytest.mark.parametrize("call", ["files", "bytes"])
@pytest.mark.parametrize("script", ["flight_plain.py", "flight_ours.py"])
def test_all_pictures_in_flight_arrive(started: Any, stored: str, script: str, call: str) -> None:
    program = started("asked.py", script, stored, "picture.jpg")
    assert program.ask(call=call, pictures=9, at_once=4)["seconds"] > 0
    assert bytes(300) in seen(stored, "inference_image")[1]


def test_an_import_is_timed_in_a_process_of_its_own(started: Any) -> None:
    told = started("import_time.py", "import time; time.sleep(0.05); print('{}')").ready
    assert told["seconds"] >= 0.05
    assert told["cpu"] < told["whole_cpu"]


def test_what_is_installed_is_counted_with_what_it_needs(started: Any) -> None:
    told = started("installed.py", "modeldouble").ready
    assert {"modeldouble", "requests", "urllib3", "pyyaml"} <= set(told["parts"])
    assert not {"aiohttp", "numpy", "pillow"} & set(told["parts"])
    assert told["bytes"] == sum(told["parts"].values())
    assert told["parts"]["modeldouble"] > 1_000_000


def test_caches_of_tools_are_not_counted_as_installed(tmp_path: Path) -> None:
    counted = runpy.run_path(str(SUBJECTS / "installed.py"))["size"]
    package = tmp_path / "src" / "made"
    (package / ".mypy_cache").mkdir(parents=True)
    for name in ("__init__.py", "py.typed", ".mypy_cache/large.json"):
        (package / name).write_text("x" * 10, encoding="utf-8")
    (tmp_path / "made.pth").write_text(f"{package.parent}\n", encoding="utf-8")
    file = SimpleNamespace(locate=lambda: tmp_path / "made.pth")
    assert counted(SimpleNamespace(files=[file])) == 20 + (tmp_path / "made.pth").stat().st_size


def test_a_model_is_set_up_and_taken_away(started: Any) -> None:
    told = started("asked.py", "set_up.py").ask(models=2)
    assert told["set_up"] > 0
    assert told["teardown"] > 0


def test_the_limit_of_a_start_says_its_port_when_it_has_bound() -> None:
    with subprocess.Popen(
        [sys.executable, SUBJECTS / "bind.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        out, _ = child.communicate("", timeout=30)
    module, port = out.split()
    assert module == "aiohttp.web"
    assert 0 < int(port) < 65536


def test_what_a_script_prints_is_no_answer_and_what_it_lacks_is_told(folder: Path) -> None:
    (folder / "asked.py").write_text((SUBJECTS / "asked.py").read_text("utf-8"), "utf-8")
    (folder / "loud.py").write_text(
        "def begin():\n    print('{}')\n    return lambda: print('{}') or {'a': 1}\n", "utf-8"
    )
    (folder / "lacking.py").write_text("import no_such_module\n", "utf-8")
    line: list[str | Path] = [sys.executable, folder / "asked.py"]
    with running([*line, "loud.py"], folder) as loud:
        assert (loud.ready, loud.ask()) == ({}, {"a": 1})
    with running([*line, "lacking.py"], folder) as lacking:
        assert "no_such_module" in json.dumps(lacking.ready["missing"])
