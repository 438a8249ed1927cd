"""Hostile callers beside a client that must not notice: figures, as a Markdown table.

    python -m contract_tests.checks.hostile.run [--page docs/security.md]

It starts `modeldouble serve` and does each attack in full size. `--page` writes the table between its marks.
"""

import argparse
import datetime
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from modeldouble_server.marked import between

from .attacks import ATTACKS, large_upload
from .bystander import Bystander, quantile

BEGIN = "<!-- Made by: python -m contract_tests.checks.hostile.run --page docs/security.md -->\n"
END = "<!-- Here the figures end. -->\n"
_CALM = 3.0
_HEAD = ("attack", "answered", "seconds", "other client p50 / p99, ms", "its errors", "RSS, MB", "open files")


class Served(NamedTuple):
    """A `modeldouble serve`, and what the system says of its process."""

    address: tuple[str, int]
    pid: int

    def rss(self) -> float:
        """Resident MB; 0 where the system does not tell."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        except OSError:
            return 0.0
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def files(self) -> int:
        """Open files; 0 where the system does not tell."""
        try:
            return len(os.listdir(f"/proc/{self.pid}/fd"))
        except OSError:
            return 0


@contextmanager
def served(*options: str) -> Iterator[Served]:
    """A server of its own, ended by a signal."""
    command = [sys.executable, "-m", "modeldouble_server.cli", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            ready = process.stdout.readline().rpartition(":")[2]
            for _ in range(4):
                process.stdout.readline()
            yield Served(("127.0.0.1", int(ready)), process.pid)
        finally:
            process.terminate()


def raise_files() -> None:
    """As many open files as the system lets this process and its child have."""
    try:
        import resource
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def rows() -> Iterator[tuple[str, ...]]:
    """One row per attack."""
    with served() as server, Bystander(server.address) as other:
        time.sleep(_CALM)
        calm = other.phase()
        at_rest = f"{quantile(calm, 0.5):.1f} / {quantile(calm, 0.99):.1f}"
        yield "none", "", f"{_CALM:.0f}", at_rest, f"{len(other.errors)}", f"{server.rss():.0f}", f"{server.files()}"
        for name, (attack, _) in ATTACKS.items():
            yield (name, *_measured(server, other, partial(attack, server.address, 1.0)))
    with served("--limit", "body_bytes=512MiB") as server, Bystander(server.address) as other:
        time.sleep(_CALM)
        other.phase()
        name = "300 MB upload under `--limit body_bytes=512MiB`"
        yield (name, *_measured(server, other, partial(large_upload, server.address, 1.0)))


def _measured(server: Served, other: Bystander, attack: Callable[[], str]) -> tuple[str, ...]:
    other.phase()
    rss, files, errors, begun = server.rss(), server.files(), len(other.errors), time.perf_counter()
    told = attack()
    took, during = time.perf_counter() - begun, other.phase()
    time.sleep(0.5)
    return (
        told, f"{took:.1f}", f"{quantile(during, 0.5):.1f} / {quantile(during, 0.99):.1f}" if during else "none asked",
        f"{len(other.errors) - errors}", f"{rss:.0f} → {server.rss():.0f}", f"{files} → {server.files()}",
    )  # fmt: skip


def table(found: list[tuple[str, ...]]) -> str:
    """The figures as Markdown, dated."""
    lines = [f"| {' | '.join(row)} |" for row in (_HEAD, ("---",) * len(_HEAD), *found)]
    on = f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"{datetime.date.today()}, {on}:\n\n" + "\n".join(lines) + "\n"


def written(page: str, figures: str) -> str:
    """A page with the figures between their marks."""
    return between(page, BEGIN, END, figures)


def main() -> int:
    """Print the table, and end with 1 if the other client met an error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path)
    page: Path | None = parser.parse_args().page
    raise_files()
    found = list(rows())
    figures = table(found)
    print(figures)  # noqa: T201 - it is what the script is for
    if page is not None:
        page.write_text(written(page.read_text(encoding="utf-8"), figures), encoding="utf-8", newline="\n")
    return int(any(row[4] != "0" for row in found))


if __name__ == "__main__":
    sys.exit(main())
