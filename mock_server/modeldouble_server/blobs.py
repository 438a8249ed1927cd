"""Large bytes, by sha256: files that stay where they are, and contents held, each once, in memory or in a folder."""

import hashlib
import threading
from pathlib import Path

from .contents import Contents
from .refusal import Refused


class Blobs:
    """Contents of one server. Nothing is copied from files, which are read when they are asked for. Safe in threads."""

    def __init__(self, most_bytes: int = 1024**3, kept: Contents | None = None) -> None:
        """With `kept`, contents are held there and outlive the server."""
        self._files: dict[str, Path] = {}
        self._contents: dict[str, bytes] = {}
        self._kept = kept
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self.held_bytes = 0 if kept is None else kept.size
        """Bytes held."""

    @property
    def lasting(self) -> bool:
        """Whether what is held outlives the server."""
        return self._kept is not None

    def add_file(self, sha256: str, path: Path) -> None:
        """Let `sha256` stand for a file that will not change."""
        self._files[sha256] = path

    def add(self, sha256: str, content: bytes) -> None:
        """Hold `content`, unless it is there already; over the limit it is a 413. What lasts waits for the disk."""
        with self._lock:
            # What was sent must outlive the server, and the operator's own file may not.
            if sha256 in (self if self._kept is None else self._kept):
                return
            if self.held_bytes + len(content) > self._most_bytes:
                raise Refused(
                    413,
                    f"content of {len(content):,} bytes: the fake holds {self.held_bytes:,} of at most"
                    f" {self._most_bytes:,} bytes; start another server, or one with higher limits",
                )
            if self._kept is None:
                self._contents[sha256] = content
            else:
                self._kept.write(sha256, content)
            self.held_bytes += len(content)

    def keep(self, sha256: str) -> None:
        """Let a content that is here last as long as what is uploaded, also if it is a file of the operator's."""
        if self._kept is not None and sha256 not in self._kept:
            content = self.read(sha256)
            if content is not None and hashlib.sha256(content).hexdigest() == sha256:
                self.add(sha256, content)

    def __contains__(self, sha256: str) -> bool:
        return self.path(sha256) is not None or sha256 in self._contents

    def path(self, sha256: str) -> Path | None:
        """The file of this content, if it has one."""
        kept = None if self._kept is None else self._kept.path(sha256)
        return kept or self._files.get(sha256)

    def content(self, sha256: str) -> bytes | None:
        """The bytes held in memory, if they are."""
        return self._contents.get(sha256)

    def read(self, sha256: str) -> bytes | None:
        """The bytes, wherever they are; None if they are nowhere, or their file is gone."""
        path = self.path(sha256)
        try:
            return self._contents.get(sha256) if path is None else path.read_bytes()
        except OSError:
            return None
