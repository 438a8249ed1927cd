"""The server is killed while three clients upload: everything acknowledged is there, and nothing is half made."""

import hashlib
import threading
import time
from collections.abc import Callable
from pathlib import Path

from .served import Platform, Served
from .uploading import Ledger, upload_until_killed
from .verifying import check_acknowledged, check_folder, check_listed

_CLIENTS = 3
_LONG = 60.0


def moment(kill: int, what: str, least: float, most: float) -> float:
    """Seconds after which a server is killed: another for each kill, the same in every run."""
    drawn = int.from_bytes(hashlib.sha256(f"{what} {kill}".encode()).digest()[:4], "big") / 2**32
    return least + drawn * (most - least)


def wait_for(there: Callable[[], bool]) -> None:
    """Return when it is there, or after a long time."""
    until = time.monotonic() + _LONG
    while not there() and time.monotonic() < until:
        time.sleep(0.01)


def upload_and_kill(server: Served, kill: int) -> list[Ledger]:
    """What the clients of a server were told before it was killed."""
    ledgers = [Ledger() for _ in range(_CLIENTS)]
    threads = [
        threading.Thread(target=upload_until_killed, args=(server, f"p {kill} {at}", ledger))
        for at, ledger in enumerate(ledgers)
    ]
    for one in threads:
        one.start()
    if kill == 0:
        # On a busy machine nothing may be acknowledged in half a second, and nothing would be shown.
        wait_for(lambda: any(one.pictures for one in ledgers))
    time.sleep(moment(kill, "uploads", 0.02, 0.5))
    server.kill()
    for one in threads:
        one.join()
    return ledgers


def kill_at_start(folder: Path, kill: int) -> None:
    """A server that is killed before it may have answered anything."""
    server = Served(folder)
    time.sleep(moment(kill, "start", 0.2, 0.8))
    server.kill()


def verify(server: Served, folder: Path, ledgers: list[Ledger]) -> None:
    """Look at everything of a server that was started after a kill."""
    check_folder(folder)
    platform = Platform(server)
    try:
        for ledger in ledgers:
            check_acknowledged(platform, ledger)
        check_listed(platform, {one for ledger in ledgers for one in ledger.projects})
    finally:
        platform.close()


def test_nothing_acknowledged_is_lost_and_nothing_is_half_made(tmp_path: Path, kills: int) -> None:
    folder, ledgers, begun = tmp_path / "data", list[Ledger](), time.monotonic()
    for kill in range(kills):
        if kill % 10 == 0:
            kill_at_start(folder, kill)
        server = Served(folder).ready()
        verify(server, folder, ledgers[-_CLIENTS:])
        ledgers += upload_and_kill(server, kill)
    server = Served(folder).ready()
    verify(server, folder, ledgers)
    server.kill()
    pictures = sum(len(one.pictures) for one in ledgers)
    annotated = sum(len(one.annotations) for one in ledgers)
    print(f"{kills} kills, {pictures} pictures and {annotated} annotations acknowledged,", end=" ")  # noqa: T201
    print(f"{time.monotonic() - begun:.0f} s")  # noqa: T201
    assert pictures > 0
