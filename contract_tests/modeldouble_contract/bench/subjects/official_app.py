"""A real serving app on the official SDK, with a model that does nothing: `official_app.py`.

SLY_APP_DATA_DIR, SMART_CACHE_CONTAINER_DIR and HOME must be folders of its own.
"""

import json
import os
import socket
import sys
import threading
import time
from typing import Any

ANSWERS = os.dup(1)
# The SDK logs JSON to stdout, where the answers go.
os.dup2(2, 1)

import supervisely as sly  # noqa: E402 # pyright: ignore[reportMissingImports]
import uvicorn  # noqa: E402 # pyright: ignore[reportMissingImports]
from supervisely.nn import inference  # noqa: E402 # pyright: ignore[reportMissingImports]


class Nothing(inference.ObjectDetection):  # type: ignore[misc]
    """Sees nothing, at once."""

    def load_on_device(self, model_dir: str, device: str = "cpu") -> None:
        """There are no weights."""

    def get_classes(self) -> list[str]:
        return ["person", "car"]

    def predict(self, image_path: str, settings: dict[str, Any]) -> list[Any]:
        return []


def told(server: uvicorn.Server, port: int) -> None:
    """Say that it is ready once it is, and end it when stdin does."""
    while not server.started:
        time.sleep(0.05)
    os.write(ANSWERS, (json.dumps({"ready": {"port": port}}) + "\n").encode())
    for _ in sys.stdin:
        os.write(ANSWERS, b"{}\n")
    server.should_exit = True


def main() -> None:
    """Serve on a free port until stdin ends."""
    model = Nothing(custom_inference_settings={"conf_thres": 0.25})
    model.load_on_device("", "cpu")
    model.serve()
    sly.logger.setLevel("WARNING")
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    server = uvicorn.Server(uvicorn.Config(model.app.get_server(), log_level="warning"))
    threading.Thread(target=told, args=(server, listening.getsockname()[1]), daemon=True).start()
    server.run(sockets=[listening])


if __name__ == "__main__":
    main()
