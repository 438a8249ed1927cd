"""Metas and annotations: replaced whole, ids kept by name, what was sent comes back as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller

    Refused = Callable[[Response, int], str]
    Png = Callable[..., bytes]


CAT = {"title": "cat", "shape": "rectangle", "color": "#00FF00", "hotkey": "", "geometry_config": {}, "description": ""}
DOG = {**CAT, "title": "dog"}
TAG = {"name": "confidence", "value_type": "any_number", "color": "#710F8A", "applicable_type": "all", "classes": []}
BOX: dict[str, Any] = {
    "classTitle": "cat", "description": "", "tags": [{"name": "confidence", "value": 0.25}],
    "geometryType": "rectangle", "shape": "rectangle",
    "points": {"exterior": [[1, 2.5], [40.125, 30]], "interior": []}, "nnCreated": True,
}  # fmt: skip
ANNOTATION: dict[str, Any] = {"description": "ü", "size": {"height": 30, "width": 40}, "tags": [], "objects": [BOX],
                              "customBigData": {"a": [1e-9, None]}}  # fmt: skip


def update(fake: Caller, project_id: int, *classes: Any, tags: Any = ()) -> Any:
    return fake.tell("projects.meta.update", id=project_id, meta={"classes": [*classes], "tags": [*tags]})


@pytest.fixture
def dataset(fake: Caller) -> dict[str, Any]:
    made = fake.dataset()
    update(fake, made["projectId"], CAT, DOG, tags=[TAG])
    return made


@pytest.fixture
def image(fake: Caller, dataset: dict[str, Any], png: Png) -> int:
    return fake.put(dataset, png())[0]


def put(fake: Caller, dataset: dict[str, Any], image: object, annotation: object = ANNOTATION) -> Response:
    return fake.platform(
        "annotations.bulk.add",
        {"datasetId": dataset["id"], "annotations": [{"imageId": image, "annotation": annotation}]},
    )


def ids(meta: Any) -> dict[str, int]:
    return {one.get("title", one.get("name")): one["id"] for one in [*meta["classes"], *meta["tags"]]}


def test_a_new_project_has_an_empty_meta(fake: Caller) -> None:
    meta = fake.tell("projects.meta", id=fake.dataset()["projectId"])
    assert (meta["classes"], meta["tags"], meta["projectType"]) == ([], [], "images")


def test_a_meta_comes_back_with_ids_and_else_as_it_was_sent(fake: Caller, dataset: dict[str, Any]) -> None:
    meta = fake.tell("projects.meta", id=dataset["projectId"])
    assert [{**one, "id": 0} for one in meta["classes"]] == [{**CAT, "id": 0}, {**DOG, "id": 0}]
    assert meta["tags"] == [{**TAG, "id": meta["tags"][0]["id"]}]
    assert ids(meta)["cat"] != ids(meta)["dog"]


def test_a_meta_is_replaced_whole_and_keeps_ids_by_name(fake: Caller, dataset: dict[str, Any]) -> None:
    old = ids(fake.tell("projects.meta", id=dataset["projectId"]))
    new = update(fake, dataset["projectId"], {**CAT, "title": "cow"}, {**DOG, "color": "#FFFFFF", "id": 999})
    assert new == fake.tell("projects.meta", id=dataset["projectId"])
    assert (ids(new)["dog"], new["tags"]) == (old["dog"], [])
    assert ids(new)["cow"] not in old.values()


def test_an_id_under_another_name_renames(fake: Caller, dataset: dict[str, Any]) -> None:
    old = ids(fake.tell("projects.meta", id=dataset["projectId"]))
    new = update(fake, dataset["projectId"], {**CAT, "title": "lion", "id": old["cat"]}, DOG)
    assert ids(new) == {"lion": old["cat"], "dog": old["dog"]}


def test_an_id_that_is_in_use_or_unknown_is_not_taken_over(fake: Caller, dataset: dict[str, Any]) -> None:
    old = ids(fake.tell("projects.meta", id=dataset["projectId"]))
    new = ids(update(fake, dataset["projectId"], CAT, {**CAT, "title": "lion", "id": old["cat"]}, {**DOG, "id": 12345}))
    assert (new["cat"], new["dog"]) == (old["cat"], old["dog"])
    assert len({*new.values()}) == 3


def test_two_with_one_id_do_not_share_it(fake: Caller, dataset: dict[str, Any]) -> None:
    old = ids(fake.tell("projects.meta", id=dataset["projectId"]))
    new = ids(update(fake, dataset["projectId"], *({**CAT, "title": name, "id": old["cat"]} for name in "ab")))
    assert new["a"] == old["cat"] != new["b"]


@pytest.mark.parametrize(
    "meta",
    [None, [], {"classes": {}}, {"classes": [7]}, {"classes": [{**CAT, "title": ""}]}, {"classes": [CAT, CAT]},
     {"classes": [{**CAT, "color": "red"}]}, {"classes": [{**CAT, "shape": None}]}, {"tags": [{**TAG, "name": 7}]},
     {"tags": [{**TAG, "value_type": "x"}]}, {"tags": [TAG, TAG]}],
    ids=lambda one: str(one)[:40],
)  # fmt: skip
def test_a_meta_that_is_none_is_400_and_changes_nothing(
    fake: Caller, refused: Refused, dataset: dict[str, Any], meta: object
) -> None:
    old = fake.tell("projects.meta", id=dataset["projectId"])
    text = refused(fake.platform("projects.meta.update", {"id": dataset["projectId"], "meta": meta}), 400)
    assert text.startswith("meta")
    assert fake.tell("projects.meta", id=dataset["projectId"]) == old


@pytest.mark.parametrize("method", ["projects.meta", "projects.meta.update", "projects.settings.update"])
def test_a_project_that_is_not_there_is_404(fake: Caller, refused: Refused, method: str) -> None:
    assert refused(fake.platform(method, {"id": 9, "meta": {}}), 404)


def test_an_annotation_comes_back_as_it_was_sent(fake: Caller, dataset: dict[str, Any], image: int) -> None:
    assert put(fake, dataset, image).status_code == 200
    for more in ({}, {"integerCoords": False}, {"integerCoords": True}):
        answer = fake.tell("annotations.info", imageId=image, withCustomBigData=False, **more)
        assert answer["annotation"] == ANNOTATION
        assert list(answer["annotation"]["objects"][0]) == list(BOX)
    assert {"imageId": image, "imageName": "0.png", "datasetId": dataset["id"]}.items() <= answer.items()


def test_a_picture_without_annotation_has_no_objects_and_its_own_size(fake: Caller, image: int) -> None:
    answer = fake.tell("annotations.info", imageId=image)
    none = {"description": "", "size": {"height": 30, "width": 40}, "tags": [], "objects": []}
    assert (answer["annotation"], bool(answer["createdAt"])) == (none, True)


def test_an_annotation_replaces_the_old_one(fake: Caller, dataset: dict[str, Any], image: int) -> None:
    put(fake, dataset, image)
    assert fake.tell("images.info", id=image)["labelsCount"] == 1
    put(fake, dataset, image, {**ANNOTATION, "objects": []})
    assert fake.tell("annotations.info", imageId=image)["annotation"]["objects"] == []
    assert fake.tell("images.info", id=image)["labelsCount"] == 0


def test_annotations_of_many_come_in_the_order_asked_for(fake: Caller, dataset: dict[str, Any], png: Png) -> None:
    images = fake.put(dataset, png(), png(color=1), png(color=2))
    put(fake, dataset, images[1])
    found = fake.tell("annotations.bulk.info", datasetId=dataset["id"], imageIds=images[::-1])
    assert [(one["imageId"], len(one["annotation"]["objects"])) for one in found] == [
        (images[2], 0), (images[1], 1), (images[0], 0)
    ]  # fmt: skip
    assert [one["imageId"] for one in fake.tell("annotations.list", datasetId=dataset["id"])["entities"]] == images


@pytest.mark.parametrize(
    "annotation",
    [None, [], {"objects": {}}, {"objects": [7]}, {"objects": [{**BOX, "classTitle": "cow"}]},
     {"tags": [{"name": "x"}]},
     {"objects": [{**BOX, "classTitle": None}]}, {"objects": [{**BOX, "tags": [{"name": "x"}]}]}, {"tags": 7}],
    ids=lambda one: str(one)[:40],
)  # fmt: skip
def test_an_annotation_that_is_none_refuses_all(
    fake: Caller, refused: Refused, dataset: dict[str, Any], image: int, annotation: object
) -> None:
    both = [{"imageId": image, "annotation": ANNOTATION}, {"imageId": image, "annotation": annotation}]
    answer = fake.platform("annotations.bulk.add", {"datasetId": dataset["id"], "annotations": both})
    assert refused(answer, 400).startswith("annotations[1].annotation")
    assert fake.tell("annotations.info", imageId=image)["annotation"]["objects"] == []


@pytest.mark.parametrize(("image_id", "status"), [(9, 404), ("9", 400), (None, 400), (171250, 400)])
def test_an_annotation_for_no_picture_of_the_dataset_is_refused(
    fake: Caller, refused: Refused, dataset: dict[str, Any], image_id: object, status: int
) -> None:
    assert refused(put(fake, dataset, image_id), status)
