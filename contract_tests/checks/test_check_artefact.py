"""What is shipped: the wheel holds the three packages with their data, nothing else, and is what the tests run on."""

import os
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import modeldouble
import modeldouble_contract
import modeldouble_server

REPO = Path(__file__).parents[2]
PACKAGES = (modeldouble, modeldouble_contract, modeldouble_server)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(REPO)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(next(built.glob("*.whl")))


def test_the_wheel_holds_every_file_of_the_packages(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    for package in ("client/modeldouble", "mock_server/modeldouble_server", "contract_tests/modeldouble_contract"):
        root = (REPO / package).parent
        files = [file for file in (REPO / package).rglob("*") if file.is_file() and "__pycache__" not in file.parts]
        assert files
        assert {file.relative_to(root).as_posix() for file in files} - names == set()


def test_the_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {package.__name__ for package in PACKAGES}
    assert not [name for name in wheel.namelist() if "test_" in name or "__pycache__" in name]


def test_the_wheel_holds_types_media_and_licence(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert all(f"{package.__name__}/py.typed" in names for package in PACKAGES)
    assert {"171250.jpg", "18635803.mp4", "labels.json"} <= {Path(name).name for name in names}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_metadata_say_what_is_needed(wheel: zipfile.ZipFile) -> None:
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = Parser().parsestr(wheel.read(name).decode())
    base = {line.split(">")[0] for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line}
    assert base == {"requests", "pyyaml"}
    assert metadata["Requires-Python"] == ">=3.10"
    assert {"all", "contract", "draw", "server", "video"} <= set(metadata.get_all("Provides-Extra", []))


def test_the_command_is_an_entry_point(wheel: zipfile.ZipFile) -> None:
    name = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "modeldouble = modeldouble_server.cli:main" in wheel.read(name).decode()


def test_the_source_distribution_can_be_tested(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"README.md", "LICENSE", "CHANGELOG.md", "tox.ini", "fixtures/media/README.md"} <= names
    assert any(name.startswith("client/tests/test_client_") for name in names)


@pytest.mark.skipif("TOX_ENV_NAME" not in os.environ, reason="outside tox the packages may be an editable install")
@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_under_tox_the_installed_wheel_is_tested(package: object) -> None:
    where = Path(str(getattr(package, "__file__", "")))
    assert "site-packages" in where.parts
