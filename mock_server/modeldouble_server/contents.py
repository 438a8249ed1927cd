"""Contents in a folder, each a file named by the sha256 of its bytes: there as a whole, or not at all."""

import asyncio
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from .refusal import Refused

_NAME = re.compile("[0-9a-f]{64}")
_HALF = ".part"


class FolderContents:
    """The files of one process. What an earlier one was writing when it ended is taken away."""

    lasting = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sizes: dict[str, int] = {}
        for shelf in sorted(one for one in folder.iterdir() if one.is_dir()) if folder.is_dir() else ():
            self._know(shelf)

    async def size(self) -> int:
        """Bytes of all of them."""
        return sum(self._sizes.values())

    async def known(self, sha256: str) -> bool:
        """Whether it is kept."""
        return sha256 in self._sizes

    async def those(self, asked: Sequence[str]) -> set[str]:
        """Those that are kept."""
        return self._sizes.keys() & asked

    async def open(self, sha256: str) -> Path | None:
        """The file of this content, if it is here."""
        return self._file(sha256) if sha256 in self._sizes else None

    async def write(self, sha256: str, content: bytes) -> None:
        """Keep a content. What the disk does not take is a 413, and leaves nothing."""
        await asyncio.to_thread(self._write, sha256, content)

    def _write(self, sha256: str, content: bytes) -> None:
        path = self._file(sha256)
        half = path.with_name(path.name + _HALF)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with half.open("wb") as file:
                file.write(content)
                file.flush()
                # So that no name ever stands for half a file, not even after a power cut.
                os.fsync(file.fileno())
            os.replace(half, path)
        except OSError as error:
            with suppress(OSError):
                half.unlink()
            text = f"content of {len(content):,} bytes cannot be written to {path.parent} ({error.strerror})"
            raise Refused(413, f"{text}; make room on the disk, or start the server with another --data-dir") from error
        self._sizes[sha256] = len(content)

    def _file(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    def _know(self, shelf: Path) -> None:
        with os.scandir(shelf) as found:
            for one in found:
                if one.name.endswith(_HALF):
                    os.unlink(one.path)
                elif _NAME.fullmatch(one.name):
                    self._sizes[one.name] = one.stat().st_size
