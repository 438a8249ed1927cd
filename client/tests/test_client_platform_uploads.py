"""Images on their way to the platform."""

from __future__ import annotations

import json
import socketserver
import threading
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble import (
    AnswerLost,
    Api,
    BadAnswer,
    BadArgument,
    BadImage,
    CreateUncertain,
    HttpTransport,
    NameTaken,
    NotFound,
    Refused,
    ServerFailed,
    UploadFailed,
)
from modeldouble.platform import uploads

from .little_platform import TOKEN, LittlePlatform, connect, sha

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Reply, RoughServer


@pytest.fixture
def platform(rough: RoughServer, reply: type[Reply]) -> LittlePlatform:
    return LittlePlatform(rough, reply)


@pytest.fixture
def api(rough: RoughServer, platform: LittlePlatform) -> Iterator[Api]:
    made = connect(rough)
    yield made
    made.close()


def routes(platform: LittlePlatform) -> list[str]:
    return [route.removeprefix("images.") for route in platform.rough.routes()]


def test_a_file_is_stored_and_gets_its_name(platform: LittlePlatform, api: Api, tmp_path: Path) -> None:
    content = bytes(range(256)) * 1000
    (tmp_path / "x.jpg").write_bytes(content)
    info = api.image.upload_path(7, "ört 1.jpg", tmp_path / "x.jpg")
    assert routes(platform) == ["internal.hashes.list", "bulk.upload", "bulk.add"]
    assert (info.name, info.dataset_id, info.hash) == ("ört 1.jpg", 7, sha(content))
    assert platform.blobs[sha(content)] == content
    flags = {"forceMetadataForLinks": True, "skipValidation": False}
    images = [{"title": "ört 1.jpg", "hash": sha(content)}]
    assert platform.bodies("images.bulk.add") == [{"datasetId": 7, "images": images, **flags}]


def test_the_form_is_that_of_the_official_client(platform: LittlePlatform, api: Api) -> None:
    api.image.upload_bytes(7, "x.jpg", b"abc")
    head = platform.rough.last("images.bulk.upload").body.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    assert head == [b'Content-Disposition: form-data; name="0-file"; filename="0"', b"Content-Type: image/*"]


def test_what_is_there_is_not_sent_again(platform: LittlePlatform, api: Api) -> None:
    api.image.upload_bytes(7, "a.jpg", b"same")
    api.image.upload_bytes(7, "b.jpg", b"same")
    assert routes(platform).count("bulk.upload") == 1
    assert [one.name for one in api.image.get_list(7)] == ["a.jpg", "b.jpg"]


