"""Whatever reads bytes that a stranger wrote, arbitrary or spoilt: typed errors, bounded memory."""

# Whether something is raised is left to what hypothesis finds.
# ruff: noqa: PT017

from __future__ import annotations

import hashlib
import io
import json
import tempfile
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from modeldouble_server.limits import Limits
from modeldouble_server.picture import Examiner
from modeldouble_server.recording.exchange import ABOUT, BLOBS, FORMAT, LINES
from modeldouble_server.recording.reading import read_about, read_exchanges
from modeldouble_server.refusal import CannotServe, Refused
from modeldouble_server.scenario.place import BadScenario
from modeldouble_server.scenario.read import read
from modeldouble_server.scene import Mask
from modeldouble_server.stubs import seen
from modeldouble_server.wire import read_json

FUZZ = settings(settings.get_profile("decoders"))
KINDS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP")
MIB = 1024 * 1024
LIMITS = Limits(json_bytes=1 << 16)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def spoilt(content: bytes, where: list[int], what: bytes, cut: int) -> bytes:
    """Some bytes replaced, and perhaps the end cut off."""
    made = bytearray(content)
    for at, byte in zip(where, what, strict=False):
        made[at % len(made)] = byte
    return bytes(made[: len(made) - cut % (len(made) + 1)] if cut % 3 == 0 else made)


SPOILING = {
    "where": st.lists(st.integers(0, 200) | st.integers(0, 1 << 16), max_size=12),
    "what": st.binary(max_size=12),
    "cut": st.integers(0, 1 << 16),
}


def picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(file, kind)
    return file.getvalue()


WHOLE = {kind: picture(kind) for kind in KINDS}


def examined(content: bytes) -> None:
    try:
        found = Examiner(1 << 20).examine(content, hashlib.sha256(content).hexdigest(), "file 'x'")
    except Refused as refused:
        assert refused.status == 400
        assert refused.text.startswith("file 'x'")
        assert "send" in refused.text
    else:
        assert 0 < found.width * found.height <= 1 << 20


@FUZZ
@given(kind=st.sampled_from(KINDS), **SPOILING)
def test_a_spoilt_picture_is_taken_or_refused(kind: str, where: list[int], what: bytes, cut: int) -> None:
    examined(spoilt(WHOLE[kind], where, what, cut))


@FUZZ
@given(kind=st.sampled_from(KINDS), tail=st.binary(max_size=200))
def test_a_picture_s_first_bytes_and_then_anything(kind: str, tail: bytes) -> None:
    examined(WHOLE[kind][:24] + tail)


@FUZZ
@given(st.binary(max_size=300))
def test_bytes_that_are_no_picture(content: bytes) -> None:
    examined(content)


@FUZZ
@given(
    st.binary(max_size=80) | VALUES.map(lambda value: json.dumps(value).encode()),
    st.lists(st.sampled_from([b"[", b"{", b'"', b"NaN", b"-Infinity", b"9" * 5000, b'"\\ud800"', b"1e999", b"}"])),
    st.integers(0, 60),
)  # fmt: skip
def test_json_is_read_or_refused(body: bytes, more: list[bytes], at: int) -> None:
    try:
        read_json(body[:at] + b"".join(more) + body[at:], LIMITS)
    except Refused as refused:
        assert refused.status in (400, 413)
        assert "send" in refused.text


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 60_000, b"[" * 1000 + b"]" * 1000, b'{"a":' * 10_000, b"9" * 60_000, b'"\\ud800"', b"NaN", b"1e400",
        b"\xff", b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b'{"a":1,"a":2}', b"-" * 60_000,
    ],
    ids=range(12),
)  # fmt: skip
def test_what_json_is_not_is_refused_or_read(body: bytes) -> None:
    try:
        value = read_json(body, LIMITS)
    except Refused as refused:
        assert refused.status == 400
    else:
        assert value in ("\ud800", float("inf"), {}, {"a": 2})


@FUZZ
@given(VALUES | st.lists(st.lists(st.integers(-1, 2), max_size=5), max_size=5))
def test_anything_as_a_mask_is_one_or_a_typed_error(value: Any) -> None:
    try:
        found = seen("cat", mask=value)
    except (TypeError, ValueError) as error:
        assert str(error)
    else:
        assert found.geometry is None or isinstance(found.geometry, Mask)


