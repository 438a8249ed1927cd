"""The store of one process: SQLite, in memory unless a file is named."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import inf
from typing import Any

from . import Claim, Claimed, Renewal, Writes
from .claiming import claimed, grown
from .prefixes import behind

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, value BLOB NOT NULL, expires REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter (key TEXT PRIMARY KEY, value INTEGER NOT NULL, expires REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS line (
    key TEXT NOT NULL, number INTEGER NOT NULL, value BLOB NOT NULL, held INTEGER NOT NULL, expires REAL,
    PRIMARY KEY (key, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entry_expires ON entry (expires) WHERE expires IS NOT NULL;
CREATE INDEX IF NOT EXISTS counter_expires ON counter (expires) WHERE expires IS NOT NULL;
"""
# A line is an entry of a log, `held` how many bytes the values up to it had together, also those that are gone. Files
# of earlier releases have an empty table named log.
_LIVE = "(expires IS NULL OR expires > ?)"
_GET, _COUNT = (f"SELECT value FROM {table} WHERE key = ? AND {_LIVE}" for table in ("entry", "counter"))
_READ = f"SELECT ({_GET}), ({_COUNT})"
_ASKED_AT_ONCE = 900
"""Keys of one query: SQLite before 3.32 takes 999 values."""
_SWAP = f"UPDATE entry SET value = ?, expires = ? WHERE key = ? AND value = ? AND {_LIVE}"
_ADVANCE = (
    "INSERT INTO counter (key, value, expires) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
    " value = excluded.value, expires = excluded.expires WHERE counter.value = ? OR counter.expires <= ?"
)
"""Nothing is written where another process has moved the counter since it was read."""
_Row = tuple[Any, float]
"""A value, and when it expires."""
_ABSENT: dict[str, _Row] = {"entry": (None, inf), "counter": (0, inf)}
_KNOWN, _KNOWN_BYTES = 2048, 2048
"""Rows of a table that are known, and the longest value among them: some megabytes at the most."""
_LAST = "SELECT number, held, expires FROM line WHERE key = ? ORDER BY number DESC LIMIT 1"
_LENGTHS = f"SELECT coalesce(max(number), 0), count(*) FROM line WHERE key = ? AND {_LIVE}"
_TRIM = (
    "DELETE FROM line WHERE key = ? AND number < (SELECT number FROM line WHERE key = ? AND number > ?"
    " AND (held - length(value) >= ? OR number = ?) ORDER BY number LIMIT 1)"
)
_NO_LINE: tuple[int, int, float | None] = (0, 0, -inf)
"""What `_LAST` gives of a log that is empty. All lines of a log expire together."""
_NO_END = 2**62
_TABLES = ("entry", "counter", "line")
_SWEEP_EVERY = 1000
_UPSERT = "ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires"