def test_files_go_fifty_at_a_time_each_content_once(platform: LittlePlatform, api: Api, tmp_path: Path) -> None:
    names = [f"{index}.jpg" for index in range(120)]
    for index, name in enumerate(names):
        (tmp_path / name).write_bytes(b"%d" % (index // 2))
    seen: list[int] = []
    infos = api.image.upload_paths(7, names, [tmp_path / name for name in names], progress_cb=seen.append)
    assert [info.name for info in infos] == names
    assert [len(body["images"]) for body in platform.bodies("images.bulk.add")] == seen == [50, 50, 20]
    assert len(platform.blobs) == 60
    assert platform.rough.last("images.bulk.upload").body.count(b"Content-Type: image/*") == 10


def test_a_request_stays_below_32_mebibytes() -> None:
    pieces = [uploads.Piece(str(size), b"", size << 20, str(size)) for size in (20, 10, 5, 40, 1)]
    assert [[int(one.name) for one in portion] for portion in uploads._portions(pieces)] == [[20, 10], [5], [40], [1]]


def test_a_taken_name_is_told_with_its_id(platform: LittlePlatform, api: Api) -> None:
    there = api.image.upload_bytes(7, "a.jpg", b"one")
    with pytest.raises(NameTaken, match=r"a\.jpg") as caught:
        api.image.upload_bytes(7, "a.jpg", b"two")
    assert (caught.value.name, caught.value.id, caught.value.status) == ("a.jpg", there.id, 400)


@pytest.mark.parametrize("details", [{"type": "NONUNIQUE"}, [{"type": "NONUNIQUE", "errors": None}]])
def test_a_conflict_may_be_told_in_other_ways(
    platform: LittlePlatform, api: Api, reply: type[Reply], details: Any
) -> None:
    platform.first("images.bulk.add", reply({"error": "no", "details": details}, 409))
    with pytest.raises(NameTaken) as caught:
        api.image.upload_bytes(7, "a.jpg", b"one")
    assert (caught.value.id, caught.value.status) == (None, 409)


@pytest.mark.parametrize("body", [{"error": "no"}, {"error": "no", "details": {"type": "OTHER"}}, "no", [1]])
def test_another_refusal_is_no_conflict(platform: LittlePlatform, api: Api, reply: type[Reply], body: Any) -> None:
    platform.first("images.bulk.add", reply(body, 400))
    with pytest.raises(Refused) as caught:
        api.image.upload_bytes(7, "a.jpg", b"one")
    assert type(caught.value) is Refused


@pytest.mark.parametrize("answer", [[{"hash": "other"}], [{"errors": ["not an image"]}], ["x"], [None]])
def test_other_bytes_than_ours_are_an_error(
    platform: LittlePlatform, api: Api, reply: type[Reply], answer: Any
) -> None:
    platform.first("images.bulk.upload", reply(answer))
    with pytest.raises(UploadFailed, match=r"'a\.jpg'") as caught:
        api.image.upload_bytes(7, "a.jpg", b"one")
    assert caught.value.names == ("a.jpg",)
    assert "bulk.add" not in routes(platform)


def test_the_reason_of_the_platform_is_told(platform: LittlePlatform, api: Api, reply: type[Reply]) -> None:
    platform.first("images.bulk.upload", reply([{"errors": ["not an image"]}]))
    with pytest.raises(UploadFailed, match="not an image"):
        api.image.upload_bytes(7, "a.jpg", b"one")


def test_an_image_added_with_another_hash_is_an_error(platform: LittlePlatform, api: Api, reply: type[Reply]) -> None:
    platform.first("images.bulk.add", reply([{"id": 1, "name": "a.jpg", "hash": "other"}]))
    with pytest.raises(UploadFailed):
        api.image.upload_bytes(7, "a.jpg", b"one")


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("internal.hashes.list", {}),
        ("internal.hashes.list", [1]),
        ("bulk.upload", []),
        ("bulk.upload", {"hash": "x"}),
    ],
)
def test_answers_that_break_the_protocol(
    platform: LittlePlatform, api: Api, reply: type[Reply], method: str, answer: Any
) -> None:
    platform.first(f"images.{method}", reply(answer))
    with pytest.raises(BadAnswer, match=method):
        api.image.upload_bytes(7, "a.jpg", b"one")


def test_a_failing_upload_is_sent_again_with_its_bytes(
    platform: LittlePlatform, api: Api, reply: type[Reply], tmp_path: Path
) -> None:
    (tmp_path / "x.jpg").write_bytes(b"content")
    platform.first("images.bulk.upload", reply({}, 500), reply({}, way="lost"))
    assert api.image.upload_path(7, "x.jpg", tmp_path / "x.jpg").hash == sha(b"content")
    assert routes(platform).count("bulk.upload") == 3


def test_a_lost_answer_is_looked_up_and_nothing_is_added_twice(platform: LittlePlatform, api: Api) -> None:
    platform.loses("images.bulk.add")
    info = api.image.upload_bytes(7, "a.jpg", b"one")
    assert platform.kept["images"][info.id]["name"] == "a.jpg"
    assert routes(platform) == ["internal.hashes.list", "bulk.upload", "bulk.add", "list"]
    assert platform.bodies("images.list")[0]["filter"] == [{"field": "name", "operator": "in", "value": ["a.jpg"]}]


