"""Each guide and the README, followed as a new user would: in a new environment, word for word."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest

from . import pipelines
from .following import follow
from .reading import File, Step, read
from .readme import as_a_user
from .terminal import Terminal

REPO = Path(__file__).parents[3]
GUIDES = ("start", "guide-offline", "guide-ci", "guide-stubs")
PHOTOGRAPH = REPO / "mock_server" / "modeldouble_server" / "data" / "demo" / "cat.jpg"


def steps(page: str) -> list[Step]:
    """What the reader of a page of the repository does."""
    return read((REPO / page).read_text(encoding="utf-8"))


def ci_files() -> list[File]:
    """The files of the guides that a CI system reads."""
    found = [step for guide in GUIDES for step in steps(f"docs/{guide}.md")]
    return [step for step in found if isinstance(step, File) and pipelines.is_pipeline(step)]


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_does_what_it_says(guide: str, reader: Path, environment: Mapping[str, str], wheels: Path) -> None:
    page = f"docs/{guide}.md"
    with Terminal(reader, environment) as terminal:
        follow(page, steps(page), reader, terminal)
        if guide == "guide-ci":
            for file in ci_files():
                pipelines.run(page, file, reader, terminal)
            assert "HOLDS" in (reader / pipelines.SUMMARY).read_text(encoding="utf-8")
    _assert_installed_from(wheels, reader)


def test_the_readme_does_what_it_says(reader: Path, environment: Mapping[str, str], clone: Path) -> None:
    (reader / "street.jpg").write_bytes(PHOTOGRAPH.read_bytes())
    with Terminal(reader, environment) as terminal:
        follow("README.md", list(as_a_user(steps("README.md"), clone)), reader, terminal)


@pytest.mark.parametrize("file", ci_files(), ids=lambda file: file.name)
def test_a_ci_file_keeps_the_schema_of_its_system(file: File, tmp_path: Path) -> None:
    path = tmp_path / "pipeline.yml"
    path.write_text(file.text, encoding="utf-8")
    system = "github-workflows" if file.name.startswith(pipelines.GITHUB) else "gitlab-ci"
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{system}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _assert_installed_from(wheels: Path, folder: Path) -> None:
    """What the guide installed is what is in the repository, and no release of it."""
    [wheel] = wheels.glob("*.whl")
    with ZipFile(wheel) as archive:
        [record] = [name for name in archive.namelist() if name.endswith(".dist-info/RECORD")]
        built = {line for line in archive.read(record).decode().splitlines() if line.startswith("modeldouble")}
    [installed] = folder.glob(f".venv/lib/python3*/site-packages/{record}")
    modules = {line for line in built if ".dist-info/" not in line}
    assert modules <= set(installed.read_text(encoding="utf-8").splitlines())
