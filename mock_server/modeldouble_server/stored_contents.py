"""Contents in the store, for servers that share one."""

from .refusal import Refused
from .store import Store, Writes

_MOST = 256 * 1024 * 1024
"""Bytes of one content. Redis takes 512 MiB, and nothing else is answered while one that large is written."""


class StoredContents:
    """Each content under its own key, and its size under another: there as a whole, or not at all."""

    lasting = True

    def __init__(self, store: Store, prefix: str = "content:") -> None:
        self._store = store
        self._prefix = prefix

    async def size(self) -> int:
        """Bytes of all of them, whoever wrote them."""
        return await self._store.count(self._all)

    async def known(self, sha256: str) -> bool:
        """Whether it is kept."""
        return await self._store.count(self._size(sha256)) > 0

    async def find(self, sha256: str) -> bytes | None:
        """The bytes, or None."""
        return await self._store.get(self._bytes(sha256))

    async def write(self, sha256: str, content: bytes) -> None:
        """Keep a content, which two servers may do at once. One that is too large is a 413."""
        if len(content) > _MOST:
            raise Refused(413, f"content of {len(content):,} bytes, over the {_MOST:,} that a store takes; send less")
        # One byte more, so that an empty content is known too.
        sizes = {self._all: len(content), self._size(sha256): len(content) + 1}
        key = self._bytes(sha256)
        await self._store.apply(Writes(put={key: content}, add=sizes, absent=[key]))

    @property
    def _all(self) -> str:
        return f"{self._prefix}bytes"

    def _bytes(self, sha256: str) -> str:
        return f"{self._prefix}of:{sha256}"

    def _size(self, sha256: str) -> str:
        return f"{self._prefix}size:{sha256}"
