"""Environments of releases of the official SDK, as contract_tests/releases.toml lists them, made on first use."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

REPO = Path(__file__).parents[2]
ENVIRONMENTS = Path(os.environ.get("TOX_WORK_DIR", REPO / ".tox")) / "official"
_LISTED = tomllib.loads((REPO / "contract_tests" / "releases.toml").read_text(encoding="utf-8"))
RELEASES: dict[str, dict[str, Any]] = {one["version"]: one for one in _LISTED["release"]}
"""Releases whose client is run, by their version, oldest first."""
SERVING: dict[str, dict[str, Any]] = {
    one["version"]: {**RELEASES.get(one["version"], {}), **one} for one in _LISTED["serving"]
}
"""Releases whose serving app is run, by their version, oldest first."""


def interpreter(release: dict[str, Any]) -> Path:
    """The Python of a release's own environment below tox's folder."""
    folder = ENVIRONMENTS / str(release["version"])
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        base = shutil.which(f"python{release['python']}")
        assert base, f"{release['version']} needs python{release['python']} on the PATH"
        subprocess.run([base, "-m", "venv", "--clear", folder], check=True)
        wanted = [f"supervisely=={release['version']}", *release["pins"]]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
        (folder / "complete").touch()
    return python
