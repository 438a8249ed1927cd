"""Annotations on their way to the platform and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from modeldouble import Annotation, Api, BadAnswer, BadArgument, NotFound, Prediction, ProjectMeta
from modeldouble.platform.subpixel import to_subpixel

from .little_platform import LittlePlatform, connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Json, Reply, RoughServer

FLAGS = {"withCustomBigData": False, "forceMetadataForLinks": True, "integerCoords": False}
CAR: Json = {"id": 44, "title": "car", "shape": "rectangle", "color": "#00FF00"}
BOX: Json = {
    "classTitle": "car",
    "description": "",
    "tags": [{"name": "confidence", "value": 0.5}],
    "points": {"exterior": [[1, 2], [8, 7]], "interior": []},
    "geometryType": "rectangle",
    "shape": "rectangle",
}
ANN: Json = {"description": "", "size": {"height": 8, "width": 9}, "tags": [], "objects": [BOX], "customBigData": {}}


@pytest.fixture
def platform(rough: RoughServer, reply: type[Reply]) -> LittlePlatform:
    return LittlePlatform(rough, reply)


@pytest.fixture
def api(rough: RoughServer, platform: LittlePlatform) -> Iterator[Api]:
    made = connect(rough)
    yield made
    made.close()


def images(platform: LittlePlatform, dataset: int, count: int) -> list[int]:
    return [platform.put_image(dataset, b"%d of %d" % (index, dataset)) for index in range(count)]


def test_what_goes_up_comes_down_equal(platform: LittlePlatform, api: Api) -> None:
    (image,) = images(platform, 7, 1)
    api.annotation.upload_ann(image, ANN)
    wire = platform.annotations[image]["objects"][0]["points"]["exterior"]
    assert wire == [[1, 2], [9, 8]]
    info = api.annotation.download(image)
    assert (info.annotation, info.image_id, info.created_at) == (ANN, image, "today")
    assert info.image_name == platform.kept["images"][image]["name"]


def test_the_requests_are_those_of_the_newest_client(platform: LittlePlatform, api: Api) -> None:
    (image,) = images(platform, 7, 1)
    api.annotation.upload_ann(image, {**ANN, "objects": []})
    api.annotation.download(image)
    items = [{"imageId": image, "annotation": {**ANN, "objects": []}}]
    body = {"datasetId": 7, "annotations": items, "skipBoundsValidation": False}
    assert platform.bodies("annotations.bulk.add") == [body]
    assert platform.bodies("annotations.info") == [{"imageId": image, **FLAGS}]
    assert platform.rough.routes() == ["images.info", "annotations.bulk.add", "annotations.info"]


@pytest.mark.parametrize("make", [dict, Annotation.from_json, lambda ann: Prediction({"annotation": ann, "data": {}})])
def test_whatever_holds_an_annotation_can_be_uploaded(platform: LittlePlatform, api: Api, make: Any) -> None:
    (image,) = images(platform, 7, 1)
    api.annotation.upload_ann(image, make(ANN))
    objects = api.annotation.download_json(image)["objects"]
    assert [(one["classTitle"], one["points"]["exterior"]) for one in objects] == [("car", [[1, 2], [8, 7]])]


def test_classes_that_have_ids_go_with_them(platform: LittlePlatform, api: Api) -> None:
    (image,) = images(platform, 7, 1)
    meta = ProjectMeta.from_json({"classes": [CAR], "tags": [{"name": "confidence", "value_type": "any_number"}]})
    api.annotation.upload_ann(image, Annotation.from_json(ANN, meta))
    assert platform.annotations[image]["objects"][0]["classId"] == 44


def test_uploading_changes_nothing_of_yours(platform: LittlePlatform, api: Api) -> None:
    (image,) = images(platform, 7, 1)
    mine = {**ANN, "objects": [{**BOX, "points": {"exterior": [[1, 2], [8, 7]], "interior": []}}]}
    api.annotation.upload_ann(image, mine)
    assert mine == ANN


def test_many_go_fifty_at_a_time_and_by_dataset(platform: LittlePlatform, api: Api) -> None:
    ids = [id for pair in zip(images(platform, 7, 30), images(platform, 8, 30), strict=True) for id in pair]
    seen: list[int] = []
    api.annotation.upload_anns(ids, [ANN] * 60, progress_cb=seen.append)
    sent = platform.bodies("annotations.bulk.add")
    assert [(body["datasetId"], len(body["annotations"])) for body in sent] == [(7, 25), (8, 25), (7, 5), (8, 5)]
    assert (seen, set(platform.annotations)) == ([25, 25, 5, 5], set(ids))


def test_many_come_fifty_at_a_time_in_the_order_asked_for(platform: LittlePlatform, api: Api) -> None:
    ids = images(platform, 7, 60)[::-1]
    platform.annotations[ids[0]] = to_subpixel(ANN)
    seen: list[int] = []
    infos = api.annotation.download_batch(7, [*ids, ids[0]], seen.append)
    assert ([info.image_id for info in infos], seen) == ([*ids, ids[0]], [50, 11])
    assert infos[0].annotation["objects"][0]["points"]["exterior"] == [[1, 2], [8, 7]]
    assert platform.bodies("annotations.bulk.info")[0] == {"datasetId": 7, "imageIds": ids[:50], **FLAGS}
    assert api.annotation.download_json_batch(7, ids[1:2]) == [infos[1].annotation]


def test_a_lost_answer_is_no_harm_since_it_replaces(platform: LittlePlatform, api: Api) -> None:
    (image,) = images(platform, 7, 1)
    platform.loses("annotations.bulk.add")
    api.annotation.upload_ann(image, ANN)
    assert len(platform.bodies("annotations.bulk.add")) == 2


def test_an_image_that_does_not_exist(platform: LittlePlatform, api: Api) -> None:
    with pytest.raises(NotFound):
        api.annotation.upload_ann(5, ANN)
    with pytest.raises(NotFound):
        api.annotation.download(5)
    assert platform.annotations == {}


@pytest.mark.parametrize(
    "bad",
    [
        None,
        3,
        [],
        {},
        {"objects": None},
        {"annotation": None},
        {"objects": [{**BOX, "points": None}]},
        {"objects": [{**BOX, "points": {"exterior": [[1, 2]]}}]},
        {"objects": [{**BOX, "geometryType": "polygon", "points": {"exterior": [[1], [2]]}}]},
        {"objects": ["box"]},
    ],
)
def test_what_is_no_annotation_is_refused_at_once(platform: LittlePlatform, api: Api, bad: Any) -> None:
    with pytest.raises(BadArgument, match="ann"):
        api.annotation.upload_ann(5, bad)
    assert platform.rough.received == []


def test_lists_that_do_not_belong_together(platform: LittlePlatform, api: Api) -> None:
    with pytest.raises(BadArgument, match="as many"):
        api.annotation.upload_anns([1, 2], [ANN])
    with pytest.raises(BadArgument, match="more than once"):
        api.annotation.upload_anns([1, 1], [ANN, ANN])
    api.annotation.upload_anns([], [])
    assert platform.rough.received == []


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"imageId": 5},
        {"imageId": 5, "annotation": []},
        {"imageId": 5, "annotation": {"objects": [{**BOX, "points": 3}]}},
    ],
)
def test_answers_that_are_no_annotation(platform: LittlePlatform, api: Api, reply: type[Reply], answer: Any) -> None:
    platform.rough.on("annotations.info", reply(answer))
    with pytest.raises(BadAnswer, match=r"annotations\.info"):
        api.annotation.download(5)


@pytest.mark.parametrize("answer", [{}, [], [{"imageId": 6, "annotation": {}}], [3]])
def test_a_batch_that_lacks_what_was_asked_for(
    platform: LittlePlatform, api: Api, reply: type[Reply], answer: Any
) -> None:
    platform.rough.on("annotations.bulk.info", reply(answer))
    with pytest.raises(BadAnswer, match=r"bulk\.info"):
        api.annotation.download_batch(7, [5])


def test_an_image_without_a_dataset(platform: LittlePlatform, api: Api, reply: type[Reply]) -> None:
    platform.rough.on("images.info", reply({"id": 5, "name": "x"}))
    with pytest.raises(BadAnswer, match="datasetId"):
        api.annotation.upload_ann(5, ANN)
