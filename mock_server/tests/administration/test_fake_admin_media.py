"""What there is to be looked at in a model's world, and pictures that are only looked at."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from modeldouble_server import Limits
from modeldouble_server.default_world import DATA, VIDEO_ID
from modeldouble_server.picture_file import drawn

if TYPE_CHECKING:
    from .conftest import Caller, Start

PICTURES, OCTETS = "models/1/pictures", {"Content-Type": "application/octet-stream"}


def test_the_world_has_pictures_and_a_video(fake: Caller) -> None:
    told = fake.ask("GET", "models/1/media")
    assert told["images"][0] == {"id": 171250, "name": "171250.jpg", "width": 1280, "height": 1600}
    video = {"id": VIDEO_ID, "name": "18635803.mp4", "width": 640, "height": 360, "frames": 10, "fps": 10.0}
    assert told["videos"] == [{**video, "content": True}]


def test_what_has_no_content_says_so(fake: Caller) -> None:
    added = fake.server.add_video(100, 40, 30)
    videos = {one["id"]: one["content"] for one in fake.ask("GET", "models/1/media")["videos"]}
    assert videos == {VIDEO_ID: True, added: False}
    assert "description only" in fake.refused(404, "GET", f"models/1/videos/{added}/frames/0")


def test_only_so_many_are_told(fake: Caller) -> None:
    for at in range(200):
        fake.server.add_image(drawn(f"{at}.png", (8, 8)), f"{at}.png")
    assert len(fake.ask("GET", "models/1/media")["images"]) == 200


def test_a_picture_comes_as_it_is(fake: Caller) -> None:
    answer = fake.send("GET", "models/1/images/171250")
    assert answer.content == (DATA / "world" / "171250.jpg").read_bytes()
    headers = {name: answer.headers[name] for name in ("Content-Type", "Cache-Control", "X-Content-Type-Options")}
    assert list(headers.values()) == ["image/jpeg", "no-store", "nosniff"]


def test_a_picture_that_was_added_comes_as_it_is(fake: Caller) -> None:
    content = drawn("a.png", (8, 8))
    answer = fake.send("GET", f"models/1/images/{fake.server.add_image(content)}")
    assert (answer.content, answer.headers["Content-Type"]) == (content, "image/png")


def test_a_model_has_the_pictures_of_its_own_world_only(fake: Caller) -> None:
    added = fake.server.add_image(drawn("a.png", (8, 8)))
    other = fake.ask("POST", "models", {}, 201)["id"]
    assert fake.send("GET", f"models/1/images/{added}").status_code == 200
    fake.refused(404, "GET", f"models/{other}/images/{added}")


def test_a_frame_comes_as_a_picture_of_its_own(fake: Caller) -> None:
    pytest.importorskip("av")
    frames = [fake.send("GET", f"models/1/videos/{VIDEO_ID}/frames/{at}") for at in (0, 9)]
    assert [Image.open(io.BytesIO(one.content)).size for one in frames] == [(640, 360)] * 2
    assert frames[0].content != frames[1].content


@pytest.mark.parametrize("path", [
    "images/1", "images/x", "images/-1", "videos/1/frames/0", f"videos/{VIDEO_ID}/frames/10",
    f"videos/{VIDEO_ID}/frames/x", f"videos/{VIDEO_ID}/frames/-1", f"videos/{VIDEO_ID}/frames/{'9' * 30}",
    f"images/{'9' * 30}",
])  # fmt: skip
def test_what_is_not_there_is_a_404(fake: Caller, path: str) -> None:
    fake.refused(404, "GET", f"models/1/{path}")


def test_the_facts_of_a_picture_are_told(fake: Caller) -> None:
    content = drawn("a.png", (9, 7))
    told = fake.ask("POST", f"{PICTURES}?name=street.jpg", data=content, headers=OCTETS)
    sha256 = hashlib.sha256(content).hexdigest()
    assert told == {"sha256": sha256, "width": 9, "height": 7, "name": "street.jpg", "pixels": None}


def test_a_picture_in_chunks_is_told_as_well(fake: Caller) -> None:
    content = drawn("a.png", (9, 7))
    pieces = [content[:50], content[50:]]
    told = fake.ask("POST", PICTURES, data=iter(pieces), headers=OCTETS)
    assert (told["sha256"], told["name"]) == (hashlib.sha256(content).hexdigest(), "picture")


def test_its_pixels_are_told_if_a_stub_asks_for_them(fake: Caller) -> None:
    model = fake.server.fake.models[fake.server.session_token]
    model.stubs.wants_pixels = True
    told = fake.ask("POST", PICTURES, data=drawn("a.png", (9, 7)), headers=OCTETS)
    assert isinstance(told["pixels"], str)


def test_a_picture_is_kept_nowhere(fake: Caller) -> None:
    before = fake.ask("GET", "models/1"), fake.ask("GET", "models/1/media")
    held = fake.server.fake.blobs
    size = fake.server.call(held._contents.size())
    sha256 = fake.ask("POST", PICTURES, data=drawn("a.png", (9, 7)), headers=OCTETS)["sha256"]
    assert (fake.ask("GET", "models/1"), fake.ask("GET", "models/1/media")) == before
    assert fake.server.call(held._contents.size()) == size
    assert fake.server.call(held.find(sha256)) is None


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\0" * 1000])
def test_what_is_no_picture_is_a_400(fake: Caller, content: bytes) -> None:
    assert fake.refused(400, "POST", PICTURES, data=content, headers=OCTETS)


@pytest.mark.parametrize("kind", ["image/png", "multipart/form-data; boundary=x", "text/plain", "application/json"])
def test_a_picture_of_another_content_type_is_refused(fake: Caller, kind: str) -> None:
    text = fake.refused(400, "POST", PICTURES, data=drawn("a.png", (8, 8)), headers={"Content-Type": kind})
    assert "application/octet-stream" in text


def test_too_large_a_picture_is_refused(start: Start) -> None:
    caller = start(limits=Limits(pixels=100, json_bytes=300, body_bytes=2000))
    assert "11 x 10 pixels" in caller.refused(400, "POST", PICTURES, data=drawn("a.png", (11, 10)), headers=OCTETS)
    assert "2,000" in caller.refused(413, "POST", PICTURES, data=b"x" * 2001, headers=OCTETS)
    assert "300 bytes" in caller.refused(413, "POST", PICTURES, data=iter([b"x" * 301]), headers=OCTETS)


def test_a_name_has_an_end(fake: Caller) -> None:
    fake.refused(400, "POST", f"{PICTURES}?name={'x' * 4097}", data=drawn("a.png", (8, 8)), headers=OCTETS)
    fake.refused(400, "POST", f"{PICTURES}?name=", data=drawn("a.png", (8, 8)), headers=OCTETS)


@pytest.mark.parametrize("path", [PICTURES, "models/1/looks"])
def test_a_page_of_another_site_cannot_send_one(fake: Caller, path: str) -> None:
    fake.refused(403, "POST", path, data=b"x", headers={**OCTETS, "Origin": "http://evil.example"})
    fake.refused(403, "POST", path, data=b"x", headers={**OCTETS, "Host": "evil.example"})


@pytest.mark.parametrize("path", [PICTURES, "models/1/looks"])
def test_nor_can_anyone_without_the_token(start: Start, path: str) -> None:
    start(admin_token="a-token-of-ours").refused(401, "POST", path, data=b"x", headers=OCTETS)


def test_a_frame_that_cannot_be_decoded_is_a_404(fake: Caller) -> None:
    pytest.importorskip("av")
    whole = (DATA / "world" / "18635803.mp4").read_bytes()
    world = fake.server.fake.models[fake.server.session_token].world
    video = fake.server.call(world.get("video", VIDEO_ID))
    assert video is not None
    for at, content in enumerate((whole, whole[:200], whole[: len(whole) // 2], b"no video")):
        sha256 = hashlib.sha256(content)
        fake.server.call(world.blobs.add(sha256.hexdigest(), content))
        digest = base64.b64encode(sha256.digest()).decode()
        meta = {**video["fileMeta"], "framesCount": 12}
        fake.server.call(world.add("video", {**video, "id": 100 + at, "hash": digest, "fileMeta": meta}))
        assert "cannot be decoded" in fake.refused(404, "GET", f"models/1/videos/{100 + at}/frames/11")


def test_no_page_of_another_site_can_show_what_comes_as_it_is(fake: Caller) -> None:
    answer = fake.send("GET", "models/1/images/171250")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
