"""The platform around the model: what opens it, what it lists, what it hands out."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.default_world import (
    DATA,
    IMAGES,
    PICTURES_DATASET_ID,
    PICTURES_PROJECT_ID,
    TASK_ID,
    VIDEO,
    VIDEO_ID,
    VIDEOS_DATASET_ID,
)
from modeldouble_server.platform.methods import METHODS

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller, Start

    Refused = Callable[[Response, int], str]
    Png = Callable[..., bytes]

RIDER = 171250
SINGLE = {"tasks.info": TASK_ID, "images.info": RIDER, "datasets.info": PICTURES_DATASET_ID, "videos.info": VIDEO_ID}
DOWNLOADS = {"images.download": RIDER, "videos.download": VIDEO_ID}
BY_ID = {**SINGLE, **DOWNLOADS}
LIST = "images.list"


def listed(fake: Caller, **fields: Any) -> list[int]:
    """Ids of the page that a listing gives."""
    answer = fake.platform(LIST, {"datasetId": PICTURES_DATASET_ID, **fields})
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["entities"]]


@pytest.mark.parametrize("method", [*METHODS, "no.such.method"])
@pytest.mark.parametrize("token", [None, "", "wrong", "x" * 128, "\xff"])
def test_a_missing_or_wrong_token_is_401(fake: Caller, refused: Refused, method: str, token: str | None) -> None:
    headers = {} if token is None else {"x-api-key": token.encode("latin-1")}
    answer = fake.send("POST", f"/public/api/v3/{method}", json={"id": 1}, headers=headers)
    assert "x-api-key" in refused(answer, 401)


@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_the_version_is_told_to_anybody(fake: Caller, verb: str) -> None:
    answer = fake.send(verb, "/public/api/v3/instance.version", headers={"x-api-key": "wrong"})
    assert (answer.status_code, answer.json()) == (200, {"version": "6.18.3"})


@pytest.mark.parametrize("method", ["projects.archive", "figures.bulk.remove", "", "images.info/"])
def test_a_method_that_the_fake_lacks_is_501_with_its_name_and_the_list(
    fake: Caller, refused: Refused, method: str
) -> None:
    text = refused(fake.platform(method, {}), 501)
    assert repr(method) in text
    assert all(one in text for one in METHODS)


@pytest.mark.parametrize("verb", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_verbs_are_405(fake: Caller, refused: Refused, verb: str) -> None:
    answer = fake.platform("images.info", {"id": RIDER}, verb)
    assert refused(answer, 405)
    assert answer.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("method", BY_ID)
def test_json_query_and_form_ask_the_same(fake: Caller, method: str) -> None:
    asked = BY_ID[method]
    answers = [
        fake.platform(method, {"id": asked}),
        fake.platform(method, {"id": asked}, "GET"),
        fake.platform(method, verb="GET", params={"id": asked}),
        fake.platform(method, verb="POST", params={"id": asked}),
        fake.platform(method, data={"id": str(asked)}),
        fake.platform(method, verb="GET", data={"id": str(asked)}),
    ]
    assert [answer.status_code for answer in answers] == [200] * 6
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("method", BY_ID)
@pytest.mark.parametrize("missing", [999, 0, 2**70])
def test_a_missing_id_is_404(fake: Caller, refused: Refused, method: str, missing: int) -> None:
    text = refused(fake.platform(method, {"id": missing}), 404)
    assert f"id {missing} is either archived, doesn't exist" in text


@pytest.mark.parametrize("method", BY_ID)
@pytest.mark.parametrize("bad", [None, "", "x", "-1", "1.0", 1.5, True, [], {}, "9" * 5000, "\u00b2"])
def test_an_id_that_is_none_is_400(fake: Caller, refused: Refused, method: str, bad: object) -> None:
    assert refused(fake.platform(method, {"id": bad}), 400).startswith("id is ")


@pytest.mark.parametrize("body", ["{", "[]", "null", "7", "[" * 5000, '{"id": NaN}', b"\xff"])
def test_a_body_that_is_no_json_object_is_400(fake: Caller, refused: Refused, body: str | bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert refused(fake.platform("images.info", data=body, headers=headers), 400)


def test_the_task_leads_to_the_model(fake: Caller) -> None:
    task = fake.platform("tasks.info", {"id": TASK_ID}).json()
    assert task["meta"]["sessionToken"] == fake.server.session_token
    assert (task["status"], task["meta"]["app"]["name"], task["type"]) == ("started", "Serve YOLOv5", "app")


def test_the_task_leads_to_the_model_under_a_token_of_ones_own(start: Start) -> None:
    fake = start(api_token="mine", session_token="model")
    task = fake.platform("tasks.info", {"id": TASK_ID}).json()
    assert task["meta"]["sessionToken"] == "model"


def test_an_image_has_what_the_official_client_reads(fake: Caller, rider: bytes) -> None:
    image = fake.platform("images.info", {"id": RIDER, "forceMetadataForLinks": False}).json()
    assert image["hash"] == base64.b64encode(hashlib.sha256(rider).digest()).decode()
    assert (image["width"], image["height"], image["size"]) == (1280, 1600, len(rider))
    assert (image["name"], image["mime"], image["datasetId"]) == ("171250.jpg", "image/jpeg", PICTURES_DATASET_ID)
    assert {"link", "labelsCount", "createdAt", "updatedAt", "meta", "pathOriginal", "tags"} <= image.keys()


def test_a_video_has_what_the_official_client_reads(fake: Caller) -> None:
    video = fake.platform("videos.info", {"id": VIDEO_ID}).json()
    meta = video["fileMeta"]
    assert (meta["framesCount"], meta["width"], meta["height"], meta["duration"]) == (10, 640, 360, 1.0)
    assert (len(meta["framesToTimecodes"]), video["datasetId"]) == (10, VIDEOS_DATASET_ID)
    assert isinstance(meta["size"], str)


def test_a_dataset_knows_its_project(fake: Caller) -> None:
    dataset = fake.platform("datasets.info", {"id": PICTURES_DATASET_ID}).json()
    assert (dataset["projectId"], dataset["imagesCount"]) == (PICTURES_PROJECT_ID, len(IMAGES))


@pytest.mark.parametrize("image_id", IMAGES)
def test_an_image_is_downloaded_byte_for_byte(fake: Caller, image_id: int) -> None:
    answer = fake.platform("images.download", {"id": image_id})
    assert answer.content == (DATA / "world" / IMAGES[image_id]).read_bytes()
    assert answer.headers["Content-Type"] == "image/jpeg"


def test_a_video_is_downloaded_byte_for_byte(fake: Caller) -> None:
    answer = fake.platform("videos.download", {"id": VIDEO_ID})
    assert answer.content == (DATA / "world" / VIDEO).read_bytes()
    assert answer.headers["Content-Type"] == "video/mp4"


@pytest.mark.parametrize("method", DOWNLOADS)
def test_head_and_range_do_not_break_a_download(fake: Caller, method: str) -> None:
    whole = fake.platform(method, {"id": DOWNLOADS[method]}).content
    head = fake.platform(method, verb="HEAD", params={"id": DOWNLOADS[method]})
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, str(len(whole)), b"")
    part = fake.platform(method, {"id": DOWNLOADS[method]}, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole[10:20])
    beyond = fake.platform(method, {"id": DOWNLOADS[method]}, headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416


@pytest.mark.parametrize(("kind", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_an_added_image_is_downloaded_with_the_mime_of_its_bytes(fake: Caller, png: Png, kind: str, mime: str) -> None:
    content = png(8, 8, kind=kind)
    image_id = fake.server.add_image(content, "any.name")
    answer = fake.platform("images.download", {"id": image_id})
    assert (answer.content, answer.headers["Content-Type"]) == (content, mime)
    info = fake.platform("images.info", {"id": image_id}).json()
    assert (info["mime"], info["name"], info["size"]) == (mime, "any.name", len(content))


def test_a_video_that_is_a_description_only_has_nothing_to_download(fake: Caller, refused: Refused) -> None:
    video_id = fake.server.add_video(frames=5)
    assert "no content" in refused(fake.platform("videos.download", {"id": video_id}), 404)


def test_a_list_is_one_page_with_the_four_keys(fake: Caller) -> None:
    page = fake.platform(LIST, {"datasetId": PICTURES_DATASET_ID}).json()
    assert page.keys() == {"total", "perPage", "pagesCount", "entities"}
    assert (page["total"], page["pagesCount"]) == (len(IMAGES), 1)
    assert page["entities"][0] == fake.platform("images.info", {"id": min(IMAGES)}).json()


def test_pages_give_every_entity_once(fake: Caller) -> None:
    first = fake.platform(LIST, {"datasetId": PICTURES_DATASET_ID, "per_page": 3}).json()
    assert (first["total"], first["perPage"], first["pagesCount"]) == (4, 3, 2)
    pages = [listed(fake, per_page=3, page=number) for number in (1, 2, 3, 10**9, 2**70)]
    assert pages == [sorted(IMAGES)[:3], sorted(IMAGES)[3:], [], [], []]


def test_a_page_is_ten_thousand_entities_at_most(fake: Caller) -> None:
    page = fake.platform(LIST, {"datasetId": PICTURES_DATASET_ID, "per_page": 2**70}).json()
    assert page["perPage"] == 10_000


def test_an_empty_dataset_is_an_empty_list(fake: Caller) -> None:
    page = fake.platform(LIST, {"datasetId": VIDEOS_DATASET_ID}).json()
    assert (page["total"], page["pagesCount"], page["entities"]) == (0, 0, [])


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("id", "=", RIDER, [RIDER]),
        ("id", "!=", RIDER, sorted(IMAGES)[1:]),
        ("id", "in", [RIDER, 17551750, 999], [RIDER, 17551750]),
        ("id", "!in", [RIDER], sorted(IMAGES)[1:]),
        ("id", "<", 17551750, [RIDER, 17551748]),
        ("id", "<=", 17551748, [RIDER, 17551748]),
        ("id", ">", 17551750, [17551751]),
        ("id", ">=", 17551750, [17551750, 17551751]),
        ("name", "like", "%UNSPLASH%", [17551751]),
        ("name", "=", "171250.jpg", [RIDER]),
        ("nofield", "=", None, sorted(IMAGES)),
    ],
)
def test_a_filter_keeps_what_it_says(
    fake: Caller, field: str, operator: str, value: object, expected: list[int]
) -> None:
    assert listed(fake, filter=[{"field": field, "operator": operator, "value": value}]) == expected


def test_all_filters_must_hold(fake: Caller) -> None:
    both = [{"field": "id", "operator": ">", "value": RIDER}, {"field": "width", "value": 480}]
    assert listed(fake, filter=both) == [17551750]


@pytest.mark.parametrize(
    "bad",
    ["x", 7, {"field": "id"}, [7], [{"operator": "="}], [{"field": 7}], [{"field": "id", "operator": "~"}],
     [{"field": "id", "operator": []}], [{"field": "id", "operator": "in", "value": 7}],
     [{"field": "id", "operator": "<", "value": "x"}], [{"field": "id", "operator": "in", "value": "x"}],
     [{"field": "meta", "operator": "in", "value": {}}]],
    ids=str,
)  # fmt: skip
def test_a_filter_that_is_none_is_400(fake: Caller, refused: Refused, bad: object) -> None:
    answer = fake.platform(LIST, {"datasetId": PICTURES_DATASET_ID, "filter": bad})
    assert refused(answer, 400).startswith("filter ")


@pytest.mark.parametrize(
    ("sort", "first"),
    [("id", RIDER), ("name", RIDER), ("width", 17551751), (None, RIDER), ("meta", RIDER), ("nofield", RIDER)],
)
def test_a_list_is_sorted_both_ways(fake: Caller, sort: str | None, first: int) -> None:
    upward = listed(fake, sort=sort, sort_order="asc")
    assert upward[0] == first
    assert listed(fake, sort=sort, sort_order="desc") == upward[::-1]


@pytest.mark.parametrize(
    "fields",
    [
        {"sort": 7},
        {"sort": []},
        {"page": 0},
        {"page": -1},
        {"page": "x"},
        {"page": 1.5},
        {"per_page": 0},
        {"page": True},
    ],
)
def test_a_page_or_sort_that_is_none_is_400(fake: Caller, refused: Refused, fields: dict[str, Any]) -> None:
    assert refused(fake.platform(LIST, {"datasetId": PICTURES_DATASET_ID, **fields}), 400)


def test_a_query_adds_to_a_json_body_and_does_not_replace_it(fake: Caller) -> None:
    query = {"per_page": "2", "datasetId": "999"}
    page = fake.platform(LIST, {"datasetId": PICTURES_DATASET_ID}, params=query).json()
    assert (page["perPage"], len(page["entities"])) == (2, 2)


def test_a_filter_may_be_json_text_in_a_query(fake: Caller) -> None:
    query = {"datasetId": PICTURES_DATASET_ID, "filter": '[{"field": "id", "value": 171250}]', "per_page": "2"}
    page = fake.platform(LIST, verb="GET", params=query).json()
    assert ([one["id"] for one in page["entities"]], page["perPage"]) == ([RIDER], 2)


@pytest.mark.parametrize(("dataset", "status"), [(None, 400), ("x", 400), (999, 404)])
def test_a_list_needs_a_dataset_that_is_there(fake: Caller, refused: Refused, dataset: object, status: int) -> None:
    assert refused(fake.platform(LIST, {"datasetId": dataset}), status)
