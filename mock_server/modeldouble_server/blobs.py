"""Large bytes, by sha256: files that stay where they are, and contents held in memory, each once."""

from pathlib import Path

from .refusal import Refused


class Blobs:
    """Contents of one server. Nothing is copied from files, which are read when they are asked for."""

    def __init__(self, most_bytes: int = 1024**3) -> None:
        self._files: dict[str, Path] = {}
        self._contents: dict[str, bytes] = {}
        self._most_bytes = most_bytes
        self.held_bytes = 0
        """Bytes held in memory."""

    def add_file(self, sha256: str, path: Path) -> None:
        """Let `sha256` stand for a file that will not change."""
        self._files[sha256] = path

    def add(self, sha256: str, content: bytes) -> None:
        """Hold `content` in memory, unless it is there already; over the limit it is a 413."""
        if sha256 in self:
            return
        if self.held_bytes + len(content) > self._most_bytes:
            raise Refused(
                413,
                f"content of {len(content):,} bytes: the fake holds {self.held_bytes:,} of at most"
                f" {self._most_bytes:,} bytes; start another server, or one with higher limits",
            )
        self._contents[sha256] = content
        self.held_bytes += len(content)

    def __contains__(self, sha256: str) -> bool:
        return sha256 in self._contents or sha256 in self._files

    def path(self, sha256: str) -> Path | None:
        """The file of this content, if it has one."""
        return self._files.get(sha256)

    def content(self, sha256: str) -> bytes | None:
        """The bytes held in memory, if they are."""
        return self._contents.get(sha256)

    def read(self, sha256: str) -> bytes | None:
        """The bytes, wherever they are; None if they are nowhere, or their file is gone."""
        path = self._files.get(sha256)
        try:
            return self._contents.get(sha256) if path is None else path.read_bytes()
        except OSError:
            return None
