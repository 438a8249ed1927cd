"""An answer without a request: what is said to whoever never sent a whole head, or came when all places were taken."""

from http import HTTPStatus

from ..model import encoded
from ..wire import error_body


def bare(status: HTTPStatus, text: str, **headers: str) -> bytes:
    """A refusal as bytes for the socket, which is closed behind it; `retry_after="1"` is a header Retry-After."""
    body = encoded(error_body(text))
    told = "".join(f"{name.replace('_', '-').title()}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\n{told}"
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
