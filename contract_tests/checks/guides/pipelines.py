"""The lines that a CI system would run, out of the file that tells it so: GitHub Actions or GitLab CI."""

from pathlib import Path
from typing import Any

import yaml

from .following import Differs
from .reading import File
from .terminal import Terminal

GITHUB, GITLAB = ".github/workflows/", ".gitlab-ci.yml"
SUMMARY = "summary.md"
"""Where a job's summary is written, as GitHub names a file for it."""


def is_pipeline(file: File) -> bool:
    """The file is one that a CI system reads."""
    return file.name.startswith(GITHUB) or file.name == GITLAB


def jobs(file: File) -> list[list[str]]:
    """For each job the lines that it runs, in order. Raises KeyError or TypeError where the file is no pipeline."""
    document = yaml.safe_load(file.text)
    if file.name == GITLAB:
        found = [one for one in document.values() if isinstance(one, dict) and "script" in one]
        return [[*one.get("before_script", []), *one["script"]] for one in found]
    return [[step["run"] for step in one["steps"] if "run" in step] for one in document["jobs"].values()]


def artefacts(file: File) -> list[str]:
    """Paths of the files that the jobs keep."""
    return sorted(set(_paths(yaml.safe_load(file.text))))


def run(page: str, file: File, folder: Path, terminal: Terminal, seconds: float = 300.0) -> None:
    """Run every line of a file in `folder`, and look whether what it keeps is there.

    Raises Differs where a line fails, or a file that is kept is missing or empty. What the lines started last is ended.
    """
    place = f"{page}:{file.line}: {file.name}"
    terminal.run(f"export CI=true GITHUB_STEP_SUMMARY='{folder / SUMMARY}'", seconds)
    for line in (line for lines in jobs(file) for line in lines):
        output, status = terminal.run(line, seconds)
        if status != 0:
            raise Differs(f"{place}: {line!r} ended with status {status}; it printed:\n{output}")
    terminal.run("kill $! && wait", seconds)
    for name in artefacts(file):
        kept = folder / name
        if not kept.is_file() or kept.stat().st_size == 0:
            raise Differs(f"{place} keeps {name}, which is not there or empty")
        kept.unlink()


def _paths(value: Any, key: str = "") -> list[str]:
    if isinstance(value, dict):
        return [path for name, one in value.items() for path in _paths(one, name)]
    if isinstance(value, list):
        return [path for one in value for path in _paths(one, key)]
    return str(value).split() if key in ("path", "paths", "junit") else []
