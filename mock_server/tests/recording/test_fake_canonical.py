"""Bodies as they are recorded."""

import hashlib
from typing import Any

import pytest

from modeldouble_server.recording.canonical import INLINE, content, learn, parsed, parts
from modeldouble_server.redaction import Secrets

Json = dict[str, Any]
FORM = "multipart/form-data; boundary=B"


def kept(body: Any) -> Json:
    return {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body)}


def form(*parts: tuple[str, bytes], end: bytes = b"--B--\r\n") -> bytes:
    return b"".join(b"--B\r\n" + head.encode() + b"\r\n\r\n" + body + b"\r\n" for head, body in parts) + end


def test_json_is_parsed_and_cut_and_keeps_its_order_and_numbers() -> None:
    said = content(b'{"b":0.1,"a":[1e-7,1],"api_token":"x"}', "application/json", Secrets(), kept)
    assert said == {"json": {"b": 0.1, "a": [1e-7, 1], "api_token": "***"}, "exact": False}
    assert list(said["json"]) == ["b", "a", "api_token"]


def test_json_that_comes_back_byte_for_byte_is_not_marked() -> None:
    assert content('{"a":"ä","b":0.30000000000000004}'.encode(), "application/json", Secrets(), kept) == {
        "json": {"a": "ä", "b": 0.30000000000000004}
    }


@pytest.mark.parametrize("body", [b"{", b'{"a":NaN}', b'{"a":1e999}', b"[" * 100_000, b'"\\ud800"'])
def test_what_is_no_json_is_a_text(body: bytes) -> None:
    assert content(body, "application/json", Secrets(), kept) == {"text": body.decode()}


def test_long_json_is_a_blob_without_secrets() -> None:
    blobs: list[bytes] = []
    body = b'{"token":"x","a":"' + b"y" * INLINE + b'"}'

    def keep(one: bytes) -> Json:
        blobs.append(one)
        return kept(one)

    said = content(body, "application/json", Secrets(), keep)
    assert said == {**kept(blobs[0]), "json": True}
    assert parsed(blobs[0])["token"] == "***"


def test_bytes_that_are_no_text_are_a_blob_and_nothing_is_nothing() -> None:
    assert content(b"\xff\xfe", "image/jpeg", Secrets(), kept) == kept(b"\xff\xfe")
    assert content(b"", "application/json", Secrets(), kept) == {}


def test_a_text_is_cut() -> None:
    assert content(b"at /net/abcdef/x", "text/plain", Secrets(), kept) == {"text": "at /net/***/x"}


def test_a_form_is_its_parts_without_the_boundary() -> None:
    body = form(
        ('Content-Disposition: form-data; name="files"; filename="\u00e4.jpg"', b"\x00--B\r\n\r\n\xff"),
        ('Content-Disposition: form-data; name="settings"\r\nContent-Type: text/plain', b'{"api_token": "x", "a": 1}'),
        ('Content-Disposition: form-data; name="note"', b"no json"),
        ('Content-Disposition: form-data; name="empty"', b""),
    )
    assert content(body, FORM, Secrets(), kept)["form"] == [
        {"name": "files", "filename": "ä.jpg", **kept(b"\x00--B\r\n\r\n\xff")},
        {"name": "settings", "json": {"api_token": "***", "a": 1}},
        {"name": "note", "text": "no json"},
        {"name": "empty", "text": ""},
    ]


@pytest.mark.parametrize("body", [form(end=b""), b"no form", form(("X: y", b"z"), end=b"")[:-6], b"--B\r\nname"])
def test_a_form_that_is_cut_off_is_kept_as_it_is(body: bytes) -> None:
    assert "form" not in content(body, FORM, Secrets(), kept) or body == b""


def test_a_form_without_a_boundary_is_kept_as_it_is() -> None:
    assert content(b"--B--", "multipart/form-data", Secrets(), kept) == {"text": "--B--"}


def test_parts_are_found_where_they_are() -> None:
    body = form(("A: b", b"first"), ("C: d", b"second"))
    assert [(head, body[start:end]) for head, start, end in parts(body, b"B")] == [
        ("A: b", b"first"),
        ("C: d", b"second"),
    ]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"state": {"api_token": "in-the-body"}}', "application/json"),
        (form(('Content-Disposition: form-data; name="state"', b'{"apiToken": "in-the-body"}')), FORM),
    ],
)
def test_secrets_are_learnt_from_bodies(body: bytes, content_type: str) -> None:
    secrets = Secrets()
    learn(body, content_type, secrets)
    assert secrets.cut("in-the-body") == "***"
