"""SIGTERM under load, many times: what each of some fifty requests a second came to, and how the process ended.

    python contract_tests/checks/bench/ending.py --runs 20

A request is `whole` (its answer came to the last byte), `told` (503), `refused` (nobody listens any more) or `cut` (it
was sent, and no whole answer came). Apart from a grace period that is over, none may be cut.
"""

import argparse
import http.client
import json
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from modeldouble_server.default_world import API_TOKEN, DATA, VIDEO_ID

CALLERS, PAUSE, LOADED = 30, 0.35, 2.0
SCENARIO = "models: [{preset: detection, latency: {min: 0.05, max: 0.5}}]"
PICTURE = (DATA / "demo" / "cat.jpg").read_bytes()
JSON = {"Content-Type": "application/json", "x-api-key": API_TOKEN}


def form() -> tuple[bytes, dict[str, str]]:
    """An upload of one picture."""
    parts = ('name="files"; filename="cat.jpg"', PICTURE), ('name="settings"', b"{}")
    body = b"".join(b"--XX\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (a.encode(), b) for a, b in parts)
    return body + b"--XX--\r\n", {"Content-Type": "multipart/form-data; boundary=XX"}


def asked(**state: object) -> tuple[bytes, dict[str, str]]:
    """A question to the model."""
    return json.dumps({"state": state, "context": {}}).encode(), JSON


JOB = {"videoId": VIDEO_ID, "startFrameIndex": 0, "framesCount": 10}
MIXED = (
    ("/inference_image", *form()),
    ("/inference_image_id", *asked(image_id=17551748)),
    ("/inference_video_id_async", *asked(**JOB)),
    ("/get_session_info", *asked()),
    ("/public/api/v3/videos.download", json.dumps({"id": VIDEO_ID}).encode(), JSON),
)


class Caller(threading.Thread):
    """Asks one question after the other, on a kept connection, until it hears of the end."""

    def __init__(self, port: int, number: int, seen: Counter[str]) -> None:
        super().__init__(daemon=True)
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.number, self.seen = number, seen

    def run(self) -> None:
        """Until a question is not answered."""
        end = "whole"
        while end == "whole":
            self.number += 1
            end = self.ask(*MIXED[self.number % len(MIXED)])
            self.seen[end] += 1
            time.sleep(PAUSE)

    def ask(self, path: str, body: bytes, headers: dict[str, str]) -> str:
        """What one question came to."""
        # As clients do: a kept connection that the server has closed meanwhile is made anew.
        if self.http.sock is not None and select.select([self.http.sock], [], [], 0)[0]:
            self.http.close()
        try:
            if self.http.sock is None:
                self.http.connect()
        except ConnectionRefusedError:
            return "refused"
        except ConnectionError:
            return "reset while it connected"
        try:
            self.http.request("POST", path, body, headers)
            answer = self.http.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            return f"cut ({type(error).__name__})"
        return "whole" if answer.status == 200 else "told" if answer.status == 503 else f"status {answer.status}"


def once(folder: Path, grace: float) -> tuple[Counter[str], int, float, str]:
    """One run: outcomes, exit status, seconds from the signal to the end, stderr."""
    (folder / "load.yaml").write_text(SCENARIO, "utf-8")
    options = ["--port", "0", "--scenario", "load.yaml", "--grace", str(grace)]
    line = [sys.executable, "-W", "default::ResourceWarning", "-m", "modeldouble_server.cli", "serve", *options]
    server = subprocess.Popen(line, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert server.stdout is not None
    first, *_ = (server.stdout.readline() for _ in range(5))
    port = int(first.rpartition(":")[2])
    seen: Counter[str] = Counter()
    callers = [Caller(port, number, seen) for number in range(CALLERS)]
    for one in callers:
        one.start()
    time.sleep(LOADED)
    begun = time.monotonic()
    server.send_signal(signal.SIGTERM)
    status, took = server.wait(60), time.monotonic() - begun
    for one in callers:
        one.join(60)
    return seen, status, took, server.communicate()[1]


def main() -> None:
    """All runs, and their sum."""
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=20)
    options.add_argument("--grace", type=float, default=5.0)
    asked_for = options.parse_args()
    total: Counter[str] = Counter()
    for run in range(asked_for.runs):
        with tempfile.TemporaryDirectory() as folder:
            seen, status, took, errors = once(Path(folder), asked_for.grace)
        total += seen
        print(f"{run + 1}: status {status}, {took:.2f} s, {dict(sorted(seen.items()))} {errors}")  # noqa: T201
    print(dict(sorted(total.items())))  # noqa: T201


if __name__ == "__main__":
    main()
