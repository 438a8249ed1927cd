"""A server on a real socket whose answers a test writes byte by byte."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

Answer = Callable[[int, bytes], list[bytes]]
"""From a request's number, from 0, and its body to the pieces that are sent; an empty one ends the connection."""


def whole(body: bytes, status: int = 200, more: str = "") -> bytes:
    """An answer with a length."""
    return f"HTTP/1.1 {status} X\r\n{more}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Seen:
    """What came."""

    def __init__(self, port: int, bodies: list[bytes]) -> None:
        self.port, self.bodies = port, bodies
        self.connections = 0


@contextmanager
def answering(answer: Answer) -> Iterator[Seen]:
    """Serve until the end of the block."""
    lock = threading.Lock()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with lock:
                seen.connections += 1
            while (body := _body(self.rfile)) is not None:
                with lock:
                    number = len(seen.bodies)
                    seen.bodies.append(body)
                for piece in answer(number, body):
                    if not piece:
                        return
                    self.wfile.write(piece)
                    self.wfile.flush()

        def finish(self) -> None:
            with lock:
                self.wfile.close()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A load that has given up does not read its answers."""

    with Server(("127.0.0.1", 0), Handler) as server:
        seen = Seen(cast(tuple[str, int], server.server_address)[1], [])
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield seen
        finally:
            server.shutdown()
            thread.join()


def _body(stream: Any) -> bytes | None:
    try:
        length = None
        while (line := stream.readline()) not in (b"", b"\r\n"):
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return None if length is None else stream.read(length)
    except OSError:
        return None
