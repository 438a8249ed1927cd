"""Mockoon's CLI, answering one request with stored bytes: `mockoon.py PROGRAM PATH FILE`."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

_PATIENCE = 60.0


def environment(port: int, path: str, body: str) -> dict[str, Any]:
    """A Mockoon environment with one route, as its data files say it; it keeps and logs as little as it can."""
    answer = {
        "uuid": "0a0a0000-0000-4000-8000-000000000001", "body": body, "latency": 0, "statusCode": 200, "label": "",
        "headers": [{"key": "Content-Type", "value": "application/json"}], "bodyType": "INLINE", "filePath": "",
        "databucketID": "", "sendFileAsBody": False, "rules": [], "rulesOperator": "OR", "disableTemplating": True,
        "fallbackTo404": False, "default": True, "crudKey": "id", "callbacks": [],
    }  # fmt: skip
    route = {
        "uuid": "0a0a0000-0000-4000-8000-000000000002", "type": "http", "documentation": "", "method": "post",
        "endpoint": path.lstrip("/"), "responses": [answer], "responseMode": None, "streamingMode": None,
        "streamingInterval": 0,
    }  # fmt: skip
    return {
        "uuid": "0a0a0000-0000-4000-8000-000000000003", "lastMigration": 33, "name": "bench", "port": port,
        "hostname": "127.0.0.1", "endpointPrefix": "", "latency": 0, "folders": [], "routes": [route],
        "rootChildren": [{"type": "route", "uuid": route["uuid"]}], "proxyMode": False, "proxyHost": "",
        "proxyRemovePrefix": False, "proxyReqHeaders": [], "proxyResHeaders": [], "cors": False, "headers": [],
        "tlsOptions": {"enabled": False, "type": "CERT", "pfxPath": "", "certPath": "", "keyPath": "", "caPath": "",
                       "passphrase": ""},
        "data": [], "callbacks": [],
    }  # fmt: skip


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def wait_for(port: int, child: "subprocess.Popen[bytes]") -> None:
    """Until somebody listens."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1.0).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("Mockoon does not listen")


def main() -> None:
    """Serve until stdin ends."""
    program, path, body = sys.argv[1:]
    port = free_port()
    file = Path("mockoon.json").absolute()
    file.write_text(json.dumps(environment(port, path, Path(body).read_text("utf-8"))), "utf-8")
    line = [
        program,
        "start",
        "--data",
        str(file),
        "--disable-log-to-file",
        "--max-transaction-logs",
        "1",
        "--disable-admin-api",
    ]
    with subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=sys.stderr) as child:  # noqa: S603
        try:
            wait_for(port, child)
            print(json.dumps({"ready": {"port": port}}), flush=True)  # noqa: T201
            for _ in sys.stdin:
                print("{}", flush=True)  # noqa: T201
        finally:
            child.terminate()


if __name__ == "__main__":
    main()
