"""Large bytes, by sha256: files that stay where they are, and contents, each kept once."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from .refusal import Refused


class Pieces(NamedTuple):
    """A content that is not read at once."""

    size: int
    """Bytes of all of it."""
    each: Callable[[], AsyncIterator[bytes]]
    """Reads it, piece by piece. What is gone meanwhile is a Refused."""

    async def whole(self) -> bytes:
        """All of it."""
        return b"".join([one async for one in self.each()])


class Contents(Protocol):
    """Where contents are kept: in memory, in a folder, or in a store."""

    lasting: bool
    """They outlive the server."""

    async def size(self) -> int:
        """Bytes of all of them."""
        ...

    async def known(self, sha256: str) -> bool:
        """Whether it is kept."""
        ...

    async def those(self, asked: Sequence[str]) -> set[str]:
        """Those of the hashes whose content is kept."""
        ...

    async def open(self, sha256: str) -> bytes | Path | Pieces | None:
        """The bytes, or their file, or how to read them, or None."""
        ...

    async def write(self, sha256: str, content: bytes) -> None:
        """Keep what is not kept yet. What there is no room for is a Refused of status 413, and leaves nothing."""
        ...


class HeldContents:
    """Contents in memory."""

    lasting = False

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}
        self._size = 0

    async def size(self) -> int:
        """Bytes of all of them."""
        return self._size

    async def known(self, sha256: str) -> bool:
        """Whether it is held."""
        return sha256 in self._contents

    async def those(self, asked: Sequence[str]) -> set[str]:
        """Those that are held."""
        return self._contents.keys() & asked

    async def open(self, sha256: str) -> bytes | None:
        """The bytes, or None."""
        return self._contents.get(sha256)

    async def write(self, sha256: str, content: bytes) -> None:
        """Hold it."""
        self._contents[sha256] = content
        self._size += len(content)


class Blobs:
    """Contents of one world or server, and the operator's files. Nothing is copied from files, which are read when
    they are asked for."""

    def __init__(
        self, most_bytes: int = 1024**3, contents: Contents | None = None, owner: int | None = None
    ) -> None:  # fmt: skip
        """Contents are held in memory unless it is said where else; all together at most `most_bytes`.

        `owner` is the number of the tenant whose they are, by which every server of the store finds them.
        """
        self.owner = owner
        self._files: dict[str, Path] = {}
        self._contents: Contents = contents or HeldContents()
        self._most_bytes = most_bytes
        self._adding = asyncio.Lock()

    @property
    def lasting(self) -> bool:
        """Whether what is kept outlives the server."""
        return self._contents.lasting

    async def size(self) -> int:
        """Bytes kept, without those of files."""
        return await self._contents.size()

    def add_file(self, sha256: str, path: Path) -> None:
        """Let `sha256` stand for a file that will not change."""
        self._files[sha256] = path

    async def add(self, sha256: str, content: bytes) -> None:
        """Keep `content`, unless it is there already; over the limit it is a 413. What lasts waits for the disk."""
        async with self._adding:
            # What was sent must outlive the server, and the operator's own file may not.
            there = self._contents.known(sha256) if self.lasting else self.has(sha256)
            if await there:
                return
            kept = await self.size()
            if kept + len(content) > self._most_bytes:
                raise Refused(
                    413,
                    f"content of {len(content):,} bytes: the fake holds {kept:,} of at most"
                    f" {self._most_bytes:,} bytes; start another server, or one with higher limits",
                )
            await self._contents.write(sha256, content)

    async def keep(self, sha256: str) -> None:
        """Let a content that is here last as long as what is uploaded, also if it is a file of the operator's."""
        if self.lasting and not await self._contents.known(sha256):
            content = await self.read(sha256)
            if content is not None and hashlib.sha256(content).hexdigest() == sha256:
                await self.add(sha256, content)

    async def has(self, sha256: str) -> bool:
        """Whether it is here, in whatever way."""
        return sha256 in self._files or await self._contents.known(sha256)

    async def find(self, sha256: str) -> bytes | Path | None:
        """The bytes, or a file that is there; None if they are nowhere."""
        found = await self.open(sha256)
        return await found.whole() if isinstance(found, Pieces) else found

    async def open(self, sha256: str) -> bytes | Path | Pieces | None:
        """As `find`, but what need not be read at once is not."""
        found = await self._contents.open(sha256)
        if found is not None:
            return found
        path = self._files.get(sha256)
        return path if path is not None and await asyncio.to_thread(path.is_file) else None

    async def read(self, sha256: str) -> bytes | None:
        """The bytes, wherever they are; None if they are nowhere, or their file is gone."""
        found = await self.find(sha256)
        try:
            return await asyncio.to_thread(found.read_bytes) if isinstance(found, Path) else found
        except OSError:
            return None

    async def kept(self, asked: Sequence[str]) -> set[str]:
        """Those of the hashes whose content was added, and is not a file of the operator's."""
        return await self._contents.those(list(dict.fromkeys(asked)))

    async def those(self, asked: Sequence[str]) -> set[str]:
        """Those of the hashes that are here."""
        files = self._files.keys() & asked
        others = [one for one in dict.fromkeys(asked) if one not in files]
        return files | (await self._contents.those(others) if others else set())
