"""Contents in the store, for servers that share one."""

import json
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from .blobs import Pieces
from .refusal import Refused
from .store import Store, StoreDown, Writes

_MOST = 256 * 1024 * 1024
"""Bytes of one content, which a server has whole when it is sent, and when it is looked into."""
_PIECE = 8 * 1024 * 1024
"""Bytes of one value. Redis has each in buffers of its own while it comes and goes, and answers nobody else then."""
_UNFINISHED = 600.0
"""Seconds that pieces live before all of them are there: each is written, or refused, within five."""


class _Record(NamedTuple):
    """A content in pieces: those of one upload, as two may come at once."""

    upload: str
    size: int
    piece: int
    """Bytes of each but the last."""


class StoredContents:
    """Each content under its own key, and its size under another: there as a whole, or not at all.

    A long one lies in pieces of at most `piece` bytes, which expire unless the record that names them is written.
    Nothing is kept where the key `whose` has no value any more, as nobody would take it away.
    """

    lasting = True

    def __init__(
        self, store: Store, prefix: str = "content:", piece: int = _PIECE, whose: str | None = None
    ) -> None:  # fmt: skip
        self._store = store
        self._prefix = prefix
        self._piece = piece
        self._whose = [] if whose is None else [whose]

    async def size(self) -> int:
        """Bytes of all of them, whoever wrote them."""
        return await self._store.count(self._all)

    async def known(self, sha256: str) -> bool:
        """Whether it is kept."""
        return await self._store.count(self._size(sha256)) > 0

    async def those(self, asked: Sequence[str]) -> set[str]:
        """Those that are kept."""
        sizes = await self._store.counts([self._size(one) for one in asked])
        return {one for one, size in zip(asked, sizes, strict=True) if size}

    async def open(self, sha256: str) -> bytes | Pieces | None:
        """The bytes, or how to read them, or None."""
        content, raw = await self._store.many([self._bytes(sha256), self._record(sha256)])
        if raw is None:
            return content
        record = _Record(**json.loads(raw))
        return Pieces(record.size, lambda: self._read(sha256, record))

    async def write(self, sha256: str, content: bytes) -> None:
        """Keep a content, which two servers may do at once. One that is too large is a 413."""
        if len(content) > _MOST:
            raise Refused(413, f"content of {len(content):,} bytes, over the {_MOST:,} that a store takes; send less")
        # One byte more, so that an empty content is known too.
        sizes = {self._all: len(content), self._size(sha256): len(content) + 1}
        keys = [self._bytes(sha256), self._record(sha256)]
        if len(content) <= self._piece:
            if not await self._store.apply(Writes({keys[0]: content}, add=sizes, absent=keys, lasting=self._whose)):
                await self._check_owner()
            return
        record = _Record(secrets.token_hex(8), len(content), self._piece)
        pieces = await self._write_pieces(sha256, record, content)
        put = {keys[1]: json.dumps(record._asdict()).encode()}
        # Where the answer to this is lost, it may have been done: then nothing of it may be taken away.
        if await self._store.apply(Writes(put=put, add=sizes, absent=keys, lasting=[*pieces, *self._whose])):
            return
        await self._store.drop(self._pieces(sha256, record))
        await self._check_owner()
        if not await self.known(sha256):
            text = f"content of {len(content):,} bytes was not stored within {_UNFINISHED:g} s"
            raise Refused(503, f"{text}; send it again, when the store is faster")

    async def _check_owner(self) -> None:
        if None in await self._store.many(self._whose):
            raise Refused(404, "the model was taken away meanwhile; make another, and send the content to that")

    async def _write_pieces(self, sha256: str, record: _Record, content: bytes) -> list[str]:
        keys = [f"{self._pieces(sha256, record)}{at}" for at in range(_count(record))]
        try:
            for at, key in enumerate(keys):
                await self._store.put(key, content[at * record.piece : (at + 1) * record.piece], _UNFINISHED)
        except StoreDown:
            # They would expire, but a store that is full needs the room now.
            with suppress(StoreDown):
                await self._store.drop(self._pieces(sha256, record))
            raise
        return keys

    async def _read(self, sha256: str, record: _Record) -> AsyncIterator[bytes]:
        for at in range(_count(record)):
            piece = await self._store.get(f"{self._pieces(sha256, record)}{at}")
            if piece is None:
                raise Refused(503, f"piece {at} of content {sha256} is gone from the store; send the content anew")
            yield piece

    @property
    def _all(self) -> str:
        return f"{self._prefix}bytes"

    def _bytes(self, sha256: str) -> str:
        return f"{self._prefix}of:{sha256}"

    def _size(self, sha256: str) -> str:
        return f"{self._prefix}size:{sha256}"

    def _record(self, sha256: str) -> str:
        return f"{self._prefix}record:{sha256}"

    def _pieces(self, sha256: str, record: _Record) -> str:
        return f"{self._prefix}piece:{sha256}:{record.upload}:"


def _count(record: _Record) -> int:
    return -(-record.size // record.piece)
