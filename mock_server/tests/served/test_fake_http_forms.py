"""Forms over HTTP: what the official clients send, and everything that may be wrong with one."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server import Limits

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller, Start

    Refused = Callable[[Response, int], str]
    Png = Callable[..., bytes]

FILE = 'Content-Disposition: form-data; name="files"; filename="a.jpg"'
SETTINGS = 'Content-Disposition: form-data; name="settings"'
STATE = 'Content-Disposition: form-data; name="state"'
ROUTES = ["inference_image", "inference_batch", "inference_batch_async"]
HORSE = b'{"settings": {"classes": ["horse"]}}'
NAMES = Callable[["Response"], list[str]]


@pytest.fixture
def names() -> NAMES:
    """Classes of the objects of an answer."""
    return lambda answer: [one["classTitle"] for one in answer.json()["annotation"]["objects"]]


@pytest.mark.parametrize("settings", [None, b"", b"  ", b"{}", b'{"settings": {}}', b'{"settings": null}'])
def test_no_settings_in_any_form_mean_the_defaults(
    fake: Caller, rider: bytes, names: NAMES, settings: bytes | None
) -> None:
    parts = [(FILE, rider), *([] if settings is None else [(SETTINGS, settings)])]
    assert names(fake.form(*parts)) == ["person", "horse"]


@pytest.mark.parametrize(
    ("state", "settings", "expected"),
    [
        (HORSE, b"{}", ["horse"]),
        (b"{}", HORSE, ["horse"]),
        (b"", HORSE, ["horse"]),
        (b'{"settings": {}}', HORSE, ["person", "horse"]),
    ],
)
def test_the_part_state_wins_unless_it_is_empty(
    fake: Caller, rider: bytes, names: NAMES, state: bytes, settings: bytes, expected: list[str]
) -> None:
    assert names(fake.form((FILE, rider), (SETTINGS, settings), (STATE, state))) == expected


def test_settings_may_stand_before_the_files(fake: Caller, rider: bytes, names: NAMES) -> None:
    assert names(fake.form((SETTINGS, HORSE), (FILE, rider))) == ["horse"]


def test_a_batch_keeps_its_order_also_under_equal_names(
    fake: Caller, png: Png, caplog: pytest.LogCaptureFixture
) -> None:
    sizes = [(20, 10), (30, 10), (20, 10)]
    answer = fake.upload("inference_batch", *(png(*size) for size in sizes), names=("same.png",) * 3).json()
    assert [(one["annotation"]["size"]["width"], 10) for one in answer] == sizes
    assert "equal-names" in caplog.text


def test_a_batch_job_keeps_its_order(fake: Caller, png: Png) -> None:
    answer = fake.upload("inference_batch_async", *(png(width) for width in (20, 30, 25)))
    assert answer.json().keys() == {"inference_request_uuid"}
    fake.clock.advance(60)
    found = fake.poll("pop_inference_results", answer.json()["inference_request_uuid"])["pending_results"]
    assert [one["annotation"]["size"]["width"] for one in found] == [20, 30, 25]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP"])
def test_every_usual_kind_of_picture_is_read(fake: Caller, png: Png, kind: str) -> None:
    found = fake.upload("inference_image", png(64, 32, kind=kind), names=("x.bin",)).json()
    assert found["annotation"]["size"] == {"height": 32, "width": 64}


@pytest.mark.parametrize("route", [*ROUTES, "inference_video_async"])
def test_no_file_is_422(fake: Caller, refused: Refused, route: str) -> None:
    for answer in (
        fake.upload(route),
        fake.form((FILE.replace("files", "file"), b"x"), route=route),
        fake.text(route, "{}"),
        fake.text(route, b"", "text/plain"),
    ):
        assert "files is missing" in refused(answer, 422)


@pytest.mark.parametrize("route", [*ROUTES, "inference_video_async"])
def test_a_part_without_a_file_name_is_422_and_not_echoed(
    fake: Caller, refused: Refused, rider: bytes, route: str
) -> None:
    text = refused(fake.form((FILE.partition("; filename")[0], rider), route=route), 422)
    assert "filename=" in text
    assert len(text) < 200


@pytest.mark.parametrize("route", ["inference_image", "inference_video_async"])
def test_two_files_where_one_is_expected_are_400(fake: Caller, refused: Refused, rider: bytes, route: str) -> None:
    assert "Only one file expected but got 2" in refused(fake.upload(route, rider, rider), 400)


@pytest.mark.parametrize(
    "settings",
    [b"{", b"conf_thres: 0.5", b"\xff\xfe{", b'{"settings": NaN}', b"[" * 5000, b'{"a":' * 70 + b"1" + b"}" * 70],
)  # fmt: skip
@pytest.mark.parametrize("part", [SETTINGS, STATE])
def test_settings_that_are_not_json_are_400(
    fake: Caller, refused: Refused, rider: bytes, part: str, settings: bytes
) -> None:
    text = refused(fake.form((FILE, rider), (part, settings)), 400)
    assert "Cannot decode settings" in text
    assert ("form part state" if part is STATE else "form part settings") in text


@pytest.mark.parametrize("settings", ["[]", "null", '"x"', "7", '{"settings": []}', '{"settings": "conf_thres"}'])
def test_settings_that_are_no_object_are_400(fake: Caller, refused: Refused, rider: bytes, settings: str) -> None:
    assert "send" in refused(fake.form((FILE, rider), (SETTINGS, settings.encode())), 400)


def test_a_batch_over_the_models_size_is_400(fake: Caller, refused: Refused, png: Png) -> None:
    served = fake.server.fake
    small = served.root_model
    assert small is not None
    served.add_model("small", small.spec._replace(max_batch_size=2), small.world)
    for route in ("inference_batch", "inference_batch_async"):
        text = refused(fake.upload(f"/net/small/{route}", png(), png(), png()), 400)
        assert "Batch size should be less than or equal to 2" in text
    assert fake.upload("/net/small/inference_batch", png(), png()).status_code == 200


def test_a_batch_size_that_is_asked_for_over_the_models_is_400(fake: Caller, refused: Refused, png: Png) -> None:
    small = fake.server.fake.models[fake.server.session_token]
    fake.server.fake.add_model("small", small.spec._replace(max_batch_size=2), small.world)
    assert "batch_size" in refused(fake.upload("/net/small/inference_batch", png(), batch_size=3), 400)
    assert fake.upload("/net/small/inference_batch", png(), batch_size=2).status_code == 200
    asked = fake.post("/net/small/inference_batch_ids", batch_ids=[171250], batch_size=3)
    assert "at most 2" in refused(asked, 400)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("spoil", ["empty", "text", "truncated"])
def test_what_is_no_whole_picture_is_400_unsupported_format(
    fake: Caller, refused: Refused, rider: bytes, route: str, spoil: str
) -> None:
    content = {"empty": b"", "text": b"not a picture", "truncated": rider[: len(rider) // 2]}[spoil]
    text = refused(fake.upload(route, content, names=("holiday.jpg",)), 400)
    assert "unsupported format" in text
    assert "'holiday.jpg'" in text


def test_one_bad_picture_refuses_the_whole_batch(fake: Caller, refused: Refused, png: Png) -> None:
    assert "'1.jpg'" in refused(fake.upload("inference_batch", png(), b"bad", png()), 400)


def test_a_picture_over_the_pixel_limit_is_400(start: Start, refused: Refused, png: Png) -> None:
    fake = start(limits=Limits(pixels=1000))
    assert "40 x 30 pixels" in refused(fake.upload("inference_image", png(40, 30)), 400)
    assert fake.upload("inference_image", png(40, 25)).status_code == 200


def test_a_body_over_the_limit_is_413_before_it_is_read(start: Start, refused: Refused) -> None:
    fake = start(limits=Limits(body_bytes=10_000))
    assert "10,000" in refused(fake.upload("inference_image", b"x" * 10_001), 413)
    head = "POST /inference_image HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=XX\r\n"
    with socket.create_connection((fake.server.host, fake.server.port), timeout=20) as connection:
        connection.sendall(f"{head}Content-Length: {10**12}\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_body_over_the_limit_is_413_when_it_comes_in_chunks(start: Start, refused: Refused) -> None:
    fake = start(limits=Limits(body_bytes=100_000))

    def chunks() -> Iterator[bytes]:
        yield f"--XX\r\n{FILE}\r\n\r\n".encode()
        yield from (b"x" * 10_000 for _ in range(50))
        yield b"\r\n--XX--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=XX"}
    assert "100,000" in refused(fake.send("POST", "inference_image", data=chunks(), headers=headers), 413)


def test_all_parts_share_one_limit_of_bytes(start: Start, refused: Refused) -> None:
    fake = start(limits=Limits(body_bytes=10_000))
    headers = {"Content-Type": "multipart/form-data; boundary=XX"}
    for head in (FILE, SETTINGS):
        whole = f"--XX\r\n{head}\r\n\r\n".encode() + b" " * 6000 + b"\r\n"
        chunks = iter([whole, whole, b"--XX--\r\n"])
        assert refused(fake.send("POST", "inference_batch", data=chunks, headers=headers), 413)


def test_a_settings_part_over_the_limit_is_413(start: Start, refused: Refused, png: Png) -> None:
    fake = start(limits=Limits(json_bytes=1000))
    assert "1,000" in refused(fake.form((FILE, png()), (SETTINGS, b" " * 1001)), 413)


@pytest.mark.parametrize("route", ["inference_batch", "inference_batch_async"])
def test_a_thousand_files_are_answered_and_one_more_is_400(
    fake: Caller, refused: Refused, png: Png, route: str
) -> None:
    one = (FILE, png(2, 2))
    assert fake.form(*[one] * 1000, route=route).status_code == 200
    assert "Maximum number of files is 1000" in refused(fake.form(*[one] * 1001, route=route), 400)


@pytest.mark.parametrize("name", ["settings", "x", ""])
def test_endless_other_parts_are_400_also_when_they_are_empty_and_of_one_name(
    fake: Caller, refused: Refused, png: Png, name: str
) -> None:
    other = (f'Content-Disposition: form-data; name="{name}"', b"")
    assert "1000 parts" in refused(fake.form((FILE, png()), *[other] * 1001), 400)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "multipart/form-data"},
        {"Content-Type": "multipart/form-data; boundary=YY"},
        {"Content-Type": "multipart/form-data; boundary=" + "Y" * 100},
        {"Content-Type": "multipart/form-data; boundary="},
    ],
)
def test_a_bad_boundary_is_400(fake: Caller, refused: Refused, png: Png, headers: dict[str, str]) -> None:
    assert "form is malformed" in refused(fake.form((FILE, png()), headers=headers), 400)


@pytest.mark.parametrize("end", [b"", b"--XX", b"--XX\r\n", f"--XX\r\n{FILE[:20]}".encode(), b"--XX\r\n\r\n"])
def test_a_form_without_its_end_is_400(fake: Caller, refused: Refused, png: Png, end: bytes) -> None:
    assert refused(fake.form((FILE, png()), end=end), 400)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("Content-Type: multipart/mixed; boundary=ZZ", 400),
        (f"{FILE}\r\nContent-Encoding: gzip", 400),
        ("no colon in this line", 400),
        (f"{FILE}\r\nX: " + "y" * 20_000, 400),
        (FILE.replace("a.jpg", "a\x00b.jpg"), 400),
        ("X: y", 422),
    ],
)
def test_a_part_with_bad_headers_is_refused(fake: Caller, refused: Refused, png: Png, head: str, status: int) -> None:
    assert refused(fake.form((head, png())), status)


def test_a_part_with_two_thousand_headers_is_refused(fake: Caller, png: Png) -> None:
    # aiohttp bounds their number since 3.13; before, the part is one without a name.
    assert fake.form(("\r\n".join(f"X{at}: y" for at in range(2000)), png())).status_code in (400, 422)


@pytest.mark.parametrize("rest", [";;;", "form-data; name=\"files\"; filename*=bogus''a%ff.jpg", "attachment"])
def test_a_content_disposition_that_says_nothing_is_refused(fake: Caller, png: Png, rest: str) -> None:
    # 400 where the program makes errors of warnings, as these tests do, since aiohttp warns of it.
    assert fake.form((f"Content-Disposition: {rest}", png())).status_code in (400, 422)


@pytest.mark.parametrize(
    "name",
    ["n" * 5000, "../../etc/passwd", "C:\\x.jpg", "\\r\\nX-Evil: 1", "%0d%0aX-Evil: 1", "a;b=c", "\xff\xfe",
     "\ud55c.jpg"],
)  # fmt: skip
def test_a_file_name_of_any_kind_is_quoted_in_a_refusal_and_nowhere_else(
    fake: Caller, refused: Refused, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    answer = fake.upload("inference_image", b"bad", names=(name,))
    text = refused(answer, 400)
    assert len(text) < 400
    assert "X-Evil" not in answer.headers
    assert not [one for one in caplog.records if "\r" in one.getMessage() or "\n" in one.getMessage()]


@pytest.mark.parametrize("value", [{"\ud800": 1}, {"conf_thres": 0.5, "x": "\udfff"}, {"classes": ["\ud800"]}])
def test_lone_surrogates_in_settings_are_carried(fake: Caller, png: Png, value: dict[str, Any]) -> None:
    assert fake.form((FILE, png()), (SETTINGS, json.dumps({"settings": value}).encode())).status_code == 200
    job = fake.form((FILE, png()), (SETTINGS, json.dumps({"settings": value}).encode()), route="inference_batch_async")
    assert job.status_code == 200


def test_a_refused_picture_warns_that_real_servers_answer_500(fake: Caller, caplog: pytest.LogCaptureFixture) -> None:
    fake.upload("inference_image", b"bad")
    fake.upload("inference_image", b"worse")
    warned = [one for one in caplog.records if "picture-refused" in one.getMessage()]
    assert [one.levelno for one in warned] == [logging.WARNING]