@pytest.mark.parametrize(("status", "way"), [(200, "lost"), (502, "whole"), (200, "cut")])
def test_an_addition_that_cannot_be_found_is_uncertain(
    platform: LittlePlatform, api: Api, reply: type[Reply], status: int, way: str
) -> None:
    platform.put_image(7, b"other bytes", name="a.jpg")
    platform.first("images.bulk.add", reply([{}], status, way=way))
    with pytest.raises(CreateUncertain, match="get_list") as caught:
        api.image.upload_bytes(7, "a.jpg", b"one")
    assert (caught.value.what, caught.value.names) == ("image", ("a.jpg",))
    assert routes(platform).count("bulk.add") == 1


def test_nor_when_the_look_up_fails_too(platform: LittlePlatform, api: Api, reply: type[Reply]) -> None:
    platform.loses("images.bulk.add")
    platform.rough.on("images.list", reply({}, 404))
    with pytest.raises(CreateUncertain):
        api.image.upload_bytes(7, "a.jpg", b"one")


@pytest.mark.parametrize(("status", "error"), [(501, ServerFailed), (429, ServerFailed), (404, NotFound)])
def test_what_was_not_done_for_certain_is_told_as_it_is(
    platform: LittlePlatform, api: Api, reply: type[Reply], status: int, error: type[Exception]
) -> None:
    platform.rough.on("images.bulk.add", reply({"error": "no"}, status))
    with pytest.raises(error):
        api.image.upload_bytes(7, "a.jpg", b"one")
    assert "list" not in routes(platform)


def test_429_comes_before_any_work_so_it_is_repeated(platform: LittlePlatform, api: Api, reply: type[Reply]) -> None:
    platform.first("images.bulk.add", reply({}, 429))
    assert api.image.upload_bytes(7, "a.jpg", b"one").name == "a.jpg"


def test_a_file_that_shrinks_meanwhile_adds_nothing(platform: LittlePlatform, api: Api, tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(b"x" * 300_000)
    usual = platform.usual["images.internal.hashes.list"]
    platform.rough.on("images.internal.hashes.list", lambda request: (path.write_bytes(b"short"), usual(request))[1])
    with pytest.raises(BadImage, match="shorter"):
        api.image.upload_path(7, "x.jpg", path)
    assert (platform.blobs, platform.kept["images"]) == ({}, {})


def test_a_connection_cut_in_mid_upload(tmp_path: Path) -> None:
    class Cutting(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if b"hashes" in self.rfile.readline():
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]")

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Cutting)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    transport = HttpTransport(sleep=lambda seconds: None)
    api = Api(f"http://127.0.0.1:{server.server_address[1]}", TOKEN, transport=transport)
    with pytest.raises(AnswerLost):
        api.image.upload_bytes(7, "x.jpg", b"x" * 5_000_000)
    api.close()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\0b", None, 3])
def test_names_that_cannot_be_one_are_refused_at_once(platform: LittlePlatform, api: Api, name: Any) -> None:
    with pytest.raises(BadArgument, match="give a name"):
        api.image.upload_bytes(7, name, b"x")
    assert platform.rough.received == []


@pytest.mark.parametrize("name", ["../../x.jpg", "a/b.jpg", "n" * 300, "日本 🍊.jpg", 'quo"te.jpg'])
def test_unusual_names_travel_unchanged(platform: LittlePlatform, api: Api, name: str) -> None:
    assert api.image.upload_bytes(7, name, b"x").name == name
    assert json.loads(platform.rough.last("images.bulk.add").body)["images"][0]["title"] == name


def test_bad_files_are_refused_before_anything_is_sent(platform: LittlePlatform, api: Api, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for path in (tmp_path / "none", tmp_path, tmp_path / "empty"):
        with pytest.raises(BadImage, match="path"):
            api.image.upload_path(7, "x.jpg", path)
    bad: Any
    for bad in (b"", "text", None):
        with pytest.raises(BadImage, match="content"):
            api.image.upload_bytes(7, "x.jpg", bad)
    with pytest.raises(BadArgument, match="more than once"):
        api.image.upload_paths(7, ["a", "a"], [__file__, __file__])
    with pytest.raises(BadArgument, match="as many"):
        api.image.upload_paths(7, ["a"], [])
    assert platform.rough.received == []
