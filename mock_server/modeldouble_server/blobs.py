"""Large bytes, by sha256: files that stay where they are, and contents held in memory."""

from pathlib import Path


class Blobs:
    """Contents of one server. Nothing is copied from files, which are read when they are asked for."""

    def __init__(self) -> None:
        self._files: dict[str, Path] = {}
        self._contents: dict[str, bytes] = {}

    def add_file(self, sha256: str, path: Path) -> None:
        """Let `sha256` stand for a file that will not change."""
        self._files[sha256] = path

    def add(self, sha256: str, content: bytes) -> None:
        """Hold `content` in memory."""
        self._contents[sha256] = content

    def path(self, sha256: str) -> Path | None:
        """The file of this content, if it has one."""
        return self._files.get(sha256)

    def content(self, sha256: str) -> bytes | None:
        """The bytes held in memory, if they are."""
        return self._contents.get(sha256)
