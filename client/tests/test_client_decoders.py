"""Masks that a stranger sent: bytes of any kind, spoilt ones, and bombs. `BadArgument` or a mask, in bounded memory."""

from __future__ import annotations

import base64
import os
import struct
import tracemalloc
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble import BadArgument
from modeldouble.geometry.bitmap import Bitmap, decode, encode
from modeldouble.rle import rle_of

FUZZ = settings(
    max_examples=int(os.environ.get("MODELDOUBLE_EXAMPLES", "60")), deadline=None, derandomize=True, database=None
)
MIB = 1024 * 1024
PNG = zlib.decompress(base64.b64decode(encode(np.eye(20, dtype=bool))))
HEAD = b"\x89PNG\r\n\x1a\n"


def text(png: bytes) -> str:
    return base64.b64encode(zlib.compress(png)).decode()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, pixels: bytes, depth: int = 1, color: int = 0) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))
    return HEAD + head + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def decoded(data: str) -> None:
    try:
        mask = decode(data)
    except BadArgument as error:
        assert error.field == "bitmap.data"  # noqa: PT017  whether it is raised is left to hypothesis
    else:
        assert mask.dtype == bool
        assert mask.ndim == 2


@FUZZ
@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda one: base64.b64encode(one).decode()))
def test_any_text_is_a_mask_or_refused(data: str) -> None:
    decoded(data)


@FUZZ
@given(st.binary(max_size=200))
def test_any_bytes_in_zlib_are_a_mask_or_refused(content: bytes) -> None:
    decoded(text(content))
    decoded(text(HEAD + content))


@FUZZ
@given(st.lists(st.tuples(st.integers(0, len(PNG) - 1), st.integers(0, 255)), max_size=6), st.integers(0, len(PNG)))
def test_a_spoilt_mask_is_one_or_refused(changes: list[tuple[int, int]], keep: int) -> None:
    made = bytearray(PNG)
    for at, byte in changes:
        made[at] = byte
    decoded(text(bytes(made)))
    decoded(text(bytes(made[:keep])))


@FUZZ
@given(st.integers(0, 70_000), st.integers(0, 70_000), st.sampled_from([1, 8, 16]), st.sampled_from([0, 2, 3, 4, 6]))
def test_a_header_that_lies_is_refused_or_bounded(width: int, height: int, depth: int, color: int) -> None:
    if width * height < 1 << 20 or width * height > 1 << 26:
        decoded(text(png(width, height, b"\0" * 100, depth, color)))


@pytest.mark.parametrize(
    "data",
    [
        text(b"\0" * (300 * MIB)),
        text(HEAD + b"\0" * (100 * MIB)),
        text(png(60_000, 60_000, b"\0")),
        text(png(1 << 31, 1, b"\0")),
        "A" * (1 << 20),
    ],
    ids=["zeros", "zeros after a signature", "a large header", "a negative one", "no zlib"],
)
def test_a_bomb_is_refused_in_bounded_memory(data: str) -> None:
    tracemalloc.start()
    with pytest.raises(BadArgument, match=r"bitmap\.data"):
        decode(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 160 * MIB


@FUZZ
@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda one: st.lists(one, max_size=3)))
def test_any_json_is_a_bitmap_or_refused(value: Any) -> None:
    for data in (
        {"bitmap": value},
        {"bitmap": {"origin": value, "data": ""}},
        {"bitmap": {"origin": [1, 2], "data": 5}},
    ):
        try:
            Bitmap.from_json(data)
        except BadArgument:
            continue


@FUZZ
@given(st.integers(1, 12).flatmap(lambda w: st.lists(st.lists(st.booleans(), min_size=w, max_size=w), min_size=1)))
def test_what_is_encoded_is_read_again_and_its_runs_add_up(rows: list[list[bool]]) -> None:
    mask = np.array(rows, dtype=bool)
    assert np.array_equal(decode(encode(mask)), mask)
    assert rle_of(mask)["size"] == [len(rows), len(rows[0])]
