"""Folders of one's own as projects of the platform: ids of one's choice, files in place, errors that name the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from modeldouble_server.limits import Limits

if TYPE_CHECKING:
    from tests.served.conftest import Caller, Start

    Png = Callable[..., bytes]

CAT = {"title": "cat", "shape": "rectangle", "color": "#00FF00", "hotkey": "", "geometry_config": {}}
BOX: dict[str, Any] = {"classTitle": "cat", "tags": [], "geometryType": "rectangle", "shape": "rectangle",
                       "points": {"exterior": [[1, 2], [9, 10]], "interior": []}}  # fmt: skip
COCO: dict[str, Any] = {
    "images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.png"}],
    "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}, {"id": 3, "name": "cow"}],
    "annotations": [
        {"image_id": 1, "category_id": 1, "bbox": [1, 2, 3.4, 5.6]},
        {"image_id": 2, "category_id": 2, "segmentation": [[1, 1, 10, 1, 10, 10]], "iscrowd": 1, "bbox": [0, 0, 1, 1]},
        {"image_id": 2, "category_id": 2, "segmentation": {"size": [30, 40], "counts": [31, 2, 1167]}},
    ],
}


def write(root: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return root


def coco(root: Path, png: Png, **changes: Any) -> Path:
    files = {"images/a.png": png(), "images/b.png": png(color=1), "annotations/instances_val.json": {**COCO, **changes}}
    return write(root, files)


def downloaded(root: Path, png: Png, annotation: Any = None, meta: Any = None) -> Path:
    ann = {"description": "", "size": {"height": 30, "width": 40}, "tags": [], "objects": [BOX]}
    return write(root, {"meta.json": meta or {"classes": [CAT], "tags": []}, "ds/img/a.png": png(),
                        "ds/img/b.png": png(color=1), "ds/ann/a.png.json": annotation or ann})  # fmt: skip


def images(fake: Caller, project_id: int) -> dict[str, int]:
    datasets = fake.tell("datasets.list", projectId=project_id)["entities"]
    listed = [fake.tell("images.list", datasetId=one["id"])["entities"] for one in datasets]
    return {one["name"]: one["id"] for each in listed for one in each}


def labels(fake: Caller, image_id: int, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = fake.tell("annotations.info", imageId=image_id, **more)["annotation"]["objects"]
    return found


def test_a_plain_folder_is_a_project(fake: Caller, tmp_path: Path, png: Png) -> None:
    root = write(
        tmp_path / "mine", {"b.png": png(), "a.PNG": png(color=1), "note.txt": b"x", "more/c.png": png(color=2)}
    )
    project = fake.tell("projects.info", id=fake.server.add_project(root))
    assert (project["name"], project["imagesCount"], project["datasetsCount"]) == ("mine", 3, 2)
    assert list(images(fake, project["id"])) == ["a.PNG", "b.png", "c.png"]


def test_files_are_read_in_place(fake: Caller, tmp_path: Path, png: Png) -> None:
    found = images(fake, fake.server.add_project(str(write(tmp_path, {"a.png": png(7, 9)}))))
    assert fake.platform("images.download", {"id": found["a.png"]}).content == png(7, 9)
    assert fake.server.call(fake.server.fake.blobs.size()) == 0


def test_a_model_predicts_on_what_was_brought(fake: Caller, tmp_path: Path, png: Png) -> None:
    fake.server.add_project(write(tmp_path, {"a.png": png()}), image_ids=5)
    assert fake.ask("inference_image_id", image_id=5)["annotation"]["size"] == {"height": 30, "width": 40}


def test_ids_are_chosen(fake: Caller, tmp_path: Path, png: Png) -> None:
    root = downloaded(tmp_path, png)
    assert fake.server.add_project(root, project_id=7, dataset_id=8, image_ids=100) == 7
    assert fake.tell("datasets.list", projectId=7)["entities"][0]["id"] == 8
    assert images(fake, 7) == {"a.png": 100, "b.png": 101}


@pytest.mark.parametrize("key", ["b.png", "ds/b.png"])
def test_ids_are_chosen_by_name(fake: Caller, tmp_path: Path, png: Png, key: str) -> None:
    project_id = fake.server.add_project(downloaded(tmp_path, png), image_ids={key: 99_000_000})
    assert images(fake, project_id)["b.png"] == 99_000_000
    assert len(fake.put(fake.dataset(), png())) == 1


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        ({"project_id": 17001}, "project id 17001 is taken"),
        ({"dataset_id": 53001}, "dataset id 53001 is taken"),
        ({"image_ids": 171249}, "image id 171250 is taken"),
        ({"image_ids": {"a.png": 171250}}, "image id 171250 is taken"),
        ({"image_ids": {"x.png": 5}}, "'x.png', which is not in the folder"),
        ({"image_ids": {"a.png": 5, "b.png": 5}}, "one id to two"),
        ({"project_id": 0}, "project id is 0"),
        ({"project_id": "7"}, "project id is '7'"),
        ({"image_ids": "7"}, "image id is '7'"),
        ({"image_ids": {"a.png": "7"}}, "image id is '7'"),
    ],
)
def test_ids_that_cannot_be_are_refused_and_nothing_is_made(
    fake: Caller, tmp_path: Path, png: Png, ids: Any, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        fake.server.add_project(downloaded(tmp_path, png), **ids)
    assert fake.tell("projects.list", workspaceId=661)["total"] == 2
    assert fake.tell("images.list", datasetId=53001)["total"] == 4


def test_the_same_folder_twice_is_refused(fake: Caller, tmp_path: Path, png: Png) -> None:
    fake.server.add_project(downloaded(tmp_path / "mine", png))
    with pytest.raises(ValueError, match="'mine' already"):
        fake.server.add_project(tmp_path / "mine")


def test_a_downloaded_project_keeps_meta_and_annotations(fake: Caller, tmp_path: Path, png: Png) -> None:
    project_id = fake.server.add_project(downloaded(tmp_path, png), image_ids=100)
    [cat] = fake.tell("projects.meta", id=project_id)["classes"]
    assert (cat["title"], type(cat["id"])) == ("cat", int)
    assert (labels(fake, 100), labels(fake, 101)) == ([BOX], [])
    assert [fake.tell("images.info", id=one)["labelsCount"] for one in (100, 101)] == [1, 0]


def test_older_names_and_datasets_in_datasets_are_found(fake: Caller, tmp_path: Path, png: Png) -> None:
    root = write(downloaded(tmp_path, png), {
        "ds/ann/b.json": {"objects": [BOX, BOX]}, "ds/datasets/in/img/c.png": png(color=3)
    })  # fmt: skip
    project_id = fake.server.add_project(root, image_ids=100)
    assert len(labels(fake, 101)) == 2
    assert [one["name"] for one in fake.tell("datasets.list", projectId=project_id)["entities"]] == ["ds", "ds.in"]


def test_newer_clients_get_corners_and_older_ones_pixels(fake: Caller, tmp_path: Path, png: Png) -> None:
    fake.server.add_project(downloaded(tmp_path, png), image_ids=100)
    assert labels(fake, 100, integerCoords=False)[0]["points"]["exterior"] == [[1, 2], [10, 11]]
    assert labels(fake, 100, integerCoords=True)[0]["points"]["exterior"] == [[1, 2], [9, 10]]


def test_what_replaces_an_annotation_that_was_brought_stays_as_sent(fake: Caller, tmp_path: Path, png: Png) -> None:
    fake.server.add_project(downloaded(tmp_path, png), dataset_id=8, image_ids=100)
    fake.tell("annotations.bulk.add", datasetId=8, annotations=[{"imageId": 100, "annotation": {"objects": [BOX]}}])
    assert labels(fake, 100, integerCoords=False) == [BOX]


def test_a_coco_folder_is_a_project(fake: Caller, tmp_path: Path, png: Png) -> None:
    project_id = fake.server.add_project(coco(tmp_path, png), image_ids=100)
    meta = fake.tell("projects.meta", id=project_id)
    shapes = {one["title"]: one["shape"] for one in meta["classes"]}
    assert shapes == {"cat": "rectangle", "dog": "any", "cow": "rectangle"}
    assert fake.tell("datasets.list", projectId=project_id)["entities"][0]["name"] == "val"
    assert labels(fake, 100)[0]["points"]["exterior"] == [[1, 2], [3, 7]]
    polygon, mask = labels(fake, 101)
    assert (polygon["shape"], polygon["tags"], mask["bitmap"]["origin"]) == ("polygon", [{"name": "iscrowd"}], [1, 1])


@pytest.mark.parametrize("folder", ["", "images/val/", "val/", "data/", "train/"])
def test_pictures_are_found_where_coco_folders_have_them(fake: Caller, tmp_path: Path, png: Png, folder: str) -> None:
    beside = "train/_annotations.coco.json" if folder == "train/" else "annotations/instances_val.json"
    content = {**COCO, "annotations": []}
    root = write(tmp_path, {f"{folder}a.png": png(), f"{folder}b.png": png(), beside: content,
                            "annotations/captions_val.json": COCO})  # fmt: skip
    assert len(images(fake, fake.server.add_project(root))) == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"images": [{"id": 1, "file_name": "no.png"}]}, r"images\[0\].file_name is 'no.png'.*put the file into"),
        ({"images": [{"id": 1}]}, r"file_name is None"),
        ({"images": [{"id": 1, "file_name": "../../../x.png"}]}, "leads out of"),
        ({"images": [{"id": 1, "file_name": "/etc/passwd"}]}, "leads out of"),
        ({"images": 7}, "images is 7"),
        ({"images": COCO["images"][:1]}, "image_id 2, not in images"),
        ({"categories": []}, r"annotations\[0\].category_id is 1, not in categories"),
        ({"categories": [{"id": 1}]}, r"categories\[0\].name is None"),
        ({"annotations": [{"image_id": 1, "category_id": 1}]}, r"annotations\[0\] has no box"),
        ({"annotations": [{"image_id": 1, "category_id": 1, "bbox": [1, 2]}]}, r"annotations\[0\] has no box"),
        ({"annotations": [{"image_id": 1, "category_id": 1, "segmentation": [[1, 2]]}]}, "1 corners"),
        ({"annotations": [{"image_id": 1, "category_id": 1, "segmentation": {"size": [9, 9], "counts": []}}]}, "9 x 9"),
        (
            {"annotations": [{"image_id": 1, "category_id": 1, "segmentation": {"size": [30, 40], "counts": [1]}}]},
            "add",
        ),
    ],
    ids=str,
)
def test_a_coco_file_that_is_wrong_is_named_with_the_place(
    fake: Caller, tmp_path: Path, png: Png, changes: Any, said: str
) -> None:
    with pytest.raises(ValueError, match=said) as error:
        fake.server.add_project(coco(tmp_path, png, **changes))
    assert "instances_val.json" in str(error.value) or "leads out of" in str(error.value)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "has no pictures"),
        ({"a.png": b"not a picture"}, "a.png is no picture"),
        ({"meta.json": b"{"}, "meta.json is not JSON"),
        ({"meta.json": []}, "meta.json holds"),
        ({"meta.json": {"classes": []}}, "no dataset"),
        ({"meta.json": {"projectType": "videos"}}, "'videos'; only projects of images"),
        ({"meta.json": {"classes": 7}}, "classes is 7"),
        ({"broken.json": b"\xff"}, "broken.json is not JSON"),
    ],
    ids=str,
)
def test_a_folder_that_cannot_be_read_is_refused(fake: Caller, tmp_path: Path, files: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        fake.server.add_project(write(tmp_path / "mine", {"x.txt": b"", **files}))


@pytest.mark.parametrize(
    ("annotation", "said"),
    [({"objects": [{"classTitle": "cow"}]}, "'cow', which meta.json lacks"), ({"objects": 7}, "objects is 7"),
     ({"objects": [{**BOX, "points": 7}]}, "points is 7")],
    ids=str,
)  # fmt: skip
def test_an_annotation_file_that_is_wrong_is_named(
    fake: Caller, tmp_path: Path, png: Png, annotation: Any, said: str
) -> None:
    with pytest.raises(ValueError, match=said) as error:
        fake.server.add_project(downloaded(tmp_path, png, annotation))
    assert "a.png.json" in str(error.value)


def test_what_is_no_folder_is_refused(fake: Caller, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no folder"):
        fake.server.add_project(tmp_path / "missing")


@pytest.mark.parametrize("link", ["out.png", "out", "ds/img/out.png", "ds/ann/b.png.json"])
def test_links_that_lead_out_of_the_folder_are_refused(fake: Caller, tmp_path: Path, png: Png, link: str) -> None:
    write(tmp_path / "secret", {"a.png": png(), "b.json": {"objects": []}})
    root = downloaded(tmp_path / "mine", png) if link.startswith("ds") else write(tmp_path / "mine", {"a.png": png()})
    target = {"out": "secret", "ds/ann/b.png.json": "secret/b.json"}.get(link, "secret/a.png")
    (root / link).symlink_to(tmp_path / target)
    with pytest.raises(ValueError, match="leads out of"):
        fake.server.add_project(root)


def test_a_link_within_the_folder_is_followed(fake: Caller, tmp_path: Path, png: Png) -> None:
    root = write(tmp_path / "mine", {"a.png": png()})
    (root / "b.png").symlink_to(root / "a.png")
    assert len(images(fake, fake.server.add_project(root))) == 2


def test_folders_are_bounded(start: Start, tmp_path: Path, png: Png) -> None:
    root = write(tmp_path, {"a.png": png(), "b.png": png()})
    with pytest.raises(ValueError, match="over the limit of 1"):
        start(limits=Limits(entities=1)).server.add_project(root)
    with pytest.raises(ValueError, match="40 x 30 pixels, over the limit"):
        start(limits=Limits(pixels=100)).server.add_project(root)


def test_a_file_that_goes_while_its_form_is_sent_breaks_the_connection(start: Start, tmp_path: Path, png: Png) -> None:
    fake = start()
    found = images(fake, fake.server.add_project(coco(tmp_path / "mine", png)))
    dataset = fake.tell("images.info", id=found["a.png"])["datasetId"]
    fields = {"datasetId": dataset, "imageIds": [found["a.png"], found["b.png"]]}
    assert fake.platform("images.bulk.download", fields).content.count(b"PNG") == 2
    (tmp_path / "mine" / "images" / "b.png").unlink()
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        fake.platform("images.bulk.download", fields)
