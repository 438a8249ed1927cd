"""A shell that stays open, as a reader's terminal does: what is exported, activated or left running stays so."""

import os
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType


class Late(Exception):
    """A command did not end in time; `output` is what it printed."""

    def __init__(self, command: str, seconds: float, output: str) -> None:
        super().__init__(f"{command!r} did not end within {seconds:g} s; it printed:\n{output}")
        self.output = output


class Terminal:
    """`sh` in `folder`, with no more of the environment than is given, while its `with` block runs.

    What it started is in one process group, which is ended at the end of the block, by its id.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder, self._environment = folder, dict(environment)
        self._seen, self._more = b"", threading.Condition()

    def __enter__(self) -> "Terminal":
        self._shell = subprocess.Popen(
            ["/bin/sh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            cwd=self._folder, env=self._environment, start_new_session=True,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(signal.SIGTERM, 10)
        self._end(signal.SIGKILL, 10)
        self._shell.wait()
        self._reader.join(10)
        for stream in (self._shell.stdin, self._shell.stdout):
            if stream is not None:
                stream.close()

    def run(self, command: str, seconds: float) -> tuple[str, int]:
        """What was printed until the command's end, and its status. Raises Late.

        What runs in the background prints between other outputs, as it does on a terminal.
        """
        mark = secrets.token_hex(16)
        assert self._shell.stdin is not None
        # A command must not read the next ones, and `$?` of the next command is the status of this one.
        script = f"{{ {command}\n}} </dev/null\n_s=$?; printf '%s %s.' {mark} $_s; (exit $_s)\n"
        self._shell.stdin.write(script.encode())
        self._shell.stdin.flush()
        end = time.monotonic() + seconds
        while (found := self._until(mark, end)) is None:
            if self._shell.poll() is not None or time.monotonic() >= end:
                raise Late(command, seconds, self.more(0))
        return found

    def more(self, seconds: float) -> str:
        """What else was printed within that time, if nothing was before."""
        with self._more:
            self._more.wait_for(lambda: self._seen, seconds)
            output, self._seen = self._seen, b""
        return output.decode(errors="replace")

    def _until(self, mark: str, end: float) -> tuple[str, int] | None:
        with self._more:
            self._more.wait(max(0.0, min(0.2, end - time.monotonic())) if mark.encode() not in self._seen else 0)
            before, found, after = self._seen.partition(mark.encode())
            status, whole, rest = after.partition(b".")
            if not found or not whole:
                return None
            self._seen = rest
        return before.decode(errors="replace"), int(status)

    def _read(self) -> None:
        assert self._shell.stdout is not None
        while chunk := os.read(self._shell.stdout.fileno(), 65536):
            with self._more:
                self._seen += chunk
                self._more.notify_all()

    def _end(self, how: signal.Signals, seconds: float) -> None:
        end = time.monotonic() + seconds
        try:
            os.killpg(self._shell.pid, how)
            while time.monotonic() < end:
                self._shell.poll()
                os.killpg(self._shell.pid, 0)
                time.sleep(0.02)
        except ProcessLookupError:
            return
