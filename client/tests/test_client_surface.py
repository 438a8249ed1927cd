"""The package as others see it: names, cost of the import, errors, logs."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import logging
import pickle
import re
import subprocess
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import modeldouble
from modeldouble import errors
from modeldouble.redact import redact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import JobPlay, PaperTransport

PACKAGE = Path(modeldouble.__file__).parent


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("module", ["modeldouble", "modeldouble.session", "modeldouble.sly"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    heavy = "{'yaml', 'PIL', 'numpy', 'aiohttp', 'faker', 'pytest', 'modeldouble_server', 'modeldouble_contract'}"
    assert run(f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))") == "[]"


def test_importing_the_package_does_not_even_load_requests() -> None:
    assert run("import sys, modeldouble; print('requests' in sys.modules)") == "False"


@pytest.mark.parametrize("module", ["platform", "job", "jobcourse", "meta", "annotation", "geometry", "bulk", "draw"])
def test_importing_the_session_loads_nothing_that_its_first_call_can_do_without(module: str) -> None:
    code = f"import sys; from modeldouble import Session; print('modeldouble.{module}' in sys.modules)"
    assert run(code) == "False"


def test_the_names_of_settings_are_compared_only_when_one_is_wrong() -> None:
    assert run("import sys; from modeldouble import Session; print('difflib' in sys.modules)") == "False"


def test_all_is_what_is_public_sorted() -> None:
    public = {name for name in dir(modeldouble) if not name.startswith("_")}
    public = {name for name in public if not isinstance(getattr(modeldouble, name), types.ModuleType)}
    assert modeldouble.__all__ == sorted(public - {"TYPE_CHECKING", "Any", "annotations", "import_module"})


def test_every_name_resolves_and_no_other() -> None:
    assert all(getattr(modeldouble, name).__name__ == name for name in modeldouble.__all__)
    with pytest.raises(AttributeError, match="nope"):
        _ = modeldouble.nope


def test_the_drawn_tree_is_the_real_one() -> None:
    drawn = re.findall(r"^[ │├└─]*?(\w+Error|\w+)(?= {2,}|$)", errors.__doc__ or "", re.MULTILINE)
    real = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.ModelDoubleError)
    }
    assert real == {name for name in drawn if name in vars(errors)}
    assert real <= set(modeldouble.__all__)


def test_errors_survive_a_worker_pool() -> None:
    lost = errors.ResultsLost("text", "uuid", 3, missing=[4], unexpected=[], announced=4)
    for error in (lost, errors.BadSettings("a", 1, "b", ["c"]), errors.Unreachable("x"), errors.MissingExtra("a", "b")):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_errors_can_be_caught_as_the_builtins_they_are() -> None:
    assert issubclass(errors.DeadlineExceeded, TimeoutError)
    assert issubclass(errors.Unreachable, ConnectionError)
    assert issubclass(errors.BadSettings, ValueError)
    assert str(errors.BadArgument("f", "v", "do this")) == "f = 'v': do this"


@pytest.mark.parametrize(
    "text",
    [
        "http://h/net/SECRET/get_session_info",
        "https://user:SECRET@h/",
        '{"api_token": "SECRET"}',
        "x-api-key: SECRET",
        "token=SECRET&x=1".replace("token", "api_token"),
        "it was " + "SECRET".ljust(128, "x") + "!",
    ],
)
def test_secrets_are_redacted(text: str) -> None:
    assert "SECRET" not in redact(text)
    assert "***" in redact(text)
    assert redact("nothing to hide, http://h/network") == "nothing to hide, http://h/network"


def test_only_the_transport_knows_requests_and_the_parts_do_not_know_each_other() -> None:
    imported: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                imported.setdefault(name.partition(".")[0], set()).add(path.name)
    assert imported["requests"] == {"transport.py", "pool.py"}
    assert imported["urllib3"] == {"transport.py"}
    assert not {"modeldouble_server", "modeldouble_contract"} & set(imported)


def test_the_log_of_a_job_goes_through_logging(
    paper: PaperTransport, play: type[JobPlay], caplog: pytest.LogCaptureFixture
) -> None:
    play(paper.script)
    with caplog.at_level(logging.INFO, "modeldouble"):
        job = modeldouble.Session(session_url="http://paper", transport=paper).inference_video_id_async(7)
        job.stop()
    assert [record.getMessage() for record in caplog.records] == [
        "The video is preparing on the server, this may take a while...",
        "Inference has started:",
        "Inference will be stopped on the server",
    ]
    job.close()


def test_nothing_is_printed_unless_asked_for() -> None:
    assert run("import logging, modeldouble; logging.getLogger('modeldouble').warning('x'); print('end')") == "end"


def test_importing_sly_prints_the_log() -> None:
    printed = run("import modeldouble.sly, logging; logging.getLogger('modeldouble').info('said')")
    assert json.loads(printed)["message"] == "said"


@pytest.fixture
def printed_log() -> Iterator[None]:
    """The log as it is when `sly` has just been imported, whatever was done to it before."""
    from modeldouble.sly.log import print_log

    logger = logging.getLogger("modeldouble")
    kept = list(logger.handlers), logger.level
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)
    print_log()
    yield
    logger.handlers[:] = kept[0]
    logger.setLevel(kept[1])


@pytest.mark.usefixtures("printed_log")
def test_sly_prints_the_log_as_json_lines(paper: PaperTransport, play: type[JobPlay]) -> None:
    import modeldouble.sly as sly

    play(paper.script, "superset", frames=10)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        session = sly.nn.inference.Session(session_url="http://paper", transport=paper)
        for index, _ in enumerate(session.inference_video_id_async(7)):
            if index == 2:
                session.stop_async_inference()
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    keys = ["progress", "is_inferring", "cancel_inference", "result", "pending_results"]
    assert [list(line) for line in lines] == [
        ["message", "timestamp", "level"],
        ["message", *keys, "timestamp", "level"],
        ["message", "timestamp", "level"],
    ]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", lines[0]["timestamp"])
    assert {line["level"] for line in lines} == {"info"}


def test_sly_has_the_names_of_the_official_sdk(tmp_path: Path) -> None:
    import modeldouble.sly as sly

    assert sly.nn.inference.SessionJSON is sly.nn.inference.Session is modeldouble.Session
    assert (sly.Api, sly.Annotation, sly.ProjectMeta) == (
        modeldouble.Api,
        modeldouble.Annotation,
        modeldouble.ProjectMeta,
    )
    image = pytest.importorskip("PIL.Image")
    image.new("RGBA", (3, 2), (10, 20, 30, 255)).save(tmp_path / "x.png")
    read = sly.image.read(str(tmp_path / "x.png"))
    assert (read.shape, read[0, 0].tolist()) == ((2, 3, 3), [10, 20, 30])
    with pytest.raises(modeldouble.BadImage):
        sly.image.read(tmp_path / "none.png")
