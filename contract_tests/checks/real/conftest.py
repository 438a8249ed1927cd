"""A real serving app on the official SDK, with the fake as its platform: `tox -e real`, which installs the SDK."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

import modeldouble
import modeldouble_server
from modeldouble_server.default_world import DATA

APP = Path(__file__).with_name("serving_app.py")
START_TIMEOUT = 120.0


@pytest.fixture(scope="session")
def platform() -> Iterator[modeldouble_server.Server]:
    with modeldouble_server.serve() as server:
        yield server


@pytest.fixture(scope="session")
def app_url(platform: modeldouble_server.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    # A cache folder of its own: the app caches by id, in a folder that all apps of a machine share otherwise.
    home, port = tmp_path_factory.mktemp("app"), _free_port()
    folders = {name: str(home / name) for name in ("HOME", "SLY_APP_DATA_DIR", "SMART_CACHE_CONTAINER_DIR")}
    for folder in folders.values():
        Path(folder).mkdir()
    where = {"SERVER_ADDRESS": platform.server_address, "API_TOKEN": platform.api_token}
    with (home / "log").open("wb") as log:
        command = [sys.executable, str(APP), str(port)]
        app = subprocess.Popen(command, env={**os.environ, **folders, **where}, stdout=log, stderr=log)
        try:
            yield _ready(f"http://127.0.0.1:{port}", app, home / "log")
        finally:
            app.terminate()
            app.wait(30)


@pytest.fixture
def session(app_url: str, platform: modeldouble_server.Server) -> modeldouble.Session:
    api = modeldouble.Api(platform.server_address, platform.api_token)
    return modeldouble.Session(api, session_url=app_url)


@pytest.fixture
def photographs() -> list[Path]:
    return [DATA / "demo" / "astronaut.jpg", DATA / "demo" / "cat.jpg"]


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _ready(url: str, app: "subprocess.Popen[bytes]", log: Path) -> str:
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end and app.poll() is None:
        try:
            if requests.get(f"{url}/is_ready", timeout=5).status_code == 200:
                return url
        except requests.ConnectionError:
            pass
        time.sleep(0.5)
    raise RuntimeError(f"the serving app is not ready: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
