"""`modeldouble contract` as a process: on the fake, on one that lies, and inside of a stranger's project."""

import json
import os
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import modeldouble_server

from .mutants.liar import Liar
from .mutants.lie import Changed, Lie

GENEROUS = 120
COMMAND = (sys.executable, "-m", "modeldouble_server.cli")
BROKEN = 'raise RuntimeError("the project\'s conftest was read")\n'
OPTION = """
import pytest

def pytest_addoption(parser):
    parser.addoption("--target"), parser.addoption("--foo", action="store_true")
"""
INI = "[pytest]\naddopts = -x --foo\nfilterwarnings = error\nmarkers = must: of the project's own\n"
OWN_TEST = """
import sys

def test_own(request):
    assert request.config.getoption("--target") == "mine"
    loaded = {name for name in sys.modules if name.startswith("modeldouble")}
    assert loaded <= {"modeldouble_server", "modeldouble_server.plugin"}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[modeldouble_server.Server]:
    with modeldouble_server.serve() as running:
        yield running


@pytest.fixture
def liar(server: modeldouble_server.Server) -> Iterator[Liar]:
    with Liar(server.session_url) as running:
        yield running


def start(*arguments: object, cwd: Path, **environment: str) -> "subprocess.Popen[str]":
    """The command in a folder; of the environment it gets the paths only, and what is named."""
    own = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME", "SYSTEMROOT") if name in os.environ}
    return subprocess.Popen(
        [*COMMAND, "contract", *map(str, arguments)], cwd=cwd, env={**own, **environment}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Exit status, stdout and stderr."""
    out, err = process.communicate(timeout=GENEROUS)
    return process.returncode, out, err


def found(report: Path, key: str) -> list[dict[str, Any]]:
    """A list of a JSON report."""
    return list(json.loads(report.read_text())[key])


def changed(route: str, **keys: Any) -> Lie:
    """Other values in an answer."""
    return Lie("changed", "other values", (route,), lambda: Changed(lambda value: {**value, **keys}))


def wide(value: Any) -> Any:
    """A prediction, or what holds some, with corners 5000 pixels further out on both sides."""
    if isinstance(value, list):
        return [wide(one) for one in value]
    if not isinstance(value, dict):
        return value
    points = value.get("exterior")
    if isinstance(points, list) and len(points) == 2:
        (left, top), (right, bottom) = points
        return {**value, "exterior": [[left - 5000, top], [right + 5000, bottom]]}
    return {key: wide(one) for key, one in value.items()}


def project(folder: Path) -> Path:
    """A stranger's, whose pytest has an option of its own, is strict, and whose conftest is broken."""
    (folder / "pytest.ini").write_text(INI)
    (folder / "conftest.py").write_text(BROKEN)
    (folder / "test_own.py").write_text("raise RuntimeError('the project\\'s tests were read')\n")
    return folder


class Held(NamedTuple):
    """A run on the fake inside of a stranger's project, whose files were `before`."""

    folder: Path
    before: list[Path]
    status: int
    out: str
    err: str


@pytest.fixture(scope="module")
def held(server: modeldouble_server.Server, tmp_path_factory: pytest.TempPathFactory) -> Held:
    disturbing = {"PYTEST_ADDOPTS": "-x --nonsense", "PYTEST_PLUGINS": "nonsense", "PYTHONWARNINGS": "error"}
    folder = project(tmp_path_factory.mktemp("project"))
    before = sorted(folder.rglob("*"))
    return Held(folder, before, *ended(start(server.session_url, "--strict", cwd=folder, **disturbing)))


def test_the_fake_holds_in_a_strangers_project(held: Held) -> None:
    assert (held.status, held.err) == (0, ""), held.out
    assert held.out.splitlines()[-1].startswith("HOLDS: ")
    assert sorted(held.folder.rglob("*")) == held.before


def test_it_says_at_the_start_what_it_will_do(held: Held, server: modeldouble_server.Server) -> None:
    first = held.out.splitlines()[0]
    assert first.startswith(f"{server.server_address}/net/$SESSION_TOKEN: looks like release 6.7")
    assert " checks, at most " in first
    assert first.endswith(" inferences")


def test_a_task_is_checked_through_its_platform_and_secrets_stay(
    server: modeldouble_server.Server, tmp_path: Path
) -> None:
    environment = {"SERVER_ADDRESS": server.server_address, "API_TOKEN": server.api_token}
    reports = [f"--{name}={tmp_path / name}" for name in ("junit", "json", "markdown", "html")]
    ran = ended(start("--task-id", server.task_id, "--image-id=171250", *reports, cwd=tmp_path, **environment))
    assert ran[0] == 0, ran[1]
    texts = [*ran[1:], *(path.read_text() for path in tmp_path.iterdir())]
    session = server.session_url.rpartition("/")[2]
    assert len(texts) == 6
    assert not [text for text in texts if server.api_token in text or session in text]
    checks = found(tmp_path / "json", "checks")
    assert {one["outcome"] for one in checks if one["check"].endswith("test_a_picture_by_id_has_its_size")} == {"holds"}


def test_a_violation_is_1_in_every_report_while_a_run_beside_it_holds(
    server: modeldouble_server.Server, liar: Liar, tmp_path: Path
) -> None:
    liar.tell(changed("get_session_info", number_of_classes="many"))
    runs = [start(url, f"--json={at}", cwd=tmp_path) for at, url in enumerate((server.session_url, liar.url))]
    (held, _, _), (violated, out, _) = map(ended, runs)
    assert (held, violated, out.count("[shape.get_session_info]")) == (0, 1, 1)
    assert [json.loads((tmp_path / name).read_text())["status"] for name in "01"] == [0, 1]
    (shown,) = [one for one in found(tmp_path / "1", "findings") if one["code"] == "shape.get_session_info"]
    assert "/get_session_info" in shown["request"]
    assert len(shown["checks"]) > 1
    stopped = [one for one in found(tmp_path / "1", "checks") if one["code"] == "shape.get_session_info"]
    assert len(stopped) == len(shown["checks"])


