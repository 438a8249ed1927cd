"""One process of a topology: it keeps its port, and may be killed and started again."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

START_TIMEOUT, END_TIMEOUT = 30.0, 30.0


class Program:
    """A command that is ready when `ready` says so. What it prints is in `FOLDER/NAME.log`, from every start."""

    def __init__(
        self, name: str, command: Sequence[str], folder: Path, ready: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.name, self.log = name, folder / f"{name}.log"
        self._command, self._ready = list(command), ready
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Of the running process, None if there is none."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Start, and return when it is ready; RuntimeError with the end of its log if it does not come to that."""
        assert self.pid is None, f"{self.name} runs already"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, env=self._environment, start_new_session=True
            )
        until = time.monotonic() + START_TIMEOUT
        while self._process.poll() is None and time.monotonic() < until:
            if self._ready():
                return
            time.sleep(0.02)
        self.kill()
        raise RuntimeError(f"{self.name} is not ready: {self.log.read_text(errors='replace')[-2000:]}")

    def kill(self) -> None:
        """As `kill -9`, of its children too: nothing is finished. Killing twice is killing once."""
        if self.pid is not None:
            # The whole group: workers of an nginx whose master was killed go on, and keep its port.
            os.killpg(self.pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait(END_TIMEOUT)

    def end(self) -> int:
        """As `kill`: it may finish what is under way; the exit status. One that takes too long is killed."""
        assert self._process is not None, f"{self.name} was not started"
        self._process.terminate()
        try:
            return self._process.wait(END_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RuntimeError(f"{self.name} did not end within {END_TIMEOUT:.0f} s of SIGTERM") from None

    def freeze(self) -> None:
        """It keeps its connections and answers nothing, as a machine that hangs."""
        assert self.pid is not None, f"{self.name} does not run"
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        assert self.pid is not None, f"{self.name} does not run"
        os.kill(self.pid, signal.SIGCONT)


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on; all of them are held until the last is found, so no two are one."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    found = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return found


def listens(port: int) -> bool:
    """Somebody accepts connections there."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False
