"""Forms that were valid once, spoilt and sent over a raw socket: the answer is 200, or a 4xx that helps."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server import Server
from modeldouble_server.default_world import DATA

PICTURE = (DATA / "world" / "171250.jpg").read_bytes()
GENEROUS = 30.0
ROUTES = st.sampled_from(["inference_image", "inference_batch", "inference_batch_async", "inference_video_async"])
FILE = b'--XX\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n' + PICTURE[:400] + b"\r\n"
STATE = b'--XX\r\nContent-Disposition: form-data; name="settings"\r\nContent-Type: text/plain\r\n\r\n{}\r\n'
END = b"--XX--\r\n"
INSERTED = st.sampled_from(
    [
        b"--XX\r\n", b"--XX--", b"--XX--\r\n", b"\r\n", b"\n", b"\r", b"\0", b"\xff\xfe", b"--", b'"', b";",
        b"a" * 9000,
        b"Content-Type: multipart/mixed; boundary=YY\r\n", b"Content-Encoding: gzip\r\n", b"Content-Length: -1\r\n",
        b"Content-Transfer-Encoding: base64\r\n", b"Content-Disposition: form-data\r\n", b"--YY\r\n\r\nx\r\n--YY--\r\n",
        b'name="files"; name="settings"', b'filename*=utf-8\'\'%ff', b"filename*0=a; filename*1=b",
        b"Content-Length: 7\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n", b"\r\n\r\n", b": x\r\n", b"X" * 70 + b": y\r\n",
    ]
)  # fmt: skip
PARTS = st.lists(st.sampled_from([FILE, STATE, FILE + FILE, END, b"preamble\r\n"]), max_size=4)


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A form with a few faults in it."""
    body = b"".join(draw(PARTS)) + END
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(body)))
        how = draw(st.sampled_from(["insert", "cut", "drop", "replace", "crlf"]))
        if how == "insert":
            body = body[:at] + draw(INSERTED) + body[at:]
        elif how == "cut":
            body = body[:at]
        elif how == "drop":
            body = body[:at] + body[at + draw(st.integers(1, 30)) :]
        elif how == "replace":
            body = body[:at] + draw(st.binary(min_size=1, max_size=3)) + body[at + 1 :]
        else:
            body = body.replace(b"\r\n", draw(st.sampled_from([b"\n", b"\r", b"\r\r\n"])), draw(st.integers(1, 3)))
    return body


TYPES = st.sampled_from(
    [
        b"multipart/form-data; boundary=XX", b'multipart/form-data; boundary="XX"', b"multipart/form-data",
        b"multipart/form-data; boundary=", b"multipart/form-data; boundary=" + b"X" * 200,
        b"multipart/mixed; boundary=XX",
        b"multipart/form-data; boundary=X\0X", b"text/plain", b"", b"multipart/form-data; boundary=XX; boundary=YY",
        b"multipart/form-data; charset=nonsense; boundary=XX", b"multipart/form-data; boundary=\xff",
    ]
)  # fmt: skip
WRONG = st.sampled_from([0, 0, 0, 0, 7, -7, 100_000])


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def answered(server: Server, request: bytes, whole: bool = True) -> tuple[int, bytes]:
    """Status and body; of a request that is not whole the rest never comes, and nobody waits for its answer."""
    with socket.create_connection((server.host, server.port), GENEROUS) as connection:
        connection.sendall(request)
        said = b"".join(iter(lambda: connection.recv(65536), b"")) if whole else b""
    head, _, body = said.partition(b"\r\n\r\n")
    return (int(head.split(b" ")[1]), body) if said else (0, b"")


def asked(route: str, kind: bytes, body: bytes, length: int) -> bytes:
    head = f"POST /{route} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {max(0, length)}\r\n"
    return head.encode() + b"Content-Type: " + kind + b"\r\n\r\n" + body


def assert_helps(status: int, body: bytes) -> None:
    assert status in (0, 200) or 400 <= status < 500, (status, body[:300])
    if 400 <= status < 500 and body.startswith(b"{"):
        told = json.loads(body)
        assert told == {"detail": told["detail"], "message": told["detail"], "success": False}
        assert "defect" not in told["detail"]
        # What is wrong, and what to do about it.
        assert ";" in told["detail"] or ":" in told["detail"]


@settings(settings.get_profile("decoders"))
@given(route=ROUTES, body=spoilt(), kind=TYPES | st.just(b"multipart/form-data; boundary=XX"), wrong=WRONG)
def test_a_spoilt_form_is_answered_or_refused(
    server: Server, caplog: pytest.LogCaptureFixture, route: str, body: bytes, kind: bytes, wrong: int
) -> None:
    caplog.clear()
    status, said = answered(server, asked(route, kind, body, len(body) + wrong), wrong <= 0)
    assert_helps(status, said)
    assert (status > 0) == (wrong <= 0)
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []


@settings(settings.get_profile("decoders"))
@given(route=ROUTES, body=spoilt())
def test_the_same_form_in_chunks_has_the_same_status(server: Server, route: str, body: bytes) -> None:
    kind = b"multipart/form-data; boundary=XX"
    whole, _ = answered(server, asked(route, kind, body, len(body)))
    pieces = [body[at : at + 61] for at in range(0, len(body), 61)]
    chunked = b"".join(f"{len(one):x}\r\n".encode() + one + b"\r\n" for one in pieces) + b"0\r\n\r\n"
    head = f"POST /{route} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n".encode()
    status, _ = answered(server, head + b"Content-Type: " + kind + b"\r\n\r\n" + chunked)
    assert status == whole


def test_a_form_as_it_should_be_is_answered(server: Server) -> None:
    whole = FILE.replace(PICTURE[:400], PICTURE)
    body = whole + STATE + END
    assert answered(server, asked("inference_image", b"multipart/form-data; boundary=XX", body, len(body)))[0] == 200
