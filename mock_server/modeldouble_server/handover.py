"""How a running server's address and token reach others: lines on stdout, a file, a child's environment."""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from .server import CannotServe, Server

_MARK = "# written by modeldouble serve"


def variables(server: Server) -> dict[str, str]:
    """The environment by which scripts and clients find the server."""
    return {
        "SERVER_ADDRESS": server.server_address,
        "API_TOKEN": server.api_token,
        "MODELDOUBLE_TASK_ID": str(server.task_id),
        "MODELDOUBLE_SESSION_URL": server.session_url,
    }


def write_env_file(path: Path, found: Mapping[str, str]) -> None:
    """Write NAME=value lines for `load_dotenv`. A file that something else wrote is left alone and is a CannotServe."""
    check_env_file(path)
    path.write_text("\n".join([_MARK, *(f"{name}={value}" for name, value in found.items())]) + "\n", encoding="utf-8")
    path.chmod(0o600)


def check_env_file(path: Path) -> None:
    """Refuse a file that is not ours to overwrite."""
    if path.is_dir():
        raise CannotServe(f"--env-file {path} is a folder; name a file in it")
    if path.exists() and not path.read_text(encoding="utf-8", errors="replace").startswith(_MARK):
        raise CannotServe(
            f"--env-file {path} exists and was not written by modeldouble; name another file, or remove it yourself"
        )


def wait_for_signal() -> None:
    """Return at SIGINT or SIGTERM. Plain handlers, since loops have none of their own on every system."""
    leave = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: leave.set())
    while not leave.wait(0.2):
        pass


def run_child(command: Sequence[str], server: Server, environment: Mapping[str, str]) -> int:
    """Run a command that finds the server, and give its exit status: 128 + n if signal n ended it."""
    local = ",".join(
        filter(None, (environment.get("NO_PROXY") or environment.get("no_proxy"), server.host, "localhost"))
    )
    child_environment = {**environment, **variables(server), "NO_PROXY": local, "no_proxy": local}
    try:
        child = subprocess.Popen(list(command), env=child_environment)  # noqa: S603 - running it is what was asked for
    except OSError as error:
        raise CannotServe(
            f"cannot run {command[0]!r}: {error.strerror}; give a command that your shell would find"
        ) from error
    # A terminal sends SIGINT to the child as well: it decides, and we end when it does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    status = child.wait()
    return 128 - status if status < 0 else status


def own_tokens() -> tuple[str | None, str | None]:
    """API token and session token that the operator chose by environment."""
    return os.environ.get("MODELDOUBLE_API_TOKEN"), os.environ.get("MODELDOUBLE_SESSION_TOKEN")
