"""Bytes of a distribution and of all that it depends on, without extras, as they are installed: `installed.py NAME`.

Compiled files of Python are left out: whether there are any depends on what was imported. Needs nothing but Python.
"""

import json
import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path


def closure(name: str) -> dict[str, Distribution]:
    """The distribution and what it requires, directly and not, as far as it is installed."""
    found: dict[str, Distribution] = {}
    waiting = [name]
    while waiting:
        key = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if key in found:
            continue
        try:
            found[key] = distribution(key)
        except PackageNotFoundError:
            # For another platform or Python.
            continue
        lines = (one.partition(";") for one in found[key].requires or ())
        waiting += [re.split(r"[^\w.-]", need.strip())[0] for need, _, when in lines if "extra" not in when]
    return found


def size(one: Distribution) -> int:
    """Bytes of its files; of an editable installation, those of the packages that its wheel would have."""
    files = [Path(str(file.locate())) for file in one.files or ()]
    sources = [Path(line) for file in files if file.suffix == ".pth" for line in file.read_text("utf-8").splitlines()]
    kept = [file for file in files if file.is_file()]
    for source in sources:
        if source.is_dir():
            packages = [init.parent for init in source.glob("*/__init__.py") if (init.parent / "py.typed").exists()]
            kept += [file for package in packages for file in package.rglob("*") if _is_wheels(file, package)]
    return sum(file.stat().st_size for file in kept if file.suffix != ".pyc")


def _is_wheels(file: Path, package: Path) -> bool:
    """No cache of a tool that somebody ran in a clone."""
    hidden = any(part.startswith(".") for part in file.relative_to(package).parts)
    return file.is_file() and not hidden


def main(name: str) -> None:
    """Tell the bytes of each."""
    sizes = {key: size(one) for key, one in sorted(closure(name).items())}
    sys.stdout.write(json.dumps({"ready": {"bytes": sum(sizes.values()), "parts": sizes}}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
