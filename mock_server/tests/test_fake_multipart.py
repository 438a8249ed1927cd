"""Forms as they come in: in pieces of any size, and the same as aiohttp's own reader reads them."""

from __future__ import annotations

import asyncio
import hashlib
import warnings
from typing import Any

import pytest
from aiohttp import BodyPartReader, MultipartReader, StreamReader
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request

from modeldouble_server.limits import Limits
from modeldouble_server.multipart import Budget, Content, Parts
from modeldouble_server.part import BadPart, names_of, read_headers
from modeldouble_server.predict.chance import Chance
from modeldouble_server.refusal import Refused

TYPE = "multipart/form-data; boundary=XX"
FILE = b'Content-Disposition: form-data; name="files"; filename="a.jpg"'
Found = list[tuple[Any, bytes]]


def stream(body: bytes, size: int) -> StreamReader:
    reader = StreamReader(BaseProtocol(asyncio.get_running_loop()), 2**16, loop=asyncio.get_running_loop())
    for at in range(0, len(body), size):
        reader.feed_data(body[at : at + size])
    reader.feed_eof()
    return reader


class Trickle:
    """A stream that gives a few bytes at a time."""

    def __init__(self, body: bytes, size: int) -> None:
        self._pieces = iter([body[at : at + size] for at in range(0, len(body), size)])

    async def readany(self) -> bytes:
        return next(self._pieces, b"")


async def ours(body: bytes, size: int = 7, kind: str = TYPE, limits: Limits | None = None) -> Found:
    stream: Any = Trickle(body, size)
    headers = {"Content-Type": kind, "Content-Length": str(len(body))}
    request = make_mocked_request("POST", "/", headers, payload=stream)
    parts, budget, found = Parts(request, limits or Limits()), Budget(request, 1 << 20), []
    while (headers_ := await parts.next()) is not None:
        read = await parts.read(budget)
        assert read == Content(read.content, hashlib.sha256(read.content).hexdigest())
        found.append((names_of(headers_), read.content))
    return found


async def ours_or_refused(body: bytes) -> Found | None:
    """None if it was refused in the way of all malformed forms."""
    try:
        return await ours(body)
    except Refused as refused:
        return pytest.fail(refused.text) if refused.status != 400 else None


async def theirs(body: bytes) -> Found:
    found: Found = []
    reader = MultipartReader({"Content-Type": TYPE}, stream(body, 1 << 16))
    while (part := await reader.next()) is not None:
        assert isinstance(part, BodyPartReader)
        content = b""
        while chunk := await part.read_chunk():
            content += chunk
        found.append(((part.name, part.filename), content))
    return found


def form(*contents: bytes, head: bytes = FILE) -> bytes:
    return b"".join(b"--XX\r\n%b\r\n\r\n%b\r\n" % (head, one) for one in contents) + b"--XX--\r\n"


NEARLY = [b"\r\n--X", b"\r\n", b"\r\r\n--XY"[:6], b"--", b"\r", b"a" * 50 + b"\r\n-", b"", b"\n--XX\n", b"x" * 300]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 1000])
async def test_what_nearly_is_a_border_is_content_however_it_is_cut(size: int) -> None:
    assert [content for _, content in await ours(form(*NEARLY), size)] == NEARLY


async def test_random_contents_of_borders_pieces_are_read_as_aiohttp_reads_them() -> None:
    bits = (b"\r", b"\n", b"-", b"--", b"X", b"\r\n--X", b"abc", b"\r\n-", b"\0")
    for number in range(300):
        chance = Chance("forms", number)
        contents = [b"".join(chance.choice(bits) for _ in range(chance.whole(0, 12))) for _ in range(3)]
        if any(b"\r\n--XX" in b"\r\n" + one for one in contents):
            continue
        body = form(*contents)
        assert await ours(body, chance.whole(1, 9)) == await theirs(body) == [(("files", "a.jpg"), x) for x in contents]


async def test_a_damaged_form_is_read_as_aiohttp_reads_it_or_refused() -> None:
    whole, read = b"hello\r\n" + form(b"one", b"", b"\r\ntwo"), 0
    for number in range(1200):
        chance = Chance("damage", number)
        at = chance.whole(0, len(whole) - 1)
        put = bytes(chance.choice((13, 10, 45, 88, 0, 34)) for _ in range(chance.whole(0, 2)))
        body = whole[:at] + put + whole[at + 1 :]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = await ours_or_refused(body)
            assert found is None or found == await theirs(body)
            read += found is not None
    assert read > 600


@pytest.mark.parametrize("end", [b"--XX--", b"--XX--\r\n", b"--XX-- \r\n", b"--XX--\r\nepilogue\r\n", b"--XX--\n"])
async def test_a_form_may_end_in_any_of_these_ways(end: bytes) -> None:
    assert await ours(form(b"x")[:-8] + end) == [(("files", "a.jpg"), b"x")]


@pytest.mark.parametrize(
    "body", [b"", b"--XX", b"--XX\r\n", form(b"x")[:-8], form(b"x")[:-10], b"--YY\r\n", b"\r\n" * 9]
)
async def test_a_form_that_breaks_off_is_a_400(body: bytes) -> None:
    with pytest.raises(Refused, match="form is malformed") as refused:
        await ours(body)
    assert refused.value.status == 400


async def test_a_line_and_the_number_of_headers_are_bounded() -> None:
    limits = Limits(line_bytes=100, headers=3)
    assert await ours(form(b"x", head=FILE + b"\r\nA: b\r\nC: d"), limits=limits)
    for head in (b"X: " + b"y" * 98, b"A: b\r\nC: d\r\nE: f\r\nG: h"):
        with pytest.raises(Refused, match="form is malformed"):
            await ours(form(b"x", head=head), limits=limits)


@pytest.mark.parametrize("kind", ["multipart/form-data", "text/plain; boundary=XX", "multipart/form-data; boundary="])
async def test_a_content_type_without_a_boundary_is_a_400(kind: str) -> None:
    with pytest.raises(Refused, match="has no boundary"):
        await ours(form(b"x"), kind=kind)


async def test_a_boundary_may_be_quoted() -> None:
    assert await ours(form(b"x"), kind='multipart/form-data; charset=utf-8; Boundary = "XX"; a=b')


@pytest.mark.parametrize("line", [b"no colon", b": x", b"A : x", b"A: \0", b"A: b\rc", b"\xff: x"])
def test_a_line_that_is_no_header_is_refused(line: bytes) -> None:
    with pytest.raises(BadPart):
        read_headers([line])


def test_headers_are_known_by_small_letters_and_the_first_counts() -> None:
    assert read_headers([b"Content-Disposition:  a\t", b"content-disposition: b"]) == {"content-disposition": "a"}
    with pytest.raises(BadPart):
        read_headers([b"Content-Type: a/b", b"content-type: c/d"])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('form-data; name="files"; filename="a.jpg"', ("files", "a.jpg")),
        ("form-data; name=files; filename*=utf-8''%ED%95%9C.jpg", ("files", "\ud55c.jpg")),
        ('form-data; name="files"; filename="a\\"b.jpg"', ("files", 'a"b.jpg')),
        ('form-data; name="files"; filename="/etc/x"', ("files", "etc/x")),
        ('form-data; name="files"', ("files", None)),
        ("form-data; x", (None, None)),
        ("", (None, None)),
    ],
)
def test_names_are_those_that_the_disposition_says(given: str, expected: tuple[str | None, str | None]) -> None:
    assert names_of({"content-disposition": given}) == expected
