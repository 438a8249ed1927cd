"""The least that a server in aiohttp does at its start: import aiohttp.web and bind a socket. It says so in a line."""

import socket
import sys

from aiohttp import web


def main() -> None:
    """Bind, tell, and wait for the end."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        sys.stdout.write(f"{web.__name__} {listening.getsockname()[1]}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
