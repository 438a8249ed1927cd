"""The folder of a recording, written: lines are added at the end, each at once, and never changed."""

import hashlib
import json
import logging
import os
import re
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from ..redaction import Secrets
from ..refusal import CannotServe
from .exchange import ABOUT, BLOBS, FORMAT, LINES, Line

log = logging.getLogger("modeldouble_server")
MIB = 1024 * 1024
_LIMIT = "its limit is reached; name a higher --limit, or another folder"
_NUMBER = re.compile(rb'\{"number":([0-9]{1,15})')


class Bounds(NamedTuple):
    """What a recording takes at most."""

    disk: int = 2048 * MIB
    """Bytes of the folder."""
    body: int = 256 * MIB
    """Bytes of one request or answer; a longer one passes by unrecorded."""
    exchanges: int = 200_000


class Folder:
    """A recording that goes on. Safe in threads. A folder that is something else is a CannotServe.

    `option` is the one that named it, for messages.
    """

    def __init__(
        self, path: Path, secrets: Secrets, bounds: Bounds | None = None, *, option: str = "--output"
    ) -> None:  # fmt: skip
        self.path, self.secrets, self.bounds, self._option = path, secrets, bounds or Bounds(), option
        self._lock = threading.Lock()
        self._full = False
        try:
            self._open()
        except OSError as error:
            told = f"{option} {path} cannot be written ({error.strerror}); name a folder that you may write"
            raise CannotServe(told) from error

    def _open(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        inside = {one.name for one in self.path.iterdir()}
        if ABOUT not in inside and (inside - {BLOBS, LINES} or self._holds_any()):
            told = f"{self._option} {self.path} has other files in it"
            raise CannotServe(f"{told}; name a new folder, or a recording to go on")
        (self.path / BLOBS).mkdir(exist_ok=True)
        self.bytes = sum(one.stat().st_size for one in self.path.rglob("*") if one.is_file())
        self.next_number = 0
        """Of the next request, whatever was recorded before."""
        self.count = self._counted()
        self._handle = os.open(self.path / LINES, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def _holds_any(self) -> bool:
        # What a start that failed leaves is empty: whatever is in it is somebody's.
        blobs, lines = self.path / BLOBS, self.path / LINES
        return (blobs.exists() and any(blobs.iterdir())) or (lines.exists() and lines.stat().st_size > 0)

    def _counted(self) -> int:
        file = self.path / LINES
        if not file.exists():
            return 0
        with file.open("r+b") as lines:
            heads = [_NUMBER.match(line) for line in lines]
            self.next_number = max((int(one[1]) + 1 for one in heads if one), default=0)
            if heads:
                lines.seek(-1, os.SEEK_END)
                if lines.read(1) != b"\n":
                    # Half a line of a recording that was cut off: what follows must not be taken for its end.
                    lines.write(b"\n")
        return len(heads)

    def tell(self, about: Mapping[str, Any]) -> None:
        """Write what the recording is about, unless it goes on."""
        if (self.path / ABOUT).exists():
            return
        told = self.secrets.cut_json({"format": FORMAT, **about})
        self._write(self.path / ABOUT, (json.dumps(told, indent=2) + "\n").encode())

    def keep(self, content: Any) -> Line:
        """Put bytes among the blobs, once. Those in which a known secret stands are known by their hash only."""
        digest = hashlib.sha256(content).hexdigest()
        known: Line = {"sha256": digest, "size": len(content)}
        if self.secrets.within(content):
            return {**known, "kept": False}
        file = self.path / BLOBS / digest
        with self._lock:
            if file.exists():
                return known
            if not self._fits(len(content)):
                self._fill(_LIMIT)
                return {**known, "kept": False}
            self._write(file, content)
        return known

    def add(self, line: Line) -> bool:
        """Add a line; False if the recording is full."""
        raw = _encoded(line)
        with self._lock:
            if self.count >= self.bounds.exchanges or not self._fits(len(raw)):
                self._fill(_LIMIT)
                return False
            os.write(self._handle, raw)
            self.count += 1
            self.bytes += len(raw)
        return True

    def give_up(self, error: OSError) -> None:
        """The disk refuses."""
        self._fill(str(error))

    def abandon(self) -> None:
        """End it before it began: what was asked of an app that is none is taken away, so that another one may follow.

        A recording that went on stays as it is.
        """
        self.close()
        if (self.path / ABOUT).exists():
            return
        with suppress(OSError):
            for blob in (self.path / BLOBS).iterdir():
                blob.unlink()
            (self.path / BLOBS).rmdir()
            (self.path / LINES).unlink()

    def close(self) -> None:
        """End it. A secret that was in an answer before any request bore it is cut out of that answer now."""
        os.close(self._handle)
        file = self.path / LINES
        if self.secrets.within(file.read_bytes()):
            self._write(file, b"".join(map(self._cut, file.read_bytes().splitlines(keepends=True))))

    def _cut(self, raw: bytes) -> bytes:
        try:
            return _encoded(self.secrets.cut_json(json.loads(raw)))
        except (ValueError, RecursionError):
            return self.secrets.cut(raw.decode("utf-8", "replace")).encode()

    def _fits(self, size: int) -> bool:
        return self.bytes + size <= self.bounds.disk

    def _fill(self, why: str) -> None:
        if not self._full:
            log.warning("the recording %s is not complete: %s. Requests are passed on all the same", self.path, why)
        self._full = True

    def _write(self, file: Path, content: Any) -> None:
        handle, beside = tempfile.mkstemp(prefix=".modeldouble-", dir=self.path)
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
        os.replace(beside, file)
        self.bytes += len(content)


def _encoded(line: Line) -> bytes:
    return (json.dumps(line, separators=(",", ":")) + "\n").encode()
