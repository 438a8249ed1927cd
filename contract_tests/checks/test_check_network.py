"""Client, fake and suite open no connection but those that they were told to, and start no program."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

WATCH = Path(__file__).parent / "watch"
DEAD = "http://127.0.0.1:9"
"""A proxy that nobody runs."""
PROBE = ("::1", 0)
"""urllib3 binds it once, when it is imported, to see whether there is IPv6; nothing listens there."""
MAIN = ("-m", "modeldouble_server.cli")
JOURNEY = """
import sys
from pathlib import Path
import modeldouble.sly as sly, modeldouble_server
from modeldouble import Api, HttpTransport, Session
from modeldouble_server.default_world import DATA, URL

port, folder = int(sys.argv[1]), Path(sys.argv[2])
picture = DATA / "world" / "171250.jpg"
with modeldouble_server.serve(port=port) as server:
    api = sly.Api(server.server_address, server.api_token)
    session = sly.nn.inference.Session(api, task_id=27209, inference_settings={"conf_thres": 0.45})
    session.get_session_info(), session.get_model_project_meta(), session.get_default_inference_settings()
    session.inference_image_path(picture).draw_pretty(sly.image.read(str(picture)), output_path=str(folder / "a.png"))
    session.inference_image_paths([picture, picture])
    session.inference_image_id(171250), session.inference_image_ids([171250, 17551748])
    session.inference_image_url(URL), session.inference_image_url("http://elsewhere.invalid/a.jpg")
    assert len(session.inference_video_id(18635803)) == len(list(session.inference_video_id_async(18635803))) == 10
    for frame in session.inference_video_id_async(18635803):
        session.stop_async_inference()
    project = api.project.create(662, "new", change_name_if_conflict=True)
    dataset = api.dataset.create(project.id, "new")
    uploaded = api.image.upload_path(dataset.id, "a.jpg", picture)
    api.image.download_path(uploaded.id, folder / "b.jpg"), api.image.download_bytes(dataset.id, [uploaded.id])
    api.video.download_path(18635803, folder / "a.mp4")
    model = server.add_model(classes=["cat"])
    model.session().inference_image_path(picture)
    model.close()
"""
ASK = "import sys, modeldouble; modeldouble.Session(session_url=sys.argv[1]).inference_image_id(171250)"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def environment(watched: Path, **more: str) -> dict[str, str]:
    """That of a process that is watched; proxies of the machine are not part of it."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    paths = os.pathsep.join(filter(None, [str(WATCH), os.environ.get("PYTHONPATH")]))
    return {**kept, "PYTHONPATH": paths, "MODELDOUBLE_WATCHED": str(watched), **more}


class Watched:
    """Processes whose network is written down."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "events.jsonl"

    def run(self, *arguments: object, fails: bool = False, **more: str) -> str:
        command = [sys.executable, *map(str, arguments)]
        done = subprocess.run(
            command, env=environment(self.file, **more), capture_output=True, text=True, timeout=300, check=False
        )  # fmt: skip
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def of(self, *events: str) -> list[Any]:
        """What is told of these events."""
        text = self.file.read_text("utf-8") if self.file.exists() else ""
        lines = [json.loads(line) for line in text.splitlines()]
        return [told for event, *told in lines if event.startswith(events)]

    @property
    def addresses(self) -> set[tuple[str, int]]:
        """Wherever it connected to, or sent something."""
        return {tuple(told[0]) for told in self.of("socket.connect", "socket.send")}

    @property
    def bound(self) -> set[tuple[str, int]]:
        return {(told[0][0], told[0][1]) for told in self.of("socket.bind")} - {PROBE}

    @property
    def names(self) -> set[str]:
        """Hosts that were looked up."""
        return {str(told[0]) for told in self.of("socket.get")}

    @property
    def started(self) -> list[Any]:
        return self.of("subprocess", "os.")


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def assert_only(watched: Watched, *ports: int) -> None:
    """All of them were connected to, all that was bound are they, and no name was looked up."""
    local = {("127.0.0.1", port) for port in ports}
    assert watched.addresses == local
    assert watched.bound <= local
    assert watched.names <= {"127.0.0.1"}
    assert watched.started == []


def test_what_is_not_allowed_would_be_seen(watched: Watched) -> None:
    code = """
import http.client, os, socket, subprocess, sys, urllib.request
for ask in (lambda: urllib.request.urlopen("http://127.0.0.1:9/", timeout=1), lambda: socket.getaddrinfo("", 9),
            lambda: http.client.HTTPConnection("127.0.0.1", 9, timeout=1).request("GET", "/")):
    try:
        ask()
    except OSError:
        pass
