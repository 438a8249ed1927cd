"""What happens where only the base is installed: a sentence that says what to install, never a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

HIDE = "import sys; sys.modules[{!r}] = None\n"


def run(hidden: str, code: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", HIDE.format(hidden) + code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_line_without_click_says_what_to_install() -> None:
    done = run("click", "from modeldouble_server.cli import main\nmain()")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "the command line comes with the server: pip install 'modeldouble[server]'\n"


def test_serving_without_aiohttp_says_what_to_install() -> None:
    done = run("aiohttp", "from modeldouble_server.cli import main\nmain(['serve', '--port', '0'])")
    assert done.returncode == 1
    assert "pip install 'modeldouble[server]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_without_what_draws_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    output = tmp_path / "out"
    done = run("numpy", f"from modeldouble_server.cli import main\nmain(['demo', '--output', {str(output)!r}])")
    assert (done.returncode, done.stdout, output.exists()) == (1, "", False)
    assert done.stderr == ("Error: drawing needs a package that is not installed: pip install 'modeldouble[draw]'\n")


def test_embedding_without_aiohttp_names_the_extra() -> None:
    done = run("aiohttp", "import modeldouble_server\nmodeldouble_server.serve")
    assert "ImportError: serve needs aiohttp: pip install 'modeldouble[server]'" in done.stderr


@pytest.mark.parametrize("heavy", ["aiohttp", "PIL", "click", "av", "numpy", "tqdm"])
def test_importing_the_package_loads_nothing_heavy(heavy: str) -> None:
    code = f"import sys, modeldouble_server; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0


@pytest.mark.parametrize("heavy", ["PIL", "av", "numpy", "tqdm"])
def test_a_server_starts_without_what_only_pictures_need(heavy: str) -> None:
    assert not is_loaded_by_a_start(heavy)


@pytest.mark.parametrize("late", ["platform.methods", "platform.bulk", "platform.figures"])
def test_a_server_starts_without_the_platforms_methods(late: str) -> None:
    assert not is_loaded_by_a_start(f"modeldouble_server.{late}")
    assert is_loaded_by_a_start("modeldouble_server.serving.dispatch")


def is_loaded_by_a_start(name: str) -> bool:
    code = "import modeldouble_server, sys\nwith modeldouble_server.serve():\n    sys.exit(3 + ({!r} in sys.modules))"
    found = subprocess.run([sys.executable, "-c", code.format(name)], timeout=60, check=False).returncode
    assert found in (3, 4)
    return found == 4
