"""Contents and pictures: uploaded once, added by hash, downloaded in one form."""

from __future__ import annotations

import base64
import hashlib
import socket
from collections.abc import Callable
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.limits import Limits

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller, Start

    Refused = Callable[[Response, int], str]
    Png = Callable[..., bytes]


UPLOAD, ADD, HASHES = "images.bulk.upload", "images.bulk.add", "images.internal.hashes.list"


def hash_of(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def parts(answer: Response) -> dict[str, bytes]:
    """Parts of a form by name, read by a foreign parser."""
    message = message_from_bytes(f"Content-Type: {answer.headers['Content-Type']}\r\n\r\n".encode() + answer.content)
    found: dict[str, bytes] = {}
    for part in message.get_payload():
        content: Any = part.get_payload(decode=True)  # type: ignore[union-attr]
        found[str(part.get_param("name", header="content-disposition"))] = content  # type: ignore[union-attr]
    return found


def send(fake: Caller, *contents: bytes) -> Response:
    return fake.platform(UPLOAD, files=[(f"{at}-file", (str(at), one, "image/*")) for at, one in enumerate(contents)])


def known(fake: Caller, *contents: bytes) -> list[bool]:
    asked = [hash_of(one) for one in contents]
    found = fake.platform(HASHES, asked).json()
    return [one in found for one in asked]


def test_uploads_answer_the_platforms_hashes_in_order(fake: Caller, png: Png) -> None:
    contents = [png(color=at) for at in range(3)]
    assert send(fake, *contents).json() == [{"hash": hash_of(one)} for one in contents]
    assert known(fake, *contents, png(color=9)) == [True, True, True, False]


def test_what_the_world_has_already_is_known(fake: Caller, rider: bytes) -> None:
    assert known(fake, rider) == [True]


@pytest.mark.parametrize("name", ["a.png", "ünï cödé 日本.png", "a b;\"c'.png", "x" * 251 + ".png"])
def test_bytes_come_back_identical_by_every_way(fake: Caller, png: Png, name: str) -> None:
    dataset, content = fake.dataset(), png(50, 60)
    [image_id] = fake.put(dataset, content, names=[name])
    info = fake.tell("images.info", id=image_id)
    assert (info["name"], info["hash"], info["width"], info["height"]) == (name, hash_of(content), 50, 60)
    assert fake.platform("images.download", {"id": image_id}).content == content
    form = fake.platform("images.bulk.download", {"datasetId": dataset["id"], "imageIds": [image_id]})
    assert parts(form) == {str(image_id): content}
    assert fake.http.get(info["fullStorageUrl"]).content == content


def test_a_form_has_files_and_contents_together(fake: Caller, rider: bytes, png: Png) -> None:
    dataset = fake.dataset()
    images = [{"title": "r.jpg", "hash": hash_of(rider)}, {"title": "o.png", **send(fake, png()).json()[0]}]
    added = [one["id"] for one in fake.tell(ADD, datasetId=dataset["id"], images=images)]
    form = fake.platform("images.bulk.download", {"datasetId": dataset["id"], "imageIds": added[::-1]})
    assert list(parts(form).items()) == [(str(added[1]), png()), (str(added[0]), rider)]


def test_the_same_content_twice_is_held_once(fake: Caller, png: Png) -> None:
    ids = fake.put(fake.dataset(), png(), png())
    assert fake.server.call(fake.server.fake.blobs.size()) == len(png())
    assert len({*ids}) == 2


def test_a_form_that_is_cut_off_leaves_nothing(fake: Caller, png: Png) -> None:
    head = 'Content-Disposition: form-data; name="0-file"; filename="0"'
    whole = (
        b"--XX\r\n" + head.encode() + b"\r\n\r\n" + png() + b"\r\n--XX\r\n" + head.encode() + b"\r\n\r\n" + png()[:9]
    )
    answer = fake.platform(UPLOAD, data=whole, headers={"Content-Type": "multipart/form-data; boundary=XX"})
    assert answer.status_code == 400
    assert (known(fake, png()), fake.server.call(fake.server.fake.blobs.size())) == ([False], 0)


def test_a_caller_that_leaves_in_the_middle_leaves_nothing(fake: Caller, png: Png) -> None:
    head = f"POST /public/api/v3/{UPLOAD} HTTP/1.1\r\nHost: a\r\nx-api-key: {fake.server.api_token}\r\n"
    more = "Content-Type: multipart/form-data; boundary=XX\r\nContent-Length: 9999\r\n\r\n--XX\r\n"
    part = 'Content-Disposition: form-data; name="0-file"; filename="0"\r\n\r\n'
    with socket.create_connection((fake.server.host, fake.server.port)) as connection:
        connection.sendall((head + more + part).encode() + png() + b"\r\n--XX\r\n")
    assert (known(fake, png()), fake.server.call(fake.server.fake.blobs.size())) == ([False], 0)


@pytest.mark.parametrize("bad", [b"", b"text", b"\x89PNG\r\n\x1a\n"])
def test_a_file_that_is_no_picture_refuses_all(fake: Caller, refused: Refused, png: Png, bad: bytes) -> None:
    assert "file 1" in refused(send(fake, png(), bad), 400)
    assert known(fake, png()) == [False]


def test_uploads_are_bounded_in_all(start: Start, refused: Refused, png: Png) -> None:
    fake = start(limits=Limits(held_bytes=len(png()) + 10))
    assert send(fake, png()).status_code == 200
    assert "at most" in refused(send(fake, png(color=5)), 413)
    assert send(fake, png()).status_code == 200


def test_parts_of_a_form_are_bounded(start: Start, refused: Refused, png: Png) -> None:
    fake = start(limits=Limits(batch=2))
    assert "more than 2" in refused(send(fake, png(), png(), png()), 400)


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/mixed; boundary=XX", "application/json", ""])
def test_an_upload_that_is_no_form_is_400(fake: Caller, refused: Refused, kind: str) -> None:
    assert refused(fake.platform(UPLOAD, data=b"{}", headers={"Content-Type": kind}), 400)


def test_a_form_where_json_belongs_is_400(fake: Caller, refused: Refused, png: Png) -> None:
    assert "application/json" in refused(fake.platform("images.info", files={"id": ("1", png())}), 400)


@pytest.mark.parametrize("body", [{}, "x", [7], ["x"], ["é" * 44], [hash_of(b"x")[:-2]], None], ids=str)
def test_hashes_that_are_none_are_400(fake: Caller, refused: Refused, body: object) -> None:
    assert refused(fake.platform(HASHES, json=body), 400)


def test_no_hashes_are_none(fake: Caller) -> None:
    assert fake.platform(HASHES, []).json() == []


def test_a_taken_title_is_nonunique_and_adds_nothing(fake: Caller, png: Png) -> None:
    dataset = fake.dataset()
    [old] = fake.put(dataset, png(), names=["a.png"])
    images = [{"title": name, "hash": hash_of(png())} for name in ("b.png", "a.png")]
    answer = fake.platform(ADD, {"datasetId": dataset["id"], "images": images})
    [detail] = answer.json()["details"]
    assert (answer.status_code, detail["type"]) == (400, "NONUNIQUE")
    assert detail["errors"] == [{"name": "a.png", "id": old}]
    assert fake.tell("datasets.info", id=dataset["id"])["itemsCount"] == 1
    assert len(fake.tell(ADD, datasetId=dataset["id"], images=images[:1])) == 1


def test_a_title_is_taken_in_its_own_dataset_only(fake: Caller, png: Png) -> None:
    first = fake.dataset()
    second = fake.tell("datasets.add", projectId=first["projectId"], name="other")
    assert len({*fake.put(first, png()), *fake.put(second, png())}) == 2


def test_an_image_is_copied_by_its_id(fake: Caller, rider: bytes) -> None:
    dataset = fake.dataset()
    images = [{"title": "copy.jpg", "imageId": 171250, "meta": {"a": 1}}, {"imageId": 171250}]
    first, second = fake.tell(ADD, datasetId=dataset["id"], images=images)
    assert (first["name"], second["name"], first["meta"]) == ("copy.jpg", "171250.jpg", {"a": 1})
    assert fake.platform("images.download", {"id": first["id"]}).content == rider


@pytest.mark.parametrize(
    ("image", "status"),
    [
        ({"title": "../../x", "imageId": 171250}, 400),
        ({"title": "a/b.png", "imageId": 171250}, 400),
        ({"title": "x" * 300, "imageId": 171250}, 400),
        ({"imageId": 9}, 404),
        ({"imageId": "9"}, 400),
        ({"title": "a"}, 400),
        ({"title": "a", "hash": hash_of(b"never uploaded")}, 400),
        ({"title": "a", "hash": "x"}, 400),
        ({"title": "a", "imageId": 171250, "meta": 7}, 400),
        ({"title": "a", "link": "http://a.b/c.jpg"}, 501),
        (7, 400),
    ],
    ids=str,
)
def test_an_image_that_cannot_be_added_is_refused(fake: Caller, refused: Refused, image: Any, status: int) -> None:
    dataset = fake.dataset()
    good = {"title": "good.jpg", "imageId": 171250}
    text = refused(fake.platform(ADD, {"datasetId": dataset["id"], "images": [good, image]}), status)
    assert "images[1]" in text or status == 404
    assert fake.tell("datasets.info", id=dataset["id"])["itemsCount"] == 0


@pytest.mark.parametrize("images", [None, [], {}, "x"])
def test_images_that_are_no_list_are_400(fake: Caller, refused: Refused, images: object) -> None:
    assert refused(fake.platform(ADD, {"datasetId": 53001, "images": images}), 400).startswith("images is ")


@pytest.mark.parametrize(("ids", "status"), [([171250, 9], 404), ([], 400), (["x"], 400), (None, 400)])
def test_a_form_of_missing_pictures_is_refused(fake: Caller, refused: Refused, ids: object, status: int) -> None:
    assert refused(fake.platform("images.bulk.download", {"datasetId": 53001, "imageIds": ids}), status)


def test_a_form_of_another_datasets_pictures_is_404(fake: Caller, refused: Refused) -> None:
    fields = {"datasetId": fake.dataset()["id"], "imageIds": [171250]}
    assert "not in dataset" in refused(fake.platform("images.bulk.download", fields), 404)


@pytest.mark.parametrize("at", ["0" * 64, "../../x", "..%2f..%2fetc%2fpasswd", "", "x", "A" * 64, "0" * 63 + "/a"])
def test_an_address_without_content_is_404(fake: Caller, refused: Refused, at: str) -> None:
    assert "no content" in refused(fake.platform(f"storage/{at}"), 404) if ".." not in at else True
    raw = fake.raw(f"GET /public/api/v3/storage/{at} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    assert raw.startswith(b"HTTP/1.1 404")
