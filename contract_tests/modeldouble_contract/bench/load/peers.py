"""Peers that serve: how each is started."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from modeldouble_contract.bench.shared import SUBJECTS
from modeldouble_contract.bench.workload import Case, Place

from .row import Common
from .serving import Subject

_FOLDERS = ("HOME", "SLY_APP_DATA_DIR", "SMART_CACHE_CONTAINER_DIR")


def _app(place: Place, _common: Common, _case: Case) -> Sequence[str | Path]:
    return place.peers.python("supervisely"), SUBJECTS / "official_app.py"


def _folders(place: Place) -> Mapping[str, str]:
    """Of its own: the app caches by id, in a folder that all apps of a machine share otherwise."""
    folders = {name: place.folder / name for name in _FOLDERS}
    for one in folders.values():
        one.mkdir(exist_ok=True)
    return {"SERVER_ADDRESS": "http://127.0.0.1:9", "API_TOKEN": "a" * 128} | {
        name: str(one) for name, one in folders.items()
    }


def _httpserver(place: Place, common: Common, case: Case) -> Sequence[str | Path]:
    python, path = place.peers.python("pytest-httpserver"), f"/{common.row.route(case)}"
    return python, SUBJECTS / "httpserver.py", path, common.sample(case).body


def _mockoon(place: Place, common: Common, case: Case) -> Sequence[str | Path]:
    # Its own Python only starts and ends it: any will do.
    program, path = place.peers.program("mockoon"), f"/{common.row.route(case)}"
    return sys.executable, SUBJECTS / "mockoon.py", program, path, common.sample(case).body


OFFICIAL_APP = Subject(_app, environment=_folders, same=False)
"""The official app, which tells of itself and not of ours."""
HTTPSERVER = Subject(_httpserver, clears=True)
MOCKOON = Subject(_mockoon)