class SqliteStore:
    """`Store` on SQLite. Each call is one statement or short transaction, done on the caller's thread in microseconds.

    In a file, a process that is killed loses nothing that was answered; a power cut may lose the last moments, never
    the file's order. In memory nobody else writes, and what `read` gave lately is known until it is written.
    """

    def __init__(self, path: str = ":memory:", clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._writes = 0
        self._alone = path == ":memory:"
        self._values: dict[str, _Row] = {}
        self._counts: dict[str, _Row] = {}
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        # What was committed is in the system's hands and survives this process; only FULL survives a power cut too.
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)

    async def get(self, key: str) -> bytes | None:
        row = self._db.execute(_GET, (key, self._clock())).fetchone()
        return None if row is None else bytes(row[0])

    async def many(self, keys: Sequence[str]) -> list[bytes | None]:
        return self._each("entry", keys)

    async def counts(self, keys: Sequence[str]) -> list[int]:
        return [count or 0 for count in self._each("counter", keys)]

    def _each(self, table: str, keys: Sequence[str]) -> list[Any]:
        found: dict[str, Any] = {}
        for at in range(0, len(keys), _ASKED_AT_ONCE):
            some = keys[at : at + _ASKED_AT_ONCE]
            query = f"SELECT key, value FROM {table} WHERE key IN ({','.join('?' * len(some))}) AND {_LIVE}"
            found.update(self._db.execute(query, (*some, self._clock())))
        return [found.get(key) for key in keys]

    async def read(self, key: str, counter: str) -> tuple[bytes | None, int]:
        now = self._clock()
        if not self._alone:
            value, count = self._db.execute(_READ, (key, now, counter, now)).fetchone()
            return value, count or 0
        value, until = self._values.get(key) or self._look_up("entry", key, self._values)
        count, last = self._counts.get(counter) or self._look_up("counter", counter, self._counts)
        return value if until > now else None, count if last > now else 0

    async def read_beside(self, key: str, counter: str, beside: str) -> tuple[bytes | None, int, int]:
        told = await self.claim((), key, counter, beside, 0)
        return told.value, told.counter, told.beside

    async def claim(self, claims: Sequence[Claim], key: str, counter: str, beside: str, stands: int) -> Claimed:
        with self._transaction():
            read = (*await self.read(key, counter), await self.count(beside))
            before = [(await self.count(one.calls), await self.count(one.taken)) for one in claims]
            told = claimed(claims, read, before, stands)
            for moved, count in grown(claims, before, told.counts).items():
                self._write("counter", moved, count, None)
            return told

    def _look_up(self, table: str, key: str, known: dict[str, _Row]) -> _Row:
        row = self._db.execute(f"SELECT value, expires FROM {table} WHERE key = ?", (key,)).fetchone()
        found = _ABSENT[table] if row is None else (row[0], inf if row[1] is None else row[1])
        if not isinstance(found[0], bytes) or len(found[0]) <= _KNOWN_BYTES:
            if len(known) >= _KNOWN:
                del known[next(iter(known))]
            known[key] = found
        return found

    def _written(self, key: str) -> None:
        self._values.pop(key, None)
        self._counts.pop(key, None)

    async def put(self, key: str, value: bytes, ttl: float | None = None) -> None:
        with self._transaction():
            self._write("entry", key, value, ttl)

    async def create(self, key: str, value: bytes, ttl: float | None = None) -> bool:
        with self._transaction():
            if await self.get(key) is not None:
                return False
            self._write("entry", key, value, ttl)
            return True

    async def swap(self, key: str, old: bytes, new: bytes, ttl: float | None = None) -> bool:
        swapped = self._db.execute(_SWAP, (new, self._end(ttl), key, old, self._clock())).rowcount == 1
        if swapped:
            self._written(key)
            self._sweep()
        return swapped

    async def advance(self, key: str, ready: int, most: int, ttl: float | None = None) -> tuple[int, int]:
        while True:
            now = self._clock()
            row = self._db.execute(_COUNT, (key, now)).fetchone()
            start = 0 if row is None else int(row[0])
            end = max(start, min(ready, start + most))
            if end == start:
                return start, end
            if self._db.execute(_ADVANCE, (key, end, self._end(ttl), start, now)).rowcount == 1:
                self._written(key)
                self._sweep()
                return start, end

    async def take(self, key: str, ready: int, most: int, ttl: float | None, renewal: Renewal) -> tuple[int, int, bool]:
        with self._transaction():
            # Of what is gone, the counter may be gone as well, and would begin anew.
            there = most if await self.get(renewal.key) is not None else 0
            start, end = await self.advance(key, ready, there, ttl)
            return start, end, end > start and await self.swap(*renewal)

    async def apply(self, writes: Writes) -> bool:
        with self._transaction():
            if not await self._holds(writes):
                return False
            for key in writes.lasting:
                self._written(key)
                self._db.execute("UPDATE entry SET expires = NULL WHERE key = ?", (key,))
            for key in writes.delete:
                self._forget(key)
            for key, value in writes.put.items():
                self._write("entry", key, value, None)
            for key, more in writes.add.items():
                self._write("counter", key, await self.count(key) + more, None)
            for key, least in writes.least.items():
                self._write("counter", key, max(least, await self.count(key)), None)
            return True

    async def _holds(self, writes: Writes) -> bool:
        for key in writes.absent:
            if await self.get(key) is not None:
                return False
        for key, value in writes.same.items():
            if await self.get(key) != value:
                return False
        return None not in await self.many(list(writes.lasting))

    async def count(self, key: str) -> int:
        row = self._db.execute(_COUNT, (key, self._clock())).fetchone()
        return 0 if row is None else int(row[0])

    async def delete(self, key: str) -> bool:
        with self._transaction():
            return self._forget(key)

    async def expire(self, key: str, ttl: float) -> None:
        self._written(key)
        with self._transaction():
            for table in _TABLES:
                self._db.execute(
                    f"UPDATE {table} SET expires = ? WHERE key = ? AND {_LIVE}", (self._end(ttl), key, self._clock())
                )

    async def drop(self, prefix: str) -> None:
        self._know_nothing()
        with self._transaction():
            for table in _TABLES:
                self._db.execute(f"DELETE FROM {table} WHERE key >= ? AND key < ?", (prefix, behind(prefix)))

    async def scan(self, prefix: str, most: int | None = None) -> list[tuple[str, bytes]]:
        query = f"SELECT key, value FROM entry WHERE key >= ? AND key < ? AND {_LIVE} ORDER BY key LIMIT ?"
        limit = -1 if most is None else most
        rows = self._db.execute(query, (prefix, behind(prefix), self._clock(), limit)).fetchall()
        return [(str(key), bytes(value)) for key, value in rows]

    async def append(
        self, key: str, values: Sequence[bytes], cap: int, most_bytes: int, ttl: float | None = None
    ) -> int:  # fmt: skip
        with self._transaction():
            last, held, until = self._db.execute(_LAST, (key,)).fetchone() or _NO_LINE
            if until is not None and until <= self._clock():
                self._db.execute("DELETE FROM line WHERE key = ?", (key,))
                last, held, until = _NO_LINE
            if not values:
                return int(last)
            end = self._end(ttl)
            lives = None if until is None or end is None else max(until, end)
            for value in values:
                last, held = last + 1, held + len(value)
                self._db.execute("INSERT INTO line VALUES (?, ?, ?, ?, ?)", (key, last, value, held, lives))
            if until not in (lives, -inf):
                self._db.execute("UPDATE line SET expires = ? WHERE key = ?", (lives, key))
            self._db.execute(_TRIM, (key, key, last - cap, held - most_bytes, last))
            self._sweep()
            return int(last)

    async def tail(self, key: str, most: int, before: int | None = None) -> list[tuple[int, bytes]]:
        query = f"SELECT number, value FROM line WHERE key = ? AND number < ? AND {_LIVE} ORDER BY number DESC LIMIT ?"
        end = _NO_END if before is None else before
        rows = self._db.execute(query, (key, end, self._clock(), most)).fetchall()
        return [(int(number), bytes(value)) for number, value in reversed(rows)]

    async def lengths(self, keys: Sequence[str]) -> list[tuple[int, int]]:
        now = self._clock()
        rows = [self._db.execute(_LENGTHS, (key, now)).fetchone() for key in keys]
        return [(int(last), int(kept)) for last, kept in rows]

    async def close(self) -> None:
        self._db.close()

    def _know_nothing(self) -> None:
        self._values.clear()
        self._counts.clear()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _forget(self, key: str) -> bool:
        self._written(key)
        gone = [
            self._db.execute(f"DELETE FROM {table} WHERE key = ? AND {_LIVE}", (key, self._clock())).rowcount
            for table in _TABLES
        ]
        return any(gone)

    def _write(self, table: str, key: str, value: bytes | int, ttl: float | None) -> None:
        self._written(key)
        self._db.execute(
            f"INSERT INTO {table} (key, value, expires) VALUES (?, ?, ?) {_UPSERT}", (key, value, self._end(ttl))
        )
        self._sweep()

    def _end(self, ttl: float | None) -> float | None:
        return None if ttl is None else self._clock() + ttl

    def _sweep(self) -> None:
        self._writes += 1
        if self._writes % _SWEEP_EVERY == 0:
            self._know_nothing()
            for table in _TABLES:
                self._db.execute(f"DELETE FROM {table} WHERE expires <= ?", (self._clock(),))
