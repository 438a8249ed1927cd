"""Processes that a benchmark starts end with it, and so do those that they started."""

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from modeldouble_contract.bench.distributed.family import end, environment, last_words, started

# Windows ends a process without asking it.
pytestmark = pytest.mark.skipif(os.name == "nt", reason="workers need a port that processes share")
PARENT = """
import signal, subprocess, sys, time
deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN);" if "deaf" in sys.argv else ""
line = [sys.executable, "-c", "import signal, time;" + deaf + "print('up', flush=True); time.sleep(60)"]
child = subprocess.Popen(line, stdout=subprocess.PIPE)
child.stdout.readline()
signal.signal(signal.SIGTERM, lambda *_: (child.terminate(), sys.exit()))
print(child.pid, flush=True)
time.sleep(60)
"""


def grandchild(log: Path) -> psutil.Process:
    """Of the parent, once it has told its id."""
    until = time.monotonic() + 20
    while not (told := log.read_text(encoding="utf-8")).endswith("\n"):
        assert time.monotonic() < until
        time.sleep(0.01)
    return psutil.Process(int(told))


@pytest.mark.parametrize("how", ["", "deaf"])
def test_nobody_is_left(how: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with started([sys.executable, "-c", PARENT, how], tmp_path, log) as child:
        second = grandchild(log)
        end(child, 0.5)
        assert not child.is_running()
    assert not second.is_running() or second.status() == psutil.STATUS_ZOMBIE


def interrupted(folder: Path, family: list[psutil.Process]) -> None:
    """A benchmark that a person ends."""
    log = folder / "log"
    with started([sys.executable, "-c", PARENT], folder, log) as child:
        family += [grandchild(log), psutil.Process(child.pid)]
        raise KeyboardInterrupt


def test_an_exception_ends_them_too(tmp_path: Path) -> None:
    family: list[psutil.Process] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path, family)
    assert len(family) == 2
    assert [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []


def test_what_they_say_is_in_a_file_of_which_the_end_is_told(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = "import os, sys; print(os.environ['TOLD'], os.getcwd()); sys.exit('broken')"
    with started([sys.executable, "-c", script], tmp_path, log, {"TOLD": "it"}) as child:
        assert child.wait(20) == 1
    assert last_words(log) == f"it {tmp_path.resolve()}\nbroken\n"
    assert last_words(log, 4) == "ken\n"


def test_no_proxy_stands_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    found = environment({"MORE": "1", "HTTP_PROXY": "kept as it is asked for"})
    assert (found["NO_PROXY"], found["MORE"], found["HTTP_PROXY"]) == ("*", "1", "kept as it is asked for")
    assert [name for name in environment({}) if name.upper().endswith("_PROXY")] == ["NO_PROXY"]