def test_a_secret_that_the_target_repeats_is_hidden(liar: Liar, tmp_path: Path) -> None:
    session = liar.url.rpartition("/")[2]
    liar.tell(changed("get_session_info", number_of_classes=session))
    reports = [f"--{name}={tmp_path / name}" for name in ("junit", "json", "markdown", "html")]
    status, out, err = ended(start(liar.url, "--first", *reports, cwd=tmp_path))
    texts = [out, err, *(path.read_text() for path in tmp_path.iterdir())]
    assert status == 1
    assert not [text for text in texts if session in text]
    assert "$SESSION_TOKEN' at $.number_of_classes" in out.replace('"', "'")


def test_a_warning_is_0_and_seen_in_the_junit_file(liar: Liar, tmp_path: Path) -> None:
    liar.tell(Lie("wide", "objects that reach far out of the picture", (), lambda: Changed(wide)))
    status, out, _ = ended(start(liar.url, "--junit=x", cwd=tmp_path))
    assert status == 0, out
    assert out.splitlines()[-1].startswith("HOLDS: ")
    (case,) = [
        case for case in ET.parse(tmp_path / "x").iter("testcase") if "inside_the_picture" in str(case.get("name"))
    ]
    skipped = case.find("skipped")
    assert skipped is not None
    assert str(skipped.get("message")).startswith("warning: object.clipped: expected points inside ")
    assert {one.get("name"): one.get("value") for one in case.iter("property")}["outcome"] == "warning"


def test_the_first_violation_can_end_the_run(liar: Liar, tmp_path: Path) -> None:
    liar.tell(changed("inference_image", annotation=None))
    status, out, _ = ended(start(liar.url, "--first", cwd=tmp_path))
    assert status == 1
    assert "not run after the first violation" in " ".join(out.split())


def test_what_a_release_is_known_to_do_is_forgiven_and_told(tmp_path: Path) -> None:
    with modeldouble_server.serve(dialect="6.74.51") as real:
        plain = start(real.session_url, "--json=plain", cwd=tmp_path)
        forgiving = start(real.session_url, "--sdk=6.74.51", "--junit=x", cwd=tmp_path)
        (status, out, _), (forgiven, told, _) = ended(plain), ended(forgiving)
    assert (status, forgiven) == (1, 0), told
    assert "Release 6.74.51 is known to do all of this: --sdk 6.74.51 forgives it." in out
    assert "Forgiven, as 6.74.51 is known to do this" in told
    named = [one.get("value") for one in ET.parse(tmp_path / "x").iter("property") if one.get("name") == "deviation"]
    assert "job.unknown-uuid" in named


def test_a_listed_deviation_that_no_longer_happens_fails_where_that_is_asked(
    server: modeldouble_server.Server, tmp_path: Path
) -> None:
    status, out, _ = ended(start(server.session_url, "--sdk=6.74.51", "--strict-deviations", cwd=tmp_path))
    assert status == 1
    assert "job.unknown-uuid is still to be seen  [deviation.unmet]" in out


def test_a_projects_own_pytest_is_the_same(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / "conftest.py").write_text(OPTION)
    (tmp_path / "test_own.py").write_text(OWN_TEST)
    command = [sys.executable, "-m", "pytest", "-q", "--target", "mine", "-p", "no:cacheprovider", "-p", "no:asyncio"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=GENEROUS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_the_help_of_the_command_line_loads_nothing_of_the_suite() -> None:
    script = (
        "import sys\nfrom modeldouble_server.cli import main\n"
        "try: main(['contract', '--help'])\n"
        "except SystemExit: print([name for name in ('pytest', 'requests', 'yaml', 'aiohttp') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=GENEROUS, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "--strict-deviations" not in done.stdout


def test_it_needs_nothing_but_its_own_extra(server: modeldouble_server.Server) -> None:
    script = (
        "import sys\nfor name in ('aiohttp', 'numpy', 'av', 'faker', 'redis'): sys.modules[name] = None\n"
        "from modeldouble_server.cli import main\nmain(['contract', sys.argv[1], '--first'])"
    )
    command = [sys.executable, "-c", script, server.session_url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=GENEROUS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_part_that_is_not_installed_is_2_with_the_remedy() -> None:
    script = "import sys\nsys.modules['jsonschema'] = None\nfrom modeldouble_server.cli import main\nmain(['contract'])"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=GENEROUS, check=False)
    assert done.returncode == 2
    assert "pip install 'modeldouble[contract]'" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="there, an interrupt goes to a whole group")
def test_an_interrupted_run_is_2_and_red(server: modeldouble_server.Server, tmp_path: Path) -> None:
    # Under a shell in the background an interrupt is ignored, which children inherit.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = start(server.session_url, "--json=j", cwd=tmp_path)
    signal.signal(signal.SIGINT, before)
    assert process.stdout is not None
    # Its first line is written when the checks are ahead.
    assert "at most" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    status, _, err = ended(process)
    assert (status, err) == (2, "COULD NOT CHECK: it was interrupted; start it again\n")
    assert json.loads((tmp_path / "j").read_text())["verdict"] == "could not check"


def test_an_option_that_is_no_number_is_2(tmp_path: Path) -> None:
    assert ended(start("http://127.0.0.1:1", "--patience=soon", cwd=tmp_path))[0] == 2
