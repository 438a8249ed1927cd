"""Writes down whatever a Python process, and those that it starts, ask of the network and of other programs.

Python itself imports it when it starts in an environment whose PYTHONPATH has this folder; MODELDOUBLE_WATCHED names
the file that gets a line for each event. What is counted are the audit events of the interpreter, so that no library
can pass it by.
"""

import json
import os
import sys
from typing import Any

_CONNECTING = ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg")
_ASKING = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo")
_HTTP = ("http.client.connect", "urllib.Request", "ftplib.connect", "smtplib.connect")
_STARTING = ("subprocess.Popen", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork", "os.forkpty")
_SEEN = {*_CONNECTING, *_ASKING, *_HTTP, *_STARTING}


def _watch(event: str, arguments: "tuple[Any, ...]") -> None:
    if event not in _SEEN:
        return
    # Of sockets and connections the address is the second.
    told = arguments[1:] if event in (*_CONNECTING, "http.client.connect") else arguments[:2]
    line = json.dumps([event, *told], default=str) + "\n"
    # Not `open`, whose own events and buffers are not wanted here.
    os.write(_FILE, line.encode())


if "MODELDOUBLE_WATCHED" in os.environ:
    _FILE = os.open(os.environ["MODELDOUBLE_WATCHED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    sys.addaudithook(_watch)
