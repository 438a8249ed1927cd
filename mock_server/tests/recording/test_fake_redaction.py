"""The registry of secrets: by the place where they stand, and from then on by their value."""

import io
import logging

import pytest

from modeldouble_server.redaction import CUT, Secrets, cut_log, known_secrets

SECRET = "s3cr3t-of-some-length"


@pytest.mark.parametrize(
    "text",
    [
        f"http://h/net/{SECRET}/get_session_info",
        f"/net/{SECRET}",
        f"https://user:{SECRET}@h/x",
        f"http://h/x?a=1&token={SECRET}&b=2",
        f"?api_token={SECRET}",
        f'Traceback: {{"api_token": "{SECRET}"}}',
        f"KeyError: {{'apiToken': '{SECRET}'}}",
        f'a text in a text: {{\\"api_token\\": \\"{SECRET}\\"}}',
        f"x-api-key: {SECRET}",
        f"Authorization: Bearer {SECRET}",
        f"Cookie={SECRET}",
    ],
)
def test_a_secret_is_known_by_its_place(text: str) -> None:
    cut = Secrets().cut(text)
    assert SECRET not in cut
    assert CUT in cut
    assert Secrets().cut(cut) == cut


@pytest.mark.parametrize(
    "text", ["http://h/network/x", "a token of trust", "person", "3 tokens: a, b", "eJx/net/ab0+9"]
)
def test_a_text_without_a_secret_stays(text: str) -> None:
    assert Secrets().cut(text) == text


@pytest.mark.parametrize(
    "key", ["api_token", "apiToken", "x-api-key", "Authorization", "token", "session_token", "cookie"]
)
def test_a_secret_is_known_by_its_key(key: str) -> None:
    cut = Secrets().cut_json({"state": [{key: SECRET, "n": 1.50}], "null": {key: None}})
    assert cut == {"state": [{key: CUT, "n": 1.5}], "null": {key: None}}


def test_what_was_learnt_from_a_body_is_cut_everywhere() -> None:
    secrets = Secrets()
    secrets.learn_json({"context": [{"apiToken": SECRET}]})
    assert secrets.cut_json({f"for {SECRET}": f"it was {SECRET}!"}) == {f"for {CUT}": f"it was {CUT}!"}


def test_what_was_learnt_from_headers_is_cut_everywhere() -> None:
    secrets = Secrets()
    secrets.learn_headers({"X-Task-Api-Token": "first-token", "Authorization": "Bearer second-token",
                           "Cookie": "a=third-token; b=fourth-token", "Accept": "fifth-token"})  # fmt: skip
    told = "first-token second-token third-token fourth-token fifth-token"
    assert secrets.cut(told) == f"{CUT} {CUT} {CUT} {CUT} fifth-token"


def test_what_was_learnt_from_a_url_is_cut_everywhere() -> None:
    secrets = Secrets()
    secrets.learn_url("http://h/net/one-token/get?token=two-token&x=three-token")
    assert secrets.cut("one-token two-token three-token") == f"{CUT} {CUT} three-token"


def test_a_short_secret_is_cut_as_a_word_and_a_shorter_one_where_it_stands_only() -> None:
    secrets = Secrets(["horse", "abc"])
    assert secrets.cut("a horse, horses, abc") == f"a {CUT}, horses, abc"
    assert secrets.cut_json({"token": "abc"}) == {"token": CUT}


def test_the_longer_of_two_secrets_is_cut_whole() -> None:
    assert Secrets(["long-secret", "long-secret-and-more"]).cut("long-secret-and-more") == CUT


def test_a_mask_keeps_what_looks_like_a_url() -> None:
    mask = "eJzrDPBz5+WS4mJgYOD1" + "/net/" + "AbC+9w=="
    assert Secrets().cut(mask) == mask


def test_environment_and_address_tell_secrets_from_the_start() -> None:
    secrets = known_secrets(
        {"API_TOKEN": "from-the-environment", "HOME": "/somewhere"}, "http://me:pass-word@h/net/in-the-path"
    )
    assert secrets.cut("from-the-environment in-the-path pass-word /somewhere") == f"{CUT} {CUT} {CUT} /somewhere"


def test_bytes_with_a_known_secret_are_found() -> None:
    secrets = Secrets([SECRET])
    assert secrets.within(b"\xff\x00" + SECRET.encode())
    assert not secrets.within(b"\xff\x00")


def test_lines_of_the_log_bear_no_secret_and_no_traceback_does() -> None:
    written = io.StringIO()
    log = logging.Logger("apart")
    log.addHandler(cut_log(written, {"API_TOKEN": SECRET}))
    try:
        raise ValueError(f"token {SECRET}")
    except ValueError:
        log.exception("asked at /net/another-secret-one/x with %s", SECRET)
    assert SECRET not in written.getvalue()
    assert "another-secret" not in written.getvalue()
    assert written.getvalue().startswith("ERROR apart: asked at /net/***/x with ***\nTraceback")
