"""Runs every code block of README.md and docs/: Python in one namespace per page, shell line by line, against a fake.

A Python block whose first line is a file's name, `# test_street.py`, is written to that file of the page's folder.

A shell line that sets up a machine (a virtual environment, pip, tox, git) is not run from within the tests that it
would start: it must stand word for word in `.ci/run`, which runs it.
"""

import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

import modeldouble_server

REPO = Path(__file__).parent
PHOTOGRAPH = Path(modeldouble_server.__file__).parent / "data" / "demo" / "cat.jpg"
_FILE = re.compile(r"# \w+\.py\n")
SET_UP = ("git ", "python -m venv", "pip install", "tox")


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A page is read in an empty folder with a photograph in it, where SERVER_ADDRESS and API_TOKEN lead to a fake."""
    before, folder = Path.cwd(), tmp_path_factory.mktemp("page")
    (folder / "street.jpg").write_bytes(PHOTOGRAPH.read_bytes())
    os.chdir(folder)
    with modeldouble_server.serve() as server, pytest.MonkeyPatch.context() as patch, _silent_log():
        patch.setenv("SERVER_ADDRESS", server.server_address)
        patch.setenv("API_TOKEN", server.api_token)
        patch.setenv("HOME", str(folder))
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        yield dict(os.environ)
    os.chdir(before)


@contextmanager
def _silent_log() -> Iterator[None]:
    """Let the client's log be printed by a page that imports `modeldouble.sly`, and not by those that come after it."""
    log, imported = logging.getLogger("modeldouble"), sys.modules.pop("modeldouble.sly", None)
    handlers, level = log.handlers[:], log.level
    log.handlers[:] = [logging.NullHandler()]
    log.setLevel(logging.NOTSET)
    yield
    log.handlers[:] = handlers
    log.setLevel(level)
    if imported is not None:
        sys.modules["modeldouble.sly"] = imported


class _Python(PythonCodeBlockParser):
    def __call__(self, document: Document) -> Iterator[Region]:
        for region in super().__call__(document):
            if _FILE.match(str(region.parsed)):
                region.evaluator = _written
            yield region


def _written(example: Example) -> None:
    source = str(example.parsed)
    Path(source[2 : source.index("\n")]).write_text(source, encoding="utf-8")


class _Shell(CodeBlockParser):
    language = "bash"

    def evaluate(self, example: Example) -> str | None:
        environment: dict[str, Any] = example.namespace["offline"]
        for line in filter(None, (line.strip() for line in str(example.parsed).splitlines())):
            if line.startswith(SET_UP):
                if line not in (REPO / ".ci" / "run").read_text(encoding="utf-8"):
                    return f"{line!r} sets up a machine and is not run by .ci/run"
            else:
                done = subprocess.run(line, shell=True, env=environment, capture_output=True, text=True, timeout=120)
                if done.returncode != 0:
                    return f"{line!r} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return None


pytest_collect_file = Sybil(
    parsers=[_Python(), _Shell()],
    patterns=["README.md", "docs/*.md"],
    fixtures=["offline"],
).pytest()
