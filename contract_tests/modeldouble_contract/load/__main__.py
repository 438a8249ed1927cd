"""`python -m modeldouble_contract.load URL --rate 50`: the journey, under load, and a verdict.

Status 0 if all is within bounds, 1 with a sentence for each bound that is passed, 2 if nothing could be checked.
"""

import math
import subprocess
import sys
import urllib.error
import urllib.request
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from .arrivals import Arrivals
from .asking import VIDEO_FRAMES
from .bounds import UNCHECKED, Bounds
from .options import add_options

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
_TIMEOUT, _SPARE = 10.0, 60.0
_RANGES = {"processes": (1, 256), "frames": (1, 100_000), "most_open": (1, 1_000_000), "patience": (0, 86_400)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run Locust on a URL, and give its exit status."""
    given, rest = _parser().parse_known_args(arguments)
    try:
        checked(given)
    except ValueError as error:
        return _unchecked(str(error))
    if find_spec("locust") is None:
        return _unchecked("Locust is not installed: pip install locust, best in an environment of its own")
    silent = unreachable(given.url)
    if silent is not None:
        return _unchecked(f"{given.url} does not answer ({silent}); start it, or give the URL where it listens")
    # S603: the program is this Python, and what the operator adds is for Locust.
    return subprocess.call([*command(given), *options(given), *rest])  # noqa: S603


def command(given: Namespace) -> list[str]:
    """Locust on this folder's file, in as many processes as wanted, without its page."""
    found = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--only-summary"]
    found += ["--host", given.url.rstrip("/"), "--users", str(given.processes), "--spawn-rate", str(given.processes)]
    # The run ends by itself; this ends one that has lost a process.
    found += ["--run-time", f"{math.ceil(given.seconds + given.patience + _SPARE)}s"]
    found += ["--processes", str(given.processes)] if given.processes > 1 else []
    for name in ("html", "csv"):
        if getattr(given, name):
            Path(getattr(given, name)).parent.mkdir(parents=True, exist_ok=True)
            found += [f"--{name}", getattr(given, name)]
    return found


def options(given: Namespace) -> list[str]:
    """What of our own the locustfile is told."""
    names = ("rate", "seconds", "patience", "most_open", "frames", "video_id", "p99_ms", "errors", "late_ms")
    told = [(name, getattr(given, name)) for name in names]
    found = [f"--{name.replace('_', '-')}={value}" for name, value in told if value is not None]
    return [*found, "--same-names"] if given.same_names else found


def checked(given: Namespace) -> None:
    """ValueError that names option, value and remedy."""
    Bounds(given.p99_ms, given.errors, given.late_ms).checked()
    Arrivals(given.rate, given.seconds).checked()
    if not given.url.startswith(("http://", "https://")):
        raise ValueError(f"URL is {given.url!r}; give one such as http://127.0.0.1:27209")
    for name, (least, most) in _RANGES.items():
        if not least <= getattr(given, name) <= most:
            raise ValueError(f"--{name.replace('_', '-')} is {getattr(given, name)}; give {least:,} to {most:,}")
    if given.video_id is None and given.frames > VIDEO_FRAMES:
        raise ValueError(f"--frames is {given.frames}; the shipped video has {VIDEO_FRAMES}, give --video-id for more")


def unreachable(url: str) -> str | None:
    """Why nobody answers at a URL; None if somebody does, with whatever status."""
    try:
        # S310: `checked` let only http and https through.
        with urllib.request.urlopen(url, timeout=_TIMEOUT):  # noqa: S310
            return None
    except urllib.error.HTTPError:
        return None
    except OSError as error:
        return str(getattr(error, "reason", error))


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m modeldouble_contract.load", description=__doc__, allow_abbrev=False,
        epilog="What else is given is passed on to Locust.",
    )  # fmt: skip
    parser.add_argument("url", help="a serving app, fake or real: the prefix of its routes")
    parser.add_argument("--processes", type=int, default=1, help="of the load; more, if one says that it is late")
    parser.add_argument("--html", help="file for Locust's report")
    parser.add_argument("--csv", help="how Locust's CSV files begin: out/fake-50 for out/fake-50_stats.csv")
    add_options(parser)
    return parser


def _unchecked(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return UNCHECKED


if __name__ == "__main__":
    sys.exit(main())
