"""How a running server's address and token reach others: lines on stdout, a file, a child's environment."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .refusal import CannotServe

if TYPE_CHECKING:
    from .server import Server

_MARK = "# written by modeldouble serve"
_ELSEWHERE = frozenset(("SUPERVISELY_API_SERVER_ADDRESS",))
"""Variables by which the official client would go to a platform other than SERVER_ADDRESS."""
_LOOK_EVERY = 0.05


def variables(server: "Server") -> dict[str, str]:
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
    text = "\n".join([_MARK, *(f"{name}={value}" for name, value in found.items())]) + "\n"
    try:
        # A new file beside it, renamed: the tokens are never in a file that others may read, nor in half a file.
        handle, beside = tempfile.mkstemp(prefix=".modeldouble-", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(beside, path)
    except OSError as error:
        raise CannotServe(_unusable(path, error)) from error


def check_env_file(path: Path) -> None:
    """Refuse a file that is not ours to overwrite, or that cannot be written."""
    if path.is_dir():
        raise CannotServe(f"--env-file {path} is a folder; name a file in it")
    if not path.parent.is_dir():
        raise CannotServe(f"--env-file {path}: there is no folder {path.parent}; make it first")
    try:
        foreign = path.exists() and not _is_ours(path)
    except OSError as error:
        raise CannotServe(_unusable(path, error)) from error
    if foreign:
        raise CannotServe(
            f"--env-file {path} exists and was not written by modeldouble; name another file, or remove it yourself"
        )


def _is_ours(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_MARK)) == _MARK.encode()


def _unusable(path: Path, error: OSError) -> str:
    return f"--env-file {path} cannot be used ({error.strerror}); name a file that you may write"


@contextmanager
def signals(
    act: Callable[[int], None], numbers: Sequence[signal.Signals] = (signal.SIGINT, signal.SIGTERM)
) -> Iterator[None]:  # fmt: skip
    """Let signals do `act` meanwhile: SIGINT and SIGTERM, or those that are given.

    Plain handlers, since loops have none of their own on every system.
    """
    before = {number: signal.signal(number, lambda got, _: act(got)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            # None is a handler that no Python program has set: it cannot be put back.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


class Asked:
    """What signals ask for, to be given to `signals`: the first to end, a second one to end at once.

    The status is then 128 + n, as of a program that does not handle signal n: 0 says that answers under way were
    finished or had their time, and a second signal is sent by who does not grant it.
    """

    def __init__(self, at_once: Callable[[int], object] = os._exit) -> None:
        """`at_once` is called with the status."""
        self._at_once = at_once
        self.by: int | None = None
        """The first signal; None: there was none yet."""

    def __call__(self, got: int) -> None:
        """Take a signal. No lock may be touched here: the thread that is interrupted may hold it, as in Event.wait."""
        if self.by is None:
            self.by = got
        else:
            self._at_once(128 + got)

    def is_set(self) -> bool:
        """There was one."""
        return self.by is not None

    def wait(self) -> None:
        """Return after the first signal. In short waits, as a signal cannot interrupt a long one on every system."""
        while self.by is None:
            time.sleep(_LOOK_EVERY)


def leave(status: int) -> None:
    """End the process if threads would keep it for ever: those of a predictor that does not return."""
    if any(not one.daemon for one in threading.enumerate() if one is not threading.main_thread()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def child_environment(server: "Server", environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a command that finds the server, and nothing else that it could take for the platform."""
    local = ",".join(
        filter(None, (environment.get("NO_PROXY") or environment.get("no_proxy"), server.host, "localhost"))
    )
    kept = {name: value for name, value in environment.items() if name not in _ELSEWHERE}
    return {**kept, **variables(server), "NO_PROXY": local, "no_proxy": local}


class _Child:
    """A command that runs, and the signals that come to us meanwhile."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._terms = 0

    def act(self, got: int) -> None:
        """Pass SIGTERM on, and kill at the next signal of any kind.

        A terminal sends SIGINT to the child as well: it decides, as a shell or a debugger does not end by it, and we
        end when it does.
        """
        if got == signal.SIGTERM or self._terms:
            self._terms += 1
            self.pass_on()

    def pass_on(self) -> None:
        """Do to the process what was asked for so far."""
        if self.process is not None and self._terms:
            (self.process.terminate if self._terms == 1 else self.process.kill)()


def _status(process: "subprocess.Popen[bytes]") -> int:
    # Without a timeout, a signal that comes right before the system call is noticed at its end: never, if the signal
    # was to bring it about.
    while True:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(1.0)


def run_child(
    command: Sequence[str], server: "Server", environment: Mapping[str, str], asked: Asked | None = None
) -> int:
    """Run a command that finds the server, and give its exit status: 128 + n if signal n ended it.

    SIGTERM is passed on to it, and a signal after that kills it. If `asked` had one before, it is not run at all.
    """
    child = _Child()
    with signals(child.act):
        if asked is not None and asked.by is not None:
            return 128 + asked.by
        found = child_environment(server, environment)
        try:
            child.process = subprocess.Popen(list(command), env=found)  # noqa: S603 - it was asked for
        except OSError as error:
            raise CannotServe(
                f"cannot run {command[0]!r}: {error.strerror}; give a command that your shell would find"
            ) from error
        child.pass_on()
        status = _status(child.process)
    return 128 - status if status < 0 else status


def own_tokens() -> dict[str, Any]:
    """The tokens that the operator chose by environment, as `Server` takes them."""
    names = ("api_token", "session_token", "admin_token")
    return {name: os.environ.get(f"MODELDOUBLE_{name.upper()}") for name in names}