@FUZZ
@given(st.fixed_dictionaries({"size": st.lists(st.integers(-2, 1 << 40) | VALUES, max_size=3) | st.just([3, 5]),
                              "counts": st.text(max_size=30) | st.binary(max_size=30) | VALUES
                                        | st.lists(st.integers(-3, 9) | st.booleans(), max_size=9)}))  # fmt: skip
def test_anything_as_run_lengths_is_a_mask_or_a_typed_error(value: Any) -> None:
    test_anything_as_a_mask_is_one_or_a_typed_error.hypothesis.inner_test(value)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "counts",
    [[10**12], [-(10**12), 10**12 + 4], "o" * 5_000 + "0", [1 << 200], ("P" * 40 + "0") * 200, [0] * 100_000],
)
def test_run_lengths_that_would_fill_the_memory_are_refused(counts: Any) -> None:
    tracemalloc.start()
    with pytest.raises(ValueError, match="mask"):
        seen("cat", mask={"size": [2, 2], "counts": counts})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * MIB


SCENARIO = b"modeldouble: 1\nmodels:\n  - preset: detection\n    classes: [cat, &a dog]\n    settings: {x: *a}\n"
YAML = st.sampled_from(
    [b"&a ", b"*a", b"[", b"]", b"{", b": ", b"- ", b"!!python/object:os.system ", b"<<: *a\n", b"\t", b"---\n", b"\0",
     b"? ", b"|\n", b"'", b'"', b"%YAML 9.9\n", b"9" * 5000, b".inf", b"2001-01-99", b"0x" + b"f" * 400, b"\xff"]
)  # fmt: skip


def scenario(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "s.yaml"
        file.write_bytes(content)
        try:
            read(file)
        except BadScenario as bad:
            assert bad.problems
            assert "s.yaml" in str(bad)


@FUZZ
@given(st.lists(YAML, max_size=5), st.integers(0, len(SCENARIO)), st.binary(max_size=6))
def test_a_spoilt_scenario_is_read_or_refused(more: list[bytes], at: int, noise: bytes) -> None:
    scenario(SCENARIO[:at] + b"".join(more) + noise + SCENARIO[at:])


BOMBS = {
    "laughs": b"a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"a%d: &a%d [%s]\n" % (at, at, b",".join([b"*a%d" % (at - 1)] * 10)) for at in range(1, 10)),
    "itself": b"a: &a [*a]\n",
    "deep": b"[" * 300,
    "deep blocks": b"".join(b" " * at + b"a:\n" for at in range(1500)),
    "number": b"a: " + b"9" * 9_000,
    "base 60": b"a: 1" + b":59" * 20_000,
    "base 16": b"a: 0x" + b"f" * 300,
    "keys": b"{" + b"? " * 3000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_of_a_scenario_is_refused_in_bounds(tmp_path: Path, bomb: str) -> None:
    (tmp_path / "s.yaml").write_bytes(BOMBS[bomb])
    tracemalloc.start()
    with pytest.raises(BadScenario):
        read(tmp_path / "s.yaml")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 512 * MIB


LINE = json.dumps(
    {"number": 1, "at": "2026-01-01", "method": "POST", "route": "inference_image", "query": "", "status": 200,
     "request": {"form": [{"name": "files", "filename": "a", "sha256": "0" * 64, "size": 3}]},
     "headers": {}, "response": {"json": {}}, "seconds": [0, 0]}
).encode()  # fmt: skip


@FUZZ
@given(number=st.integers(1, 3), **SPOILING)
def test_a_spoilt_recording_is_read_or_refused(number: int, where: list[int], what: bytes, cut: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / BLOBS).mkdir()
        (folder / LINES).write_bytes(spoilt((LINE + b"\n") * number, where, what, cut))
        (folder / ABOUT).write_bytes(spoilt(json.dumps({"format": FORMAT}).encode(), where, what[::-1], cut))
        try:
            read_about(folder)
        except CannotServe as refused:
            assert str(folder) in str(refused)
        for one in read_exchanges(folder):
            assert isinstance(one.state, dict)
            assert [part for part in one.files if not isinstance(part, dict)] == []


@FUZZ
@given(VALUES, st.sampled_from(["number", "method", "route", "status", "request", "response", "headers"]))
def test_a_line_of_a_recording_with_anything_in_it(value: Any, key: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / LINES).write_text(json.dumps({**json.loads(LINE), key: value}) + "\n", "utf-8")
        for one in read_exchanges(folder):
            assert isinstance(one.state, dict)
            assert isinstance(one.files, list)
