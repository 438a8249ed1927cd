"""pytest-httpserver, answering one request with stored bytes: `httpserver.py PATH FILE`. A thread for each connection:
it closes each after its answer, and makes the next one wait less than a single thread does."""

import json
import sys
from pathlib import Path

from pytest_httpserver import HTTPServer  # type: ignore[import-not-found,unused-ignore] # pyright: ignore


def main() -> None:
    """Serve until stdin ends; a line makes it forget the requests that it has logged."""
    with HTTPServer(host="127.0.0.1", port=0, threaded=True) as server:
        body = Path(sys.argv[2]).read_bytes()
        server.expect_request(sys.argv[1], method="POST").respond_with_data(body, content_type="application/json")
        print(json.dumps({"ready": {"port": server.port}}), flush=True)  # noqa: T201
        for _ in sys.stdin:
            server.clear_log()
            print("{}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
