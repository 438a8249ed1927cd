"""Servers of a test's own, on port 0: one that answers from a script, and one that writes bytes as it likes."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Reply(NamedTuple):
    """One answer. JSON is given as it is, and goes out with status 200."""

    body: bytes = b""
    status: int = 200
    kind: str = "application/json"
    location: str | None = None


class Turns(list[Any]):
    """Answers of one route, one after another; the last one stays."""


class Asked(NamedTuple):
    """A request that came."""

    method: str
    route: str
    body: bytes
    connection: str = ""


NOT_FOUND = Reply(b'{"detail":"Not Found"}', 404)


class Scripted:
    """A server whose `answers` map a route to what it answers."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: list[Asked] = []
        self.url = ""

    def reply(self, asked: Asked) -> Reply:
        """What the script says."""
        self.asked.append(asked)
        found = self.answers.get(asked.route, NOT_FOUND)
        if isinstance(found, Turns):
            found = found.pop(0) if len(found) > 1 else found[0]
        return found if isinstance(found, Reply) else Reply(json.dumps(found).encode())

    def routes(self) -> list[str]:
        """Routes that were asked, in order."""
        return [one.route for one in self.asked]


@contextlib.contextmanager
def scripted(answers: dict[str, Any]) -> Iterator[Scripted]:
    """Serve a script until the block ends."""
    script = Scripted(answers)

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = script.reply(Asked(self.command, self.path.lstrip("/"), body, self.headers["Connection"] or ""))
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.body)))
            if reply.location is not None:
                self.send_header("Location", reply.location)
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = answer  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        script.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield script
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def raw(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that reads the beginning of a request, lets `talk` write, and closes the connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    one, _ = server.accept()
                    with one, contextlib.suppress(OSError):
                        one.recv(1 << 16)
                        talk(one)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            # Closing alone does not wake the thread that waits in accept().
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            thread.join()
