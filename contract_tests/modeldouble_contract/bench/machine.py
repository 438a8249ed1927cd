"""What it was measured on: no name of a host or user, and no path."""

import platform
import re
import shutil
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

_PACKAGES = ("modeldouble", "aiohttp", "requests", "pillow", "numpy", "orjson", "msgspec", "uvloop", "av")
_PATIENCE = 10.0
_MOST = 600
# Two parts at least, so that a route, or a fraction, is none; and not behind a colon or a slash, as in a URL.
_PATH = re.compile(r"(?<![\w:/\\.@-])(?:[A-Za-z]:|~)?(?:[\\/][\w.@+-]+)+[\\/]([\w.@+-]+)")


def described() -> dict[str, str]:
    """Processor, cores, memory, system and Python."""
    usable, server, load = len(usable_cores()) or psutil.cpu_count() or 1, *placed(usable_cores())
    pinned = "servers and those who ask them share a core" if server is None else f"servers on {server}, load on {load}"
    if not usable_cores():
        pinned = "this system pins no process to a core"
    return {
        "Processor": _processor(),
        "Cores": f"{usable}; {pinned}",
        "Memory": f"{psutil.virtual_memory().total / 2**30:.1f} GiB",
        "System": f"{_system()}, {platform.machine()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def anonymous(text: str) -> str:
    """A text of somebody's program, which names folders of this machine: of paths the last part is left; bounded."""
    told = _PATH.sub(r"\1", text)
    return told if len(told) <= _MOST else f"{told[: _MOST // 4]} ... {told[-3 * _MOST // 4 :]}"


def usable_cores() -> list[int]:
    """The cores that this process may run on; empty where a process cannot be pinned (macOS)."""
    process = psutil.Process()
    return list(process.cpu_affinity() or ()) if hasattr(process, "cpu_affinity") else []


def placed(cores: Sequence[int]) -> tuple[int | None, int | None]:
    """The core of servers and that of those who ask; None twice if there are no two.

    The first and the last, since neighbours are more often two threads of one core.
    """
    return (cores[-1], cores[0]) if len(cores) > 1 else (None, None)


def versions() -> dict[str, str]:
    """Releases of the packages that take part in this environment."""
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def commit(folder: Path = Path(__file__).parent) -> str:
    """The commit that this file belongs to, told if files were changed since; empty if it is in no clone."""
    head = _git(folder, "rev-parse", "--short", "HEAD")
    if not head or not _git(folder, "ls-files", "."):
        return ""
    return f"{head}, with changes" if _git(folder, "status", "--porcelain") else head


def _git(folder: Path, *words: str) -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - fixed words
            [git, "-C", folder, *words], capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return " ".join(value.split())
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _system() -> str:
    try:
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {platform.system()} {platform.release()}"
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()}"