subprocess.run([sys.executable, "-c", "import socket; socket.socket().bind(('127.0.0.1', 0))"])
"""
    watched.run("-c", code)
    assert watched.addresses == {("127.0.0.1", 9)}
    # By the child, which is watched too.
    assert watched.bound == {("127.0.0.1", 0)}
    assert "" in watched.names
    # Since 3.13 a command may be seen twice: as it is asked for, and as the system starts it.
    assert len(watched.started) in (1, 2)
    assert watched.of("urllib.Request", "http.client.connect")


@pytest.mark.parametrize("package", ["modeldouble", "modeldouble.sly", "modeldouble_server", "modeldouble_contract"])
def test_importing_a_package_opens_nothing(watched: Watched, package: str) -> None:
    code = f"import {package} as package\nfor name in getattr(package, '__all__', ()): getattr(package, name)"
    watched.run("-c", code)
    assert watched.of("socket", "http", "urllib") in ([], [[list(PROBE)]], [[[*PROBE, 0, 0]]])
    assert watched.started == []


def test_the_journey_goes_to_the_fake_alone(watched: Watched, tmp_path: Path) -> None:
    port = free_port()
    watched.run("-c", JOURNEY, port, tmp_path)
    assert_only(watched, port)
    assert watched.bound == {("127.0.0.1", port)}


def test_the_demo_goes_to_its_own_fake_alone(watched: Watched, tmp_path: Path) -> None:
    watched.run(*MAIN, "demo", "--output", tmp_path / "out")
    assert watched.bound == {("127.0.0.1", 0)}
    assert [host for host, _ in watched.addresses] == ["127.0.0.1"]
    assert watched.started == []


def test_the_suite_goes_to_its_target_alone(watched: Watched, serving: Callable[..., int]) -> None:
    port = serving("serve")
    watched.run(*MAIN, "contract", f"http://127.0.0.1:{port}")
    assert_only(watched, port)
    assert watched.bound == set()


def test_the_suite_passes_a_proxy_by(watched: Watched, serving: Callable[..., int]) -> None:
    port = serving("serve")
    watched.run(*MAIN, "contract", f"http://127.0.0.1:{port}", HTTP_PROXY=DEAD, http_proxy=DEAD)
    assert_only(watched, port)


@pytest.fixture
def serving(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., int]:
    """Start a command that serves, and give its port; `file` gets what it does on the network."""

    def start(*arguments: object, file: Path | None = None, **more: str) -> int:
        port = free_port()
        command = [sys.executable, *MAIN, *map(str, arguments), "--port", str(port)]
        known = environment(file or tmp_path / "unwatched.jsonl", **more)
        process = subprocess.Popen(command, env=known, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert process.stdout is not None
        request.addfinalizer(process.stdout.close)
        request.addfinalizer(lambda: process.wait(60))
        request.addfinalizer(process.terminate)
        assert "ready" in process.stdout.readline()
        return port

    return start


def test_a_recorder_goes_to_the_app_alone_and_a_replay_nowhere(tmp_path: Path, serving: Callable[..., int]) -> None:
    recorder, replay = Watched(tmp_path / "recorder"), Watched(tmp_path / "replay")
    for one in (recorder, replay):
        one.file.parent.mkdir()
    app = serving("serve")
    port = serving("record", f"http://127.0.0.1:{app}", "--output", tmp_path / "r", file=recorder.file)
    Watched(tmp_path).run("-c", ASK, f"http://127.0.0.1:{port}")
    assert recorder.addresses == {("127.0.0.1", app)}
    assert recorder.bound == {("127.0.0.1", port)}
    other = serving("serve", "--replay", tmp_path / "r", file=replay.file)
    Watched(tmp_path).run("-c", ASK, f"http://127.0.0.1:{other}")
    assert (replay.addresses, replay.bound) == (set(), {("127.0.0.1", other)})
    assert (recorder.started, replay.started) == ([], [])


def test_the_fake_asks_no_proxy_and_nobody_else(tmp_path: Path, serving: Callable[..., int]) -> None:
    fake = Watched(tmp_path)
    port = serving("serve", file=fake.file, HTTP_PROXY=DEAD, http_proxy=DEAD)
    asking = Watched(tmp_path / "asking")
    asking.file.parent.mkdir()
    asking.run("-c", ASK, f"http://127.0.0.1:{port}")
    assert (fake.addresses, fake.bound, fake.started) == (set(), {("127.0.0.1", port)}, [])
    assert_only(asking, port)


def test_the_client_goes_through_a_proxy_of_the_environment_and_nowhere_else(
    watched: Watched, serving: Callable[..., int]
) -> None:
    url = f"http://127.0.0.1:{serving('serve')}"
    ask = "import sys, modeldouble; modeldouble.Session(session_url=sys.argv[1], deadline=1)"
    assert "Unreachable" in watched.run("-c", ask, url, fails=True, HTTP_PROXY=DEAD, http_proxy=DEAD)
    assert watched.addresses == {("127.0.0.1", 9)}


@pytest.mark.parametrize("spelling", ["NO_PROXY", "no_proxy"])
def test_no_proxy_lets_the_client_pass_it_by(watched: Watched, serving: Callable[..., int], spelling: str) -> None:
    port = serving("serve")
    command = ("-c", ASK, f"http://127.0.0.1:{port}")
    if spelling == "NO_PROXY":
        watched.run(*command, HTTP_PROXY=DEAD, http_proxy=DEAD, NO_PROXY="127.0.0.1")
    else:
        watched.run(*command, HTTP_PROXY=DEAD, http_proxy=DEAD, no_proxy="127.0.0.1")
    assert_only(watched, port)


def test_run_starts_the_command_alone_and_sets_no_proxy_for_it(watched: Watched) -> None:
    ask = "import modeldouble.sly as sly; sly.nn.inference.Session(sly.Api(), task_id=27209)"
    watched.run(*MAIN, "run", "--", sys.executable, "-c", ask, HTTP_PROXY=DEAD, http_proxy=DEAD)
    assert [host for host, _ in watched.addresses] == ["127.0.0.1"]
    assert ("127.0.0.1", 9) not in watched.addresses
    assert len(watched.of("subprocess.Popen")) == 1
