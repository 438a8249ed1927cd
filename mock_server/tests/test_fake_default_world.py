"""The default world is the official tutorial's: its ids, sizes, session info, settings and outputs, exactly."""

import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from modeldouble_server import coco
from modeldouble_server.blobs import Blobs
from modeldouble_server.board import Board
from modeldouble_server.clock import Clock
from modeldouble_server.default_world import API_TOKEN, SESSION_TOKEN, default_spec, default_world, task
from modeldouble_server.model import Model
from modeldouble_server.results import Frames, Terms, bare_prediction, image_prediction, image_query, video_query
from modeldouble_server.scene import Query, Subject
from modeldouble_server.settings import resolve
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.work import Work, job_results, video_work
from modeldouble_server.world import Entity, World, sha256_of

INFO = {
    "app_name": "Serve YOLOv5",
    "session_id": 27209,
    "model_files": "/sly-app-data/model/yolov5s.pt",
    "number_of_classes": 80,
    "sliding_window_support": "advanced",
    "videos_support": True,
    "async_video_inference_support": True,
    "task type": "object detection",
    "model_name": "YOLOv5",
    "checkpoint_name": "yolov5s",
    "pretrained_on_dataset": "COCO train 2017",
    "device": "cuda",
    "half": "True",
    "input_size": 640,
}
SETTINGS = {"conf_thres": 0.25, "iou_thres": 0.45, "augment": False, "debug_visualization": False}
DEFAULT = Terms("", resolve({}, SETTINGS))
FRAMES = ["car", "car truck car", "car car", "car car", "car car", "car", "car car", "car car", "car", "car"]
FIRST_CLASSES = "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light".split(",")
URL = (
    "https://images.unsplash.com/photo-1674552791148-c756b0899dba?ixlib=rb-4.0.3"
    "&ixid=MnwxMjA3fDB8MHxwaG90by1wYWdlfHx8fGVufDB8fHx8&auto=format&fit=crop&w=387&q=80"
)


def seen(name: str, box: tuple[int, int, int, int], confidence: float) -> dict[str, Any]:
    """An object as the tutorial prints it."""
    return {
        "classTitle": name,
        "description": "",
        "tags": [{"name": "confidence", "value": confidence}],
        "points": {"exterior": [[box[0], box[1]], [box[2], box[3]]], "interior": []},
        "geometryType": "rectangle",
        "shape": "rectangle",
    }


RIDER = [seen("person", (764, 272, 1062, 1002), 0.869140625), seen("horse", (393, 412, 1274, 1435), 0.87109375)]
ORANGE = [seen("orange", (522, 114, 814, 381), 0.611328125)]


def of_video(video: Entity, given: dict[str, Any]) -> Work:
    """What a job over the ten frames of the video remembers."""
    frames = Frames(0, 1, 10)
    return video_work(video, frames, video_query(video, frames, Terms("", given)))


@pytest.fixture
async def model() -> AsyncIterator[Model]:
    store = SqliteStore()
    world = await default_world(store, "w:", Blobs())
    yield Model(default_spec(), world, Clock(), lambda clock: Board(store, "j:", clock.now, 9))
    await store.close()


@pytest.fixture
def world(model: Model) -> World:
    return model.world


async def entity(world: World, kind: Any, entity_id: int) -> Entity:
    found = await world.get(kind, entity_id)
    assert found is not None
    return found


def objects(prediction: dict[str, Any]) -> list[dict[str, Any]]:
    """The objects of a prediction, without the two keys that are younger than the tutorial."""
    newer = ("nnCreated", "nnUpdated")
    return [{key: one[key] for key in one if key not in newer} for one in prediction["annotation"]["objects"]]


def test_the_session_info_has_the_seeds_keys_and_values(model: Model) -> None:
    info = json.loads(model.info_body)
    assert {key: info[key] for key in INFO} == INFO
    assert info["number_of_classes"] == len(model.spec.meta.classes)


def test_the_session_info_has_the_keys_that_newer_releases_added(model: Model) -> None:
    newer = {"tracking_on_videos_support", "async_image_inference_support", "tracking_algorithms",
             "batch_inference_support", "max_batch_size"}  # fmt: skip
    assert set(json.loads(model.info_body)) == set(INFO) | newer


def test_the_default_settings_are_the_seeds(model: Model) -> None:
    assert json.loads(model.settings_body) == {"settings": SETTINGS}


def test_the_classes_are_cocos_and_begin_as_in_the_seed(model: Model) -> None:
    titles = [one["title"] for one in json.loads(model.meta_body)["classes"]]
    assert titles == list(coco.NAMES)
    assert titles[:10] == FIRST_CLASSES


def test_the_deploy_info_has_the_twelve_keys_of_real_servers(model: Model) -> None:
    keys = ("checkpoint_name model_name architecture checkpoint_url custom_checkpoint_path model_source task_type"
            " device runtime model_precision hardware deploy_params").split()  # fmt: skip
    assert sorted(model.spec.deploy_info) == sorted(keys)


async def test_the_task_leads_to_the_session(world: World) -> None:
    task = await entity(world, "task", 27209)
    assert task["meta"]["sessionToken"] == SESSION_TOKEN
    assert task["meta"]["app"]["name"] == "Serve YOLOv5"


def test_tokens_are_constants_that_old_clients_accept() -> None:
    assert len(API_TOKEN) == 128
    assert hashlib.sha512(b"modeldouble api token").hexdigest() == API_TOKEN
    assert hashlib.sha256(b"modeldouble session token").hexdigest() == SESSION_TOKEN


