"""Images on their way to the platform: stored by their hash, once, then given a name in a dataset."""

from __future__ import annotations

import hashlib
import os
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from modeldouble.answers import read_json
from modeldouble.errors import BadAnswer, BadArgument, BadImage, ModelDoubleError, UploadFailed
from modeldouble.multipart import CHUNK, Part
from modeldouble.platform.calls import Calls, Filter, Json, batches, checked_name, listing, may_be_done, repeated
from modeldouble.platform.creating import read_created, uncertain
from modeldouble.platform.files import ProgressCb
from modeldouble.platform.infos import ImageInfo, image_info
from modeldouble.retry import Kind

# Servers bound the size of a body; a file that is larger than this goes alone.
_BYTES_AT_ONCE = 1 << 25


class Piece(NamedTuple):
    """A file to upload under a name; `hash` is the base64 of the sha256 of its bytes."""

    name: str
    content: bytes | Path
    size: int
    hash: str


def from_bytes(name: str, content: bytes) -> Piece:
    if not isinstance(content, (bytes, bytearray, memoryview)) or not len(content):
        raise BadImage("content", type(content).__name__, "give the bytes of an image file, at least one")
    data = bytes(content)
    return Piece(checked_name("name", name), data, len(data), _base64(hashlib.sha256(data)))


def from_path(name: str, path: str | os.PathLike[str]) -> Piece:
    """Read a file once for its hash; its bytes are read again when they are sent."""
    digest, size = hashlib.sha256(), 0
    try:
        with open(path, "rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except (OSError, ValueError, TypeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadImage("path", str(path), f"the file cannot be read ({reason}), looked from {Path.cwd()}") from None
    if not size:
        raise BadImage("path", str(path), "the file is empty")
    return Piece(checked_name("name", name), Path(path), size, _base64(digest))


def upload(calls: Calls, dataset_id: int, pieces: Sequence[Piece], progress: ProgressCb) -> list[ImageInfo]:
    """Upload fifty at a time and return their infos in the order given; `progress` is told the images added.

    When a batch fails, those before it are there already.
    """
    name = repeated([piece.name for piece in pieces])
    if name is not None:
        raise BadArgument("names", name, "it occurs more than once; a dataset holds each name once")
    end, infos = calls.end(), list[ImageInfo]()
    for batch in batches(pieces):
        _store(calls, batch, end)
        infos += _add(calls, dataset_id, batch, end)
        progress(len(batch))
    return infos


def _base64(digest: Any) -> str:
    return b64encode(digest.digest()).decode()


def _store(calls: Calls, batch: Sequence[Piece], end: float) -> None:
    """Send the bytes that the platform lacks. Repeating that does no harm: it keeps them by their hash."""
    method = "images.internal.hashes.list"
    unique = {piece.hash: piece for piece in batch}
    there = calls.call(method, list(unique), partial(_read_hashes, method), end)
    for portion in _portions(piece for piece in unique.values() if piece.hash not in there):
        parts = tuple(
            Part(f"{index}-file", piece.content, piece.size, str(index), "image/*")
            for index, piece in enumerate(portion)
        )
        calls.form("images.bulk.upload", parts, partial(_check_stored, portion), end)


def _portions(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    portion: list[Piece] = []
    for piece in pieces:
        if portion and sum(one.size for one in portion) + piece.size > _BYTES_AT_ONCE:
            yield portion
            portion = []
        portion.append(piece)
    if portion:
        yield portion


def _read_hashes(method: str, status: int, headers: Mapping[str, str], body: bytes) -> set[str]:
    answer = read_json(method, status, headers, body)
    if not isinstance(answer, list) or not all(isinstance(one, str) for one in answer):
        raise BadAnswer(method, "the body", answer, "a list of hashes")
    return set(answer)


def _check_stored(portion: Sequence[Piece], status: int, headers: Mapping[str, str], body: bytes) -> None:
    method = "images.bulk.upload"
    answer = read_json(method, status, headers, body)
    if not isinstance(answer, list) or len(answer) != len(portion):
        raise BadAnswer(method, "the body", answer, f"a list of {len(portion)} objects with a hash")
    _check_hashes(method, portion, answer, required=True)


def _check_hashes(method: str, batch: Sequence[Piece], answer: Sequence[Any], required: bool) -> None:
    wrong = []
    for piece, entry in zip(batch, answer, strict=True):
        stored = entry.get("hash") if isinstance(entry, dict) else None
        if stored != piece.hash and (required or stored is not None):
            wrong.append((piece.name, entry.get("errors") if isinstance(entry, dict) else entry, stored))
    if wrong:
        name, errors, stored = wrong[0]
        why = f"it says {errors}" if errors else f"it stored other bytes (hash {stored})"
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        remedy = "Is it an image, and did the file change while it was sent?"
        text = f"{method} did not take {name!r}{more}: {str(why)[:500]}. {remedy}"
        raise UploadFailed(text, names=tuple(one[0] for one in wrong))


def _add(calls: Calls, dataset_id: int, batch: Sequence[Piece], end: float) -> list[ImageInfo]:
    method = "images.bulk.add"
    images = [{"title": piece.name, "hash": piece.hash} for piece in batch]
    flags = {"forceMetadataForLinks": True, "skipValidation": False}
    body: Json = {"datasetId": dataset_id, "images": images, **flags}
    try:
        return calls.call(method, body, partial(_read_added, batch), end, Kind.ONCE)
    except ModelDoubleError as error:
        if not may_be_done(error):
            raise
        return _look_up(calls, dataset_id, batch, end, error)


def _read_added(batch: Sequence[Piece], status: int, headers: Mapping[str, str], body: bytes) -> list[ImageInfo]:
    method = "images.bulk.add"
    answer = read_created(method, status, headers, body)
    if not isinstance(answer, list) or len(answer) != len(batch):
        raise BadAnswer(method, "the body", answer, f"a list of {len(batch)} images")
    _check_hashes(method, batch, answer, required=False)
    return [image_info(method, entry) for entry in answer]


def _look_up(
    calls: Calls, dataset_id: int, batch: Sequence[Piece], end: float, error: ModelDoubleError
) -> list[ImageInfo]:
    """Find what a lost answer would have told: an image of that name with those bytes is the one, whoever added it."""
    names = [piece.name for piece in batch]
    try:
        found = calls.all("images.list", listing({"datasetId": dataset_id}, Filter("name", "in", names)), end)
    except ModelDoubleError:
        found = []
    there = {(one.get("name"), one.get("hash")): one for one in found}
    missing = tuple(piece.name for piece in batch if (piece.name, piece.hash) not in there)
    if missing:
        raise uncertain("image", missing, error) from error
    return [image_info("images.list", there[piece.name, piece.hash]) for piece in batch]
