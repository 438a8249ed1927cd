"""Real serving apps of any listed release, task and mode, each a process of its own until its `with` block ends.

with serving(server.server_address, server.api_token, folder, release="6.73.100", task="pose") as url:
    requests.post(f"{url}/get_session_info", json={})
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import requests

from ..environments import SERVING, interpreter

APP = Path(__file__).with_name("serving_app.py")
NEWEST = list(SERVING)[-1]
TASKS = ("detection", "instance_segmentation", "semantic_segmentation", "pose")
START_TIMEOUT = 120.0


@contextmanager
def serving(
    server_address: str, api_token: str, folder: Path, *, release: str = NEWEST, task: str = "detection",
    production: int | None = None, seconds: float = 0.0, batch: int = 0,
) -> Iterator[str]:  # fmt: skip
    """Start an app, wait until it is ready, and yield its URL.

    `folder` is empty or not there yet, and nobody else's: the app keeps its cache in it. `production` is the id of a
    task of the platform at `server_address`, and makes the app believe that it runs there. `seconds` is how long the
    model takes for one picture, `batch` how many pictures it takes at once at most, 0 for one after the other.
    """
    port = _free_port()
    environment = {**_environment(folder), "SERVER_ADDRESS": server_address, "API_TOKEN": api_token}
    environment |= {"RULE_SECONDS": str(seconds), "RULE_BATCH": str(batch)}
    if production is not None:
        environment |= {"ENV": "production", "TASK_ID": str(production)}
    command = [str(python_of(release)), str(APP), str(port), task]
    with (folder / "log").open("wb") as log:
        app = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
        try:
            yield _ready(f"http://127.0.0.1:{port}", app, folder / "log")
        finally:
            _end(app)


def python_of(release: str) -> Path:
    """This very Python where the release is installed in it, else that of the release's environment."""
    try:
        here = version("supervisely")
    except PackageNotFoundError:
        here = ""
    return Path(sys.executable) if here == release else interpreter(SERVING[release])


def _environment(folder: Path) -> dict[str, str]:
    """Folders of its own: the app caches by id, in a folder that all apps of a machine share otherwise."""
    folders = {name: folder / name for name in ("HOME", "SLY_APP_DATA_DIR", "SMART_CACHE_CONTAINER_DIR")}
    for one in folders.values():
        one.mkdir(parents=True)
    ours = {name: value for name, value in os.environ.items() if name not in ("ENV", "TASK_ID", "PYTHONPATH")}
    return {**ours, **{name: str(one) for name, one in folders.items()}}


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _ready(url: str, app: "subprocess.Popen[bytes]", log: Path) -> str:
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end and app.poll() is None:
        try:
            # Releases of early 2023 have no /is_ready; all tell what they serve once they are.
            if requests.post(f"{url}/get_output_classes_and_tags", json=NOTHING, timeout=5).status_code == 200:
                return url
        except requests.ConnectionError:
            pass
        time.sleep(0.25)
    raise RuntimeError(f"the serving app is not ready: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


NOTHING = {"state": {}, "context": {}, "api_token": "x" * 128}
"""A request that every release understands: early ones want a token of 128 characters."""


def _end(app: "subprocess.Popen[bytes]") -> None:
    app.terminate()
    try:
        app.wait(20)
    except subprocess.TimeoutExpired:
        app.kill()
        app.wait(20)