@pytest.mark.parametrize(
    ("image_id", "size"),
    [(17551748, (1067, 800)), (171250, (1280, 1600)), (17551750, (480, 400)), (17551751, (387, 512))],
)
async def test_images_have_the_seeds_ids_and_sizes(world: World, image_id: int, size: tuple[int, int]) -> None:
    image = await entity(world, "image", image_id)
    assert (image["width"], image["height"]) == size


async def test_there_are_four_images_one_video_and_the_folders_they_lie_in(world: World) -> None:
    kinds: list[Any] = ["image", "video", "task", "dataset", "project"]
    assert [len(await world.all(kind)) for kind in kinds] == [4, 1, 1, 2, 2]
    for item in [*await world.all("image"), *await world.all("video")]:
        dataset = await entity(world, "dataset", item["datasetId"])
        assert dataset["projectId"] == item["projectId"]
        assert (await entity(world, "project", item["projectId"]))["workspaceId"] == item["workspaceId"]


async def test_workspace_662_is_empty(world: World) -> None:
    assert 662 not in [project["workspaceId"] for project in await world.all("project")]


async def test_every_medium_is_a_file_with_the_hash_that_it_says(world: World) -> None:
    for item in [*await world.all("image"), *await world.all("video")]:
        path = await world.blobs.find(sha256_of(item))
        assert isinstance(path, Path)
        content = path.read_bytes()
        assert hashlib.sha256(content).hexdigest() == sha256_of(item)
        assert int(item.get("size") or item["fileMeta"]["size"]) == len(content)


async def test_the_oranges_are_predicted_as_in_the_seed(model: Model) -> None:
    image = await entity(model.world, "image", 17551748)
    made = image_prediction(model, image, image_query(image, DEFAULT))
    assert objects(made) == ORANGE
    assert (made["annotation"]["size"], made["data"]) == ({"height": 800, "width": 1067}, {})


async def test_the_rider_is_predicted_as_in_the_seed_also_when_uploaded(model: Model) -> None:
    image = await entity(model.world, "image", 171250)
    upload = bare_prediction(model, Query(Subject(sha256_of(image), 1280, 1600), resolve({}, SETTINGS)))
    assert objects(image_prediction(model, image, image_query(image, Terms("", {})))) == objects(upload) == RIDER
    assert upload["annotation"]["size"] == {"height": 1600, "width": 1280}


async def test_the_third_picture_has_objects(model: Model) -> None:
    image = await entity(model.world, "image", 17551750)
    made = image_prediction(model, image, image_query(image, DEFAULT))
    assert [one["classTitle"] for one in objects(made)] == ["cup", "spoon", "dining table"]


@pytest.mark.parametrize("given", [{}, {"conf_thres": 0.55, "augment": False}])
async def test_the_videos_frames_have_the_seeds_classes(model: Model, given: dict[str, Any]) -> None:
    video = await entity(model.world, "video", 18635803)
    assert video["fileMeta"]["framesCount"] == 10
    found = job_results(model, of_video(video, resolve(given, SETTINGS)), 0, 10)
    assert [" ".join(one["classTitle"] for one in objects(frame)) for frame in found] == FRAMES


async def test_every_confidence_of_the_video_is_above_the_seeds_threshold(model: Model) -> None:
    video = await entity(model.world, "video", 18635803)
    found = job_results(model, of_video(video, {}), 0, 10)
    assert min(one["tags"][0]["value"] for frame in found for one in objects(frame)) > 0.56


async def test_the_videos_meta_is_told_as_the_platform_tells_it(world: World) -> None:
    meta = (await entity(world, "video", 18635803))["fileMeta"]
    assert (meta["width"], meta["height"], meta["duration"]) == (640, 360, 1.0)
    assert meta["framesToTimecodes"] == [at / 10 for at in range(10)]
    assert meta["streams"][0]["framesCount"] == 10


async def test_the_seeds_url_is_a_picture_of_the_world(world: World) -> None:
    assert world.urls == {URL: 17551751}
    assert (await entity(world, "image", 17551751))["name"] == "unsplash-1674552791148.jpg"


async def test_a_frame_takes_20_ms_and_nothing_is_prepared(model: Model) -> None:
    assert (model.spec.pace, model.spec.preparation) == (0.02, 0.0)


async def test_anything_else_is_synthetic_and_depends_on_the_seed(model: Model) -> None:
    other = Query(Subject("ab" * 32, 640, 480))
    found = default_spec(0).predict(other)
    assert found == model.spec.predict(other)
    assert found.objects
    assert found != default_spec(1).predict(other)


async def test_the_world_is_the_same_after_every_start(world: World) -> None:
    store = SqliteStore()
    again = await default_world(store, "other:", Blobs())
    kinds: list[Any] = ["image", "video", "task", "dataset", "project"]
    assert [await again.all(kind) for kind in kinds] == [await world.all(kind) for kind in kinds]
    await store.close()


@pytest.mark.parametrize(("shared", "status"), [(False, "finished"), (True, "started")])
async def test_tasks_of_an_earlier_process_have_ended_but_not_those_of_another_server(
    shared: bool, status: str
) -> None:
    store = SqliteStore()
    world = await default_world(store, "w:", Blobs())
    await world.add("task", task(9, "other", "Elsewhere"))
    await default_world(store, "w:", Blobs(), shared=shared)
    assert (await entity(world, "task", 9))["status"] == status
    await store.close()
