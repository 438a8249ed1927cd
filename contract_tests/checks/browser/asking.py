"""Plain requests to a model, as a stranger's client sends them."""

import subprocess
from pathlib import Path
from typing import Any

import requests

from modeldouble_server.served import ServedModel

_TIMEOUT = 20


def ask(model: ServedModel, route: str = "get_session_info", **state: Any) -> requests.Response:
    """One request to a route of the model, whatever comes back."""
    return requests.post(f"{model.session_url}/{route}", json={"state": state}, timeout=_TIMEOUT)


def ask_often(model: ServedModel, times: int, route: str = "get_session_info") -> None:
    """So many requests on one connection."""
    with requests.Session() as session:
        for _ in range(times):
            session.post(f"{model.session_url}/{route}", json={"state": {}}, timeout=_TIMEOUT).raise_for_status()


def run(command: str, folder: Path) -> str:
    """What a shell prints for a command that was copied, in a folder."""
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, capture_output=True, text=True, timeout=_TIMEOUT, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
