"""`modeldouble serve --data-dir` as a process that is killed, and the platform's methods by plain requests."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

Json = dict[str, Any]


class Served:
    """One process on a folder. `killed` is SIGKILL, or what the system has instead."""

    def __init__(self, folder: Path, *more: str) -> None:
        command = [sys.executable, "-m", "modeldouble_server.cli", "serve", "--port", "0", "--data-dir", str(folder)]
        self._process = subprocess.Popen([*command, *more], stdout=subprocess.PIPE, text=True)
        self.address = self.token = ""

    def ready(self) -> "Served":
        """Wait until it answers."""
        assert self._process.stdout is not None
        told: dict[str, str] = {}
        while "MODELDOUBLE_SESSION_URL" not in told:
            line = self._process.stdout.readline()
            assert line, f"the server ended with {self._process.wait()} before it was ready"
            name, _, value = line.strip().partition("=")
            told[name] = value
        self.address, self.token = told["SERVER_ADDRESS"], told["API_TOKEN"]
        return self

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


class Platform:
    """One client of a server. What is not answered with 200 raises."""

    def __init__(self, server: Served) -> None:
        self._address = server.address
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["x-api-key"] = server.token

    def ask(self, method: str, body: Any) -> Any:
        """Post JSON, get JSON."""
        return self._post(method, json=body).json()

    def content(self, method: str, body: Json) -> bytes:
        """Post JSON, get bytes."""
        return self._post(method, json=body).content

    def upload(self, contents: list[bytes]) -> list[str]:
        """The hashes of contents that were taken."""
        form = [(f"{at}-file", (f"{at}.png", one, "image/png")) for at, one in enumerate(contents)]
        return [one["hash"] for one in self._post("images.bulk.upload", files=form).json()]

    def all(self, method: str, body: Json) -> list[Json]:
        """The entities of every page."""
        found: list[Json] = []
        while True:
            page = self.ask(method, {**body, "page": len(found) // 500 + 1, "per_page": 500})
            found += page["entities"]
            if len(found) >= page["total"] or not page["entities"]:
                assert len(found) == page["total"], f"{method}: {len(found)} of {page['total']}"
                return found

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def _post(self, method: str, **what: Any) -> requests.Response:
        response = self._session.post(f"{self._address}/public/api/v3/{method}", timeout=30, **what)
        assert response.status_code == 200, f"{method}: {response.status_code} {response.text[:500]}"
        return response
