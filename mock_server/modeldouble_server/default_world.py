"""The world that is there after every start: task 27209 'Serve YOLOv5', three pictures, a video, an empty workspace."""

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import coco, entities
from .blobs import Blobs
from .entities import Facts, Place
from .meta import boxes
from .model import ModelSpec
from .predict.known import Known, read_labels
from .predict.synthetic import Synthetic
from .refusal import Refused
from .store import Store
from .world import Entity, Kind, World

DATA = Path(__file__).parent / "data"
API_TOKEN = hashlib.sha512(b"modeldouble api token").hexdigest()
"""128 characters, since older client releases refuse any other length."""
SESSION_TOKEN = hashlib.sha256(b"modeldouble session token").hexdigest()
TASK_ID = 27209
TEAM_ID, WORKSPACE_ID, EMPTY_WORKSPACE_ID = 440, 661, 662
PICTURES_PROJECT_ID, VIDEOS_PROJECT_ID = 17001, 17002
PICTURES_DATASET_ID, VIDEOS_DATASET_ID = 53001, 53002
PICTURES = Place(TEAM_ID, WORKSPACE_ID, PICTURES_PROJECT_ID, PICTURES_DATASET_ID)
VIDEOS = Place(TEAM_ID, WORKSPACE_ID, VIDEOS_PROJECT_ID, VIDEOS_DATASET_ID)
IMAGES = {
    171250: "171250.jpg",
    17551748: "17551748.jpg",
    17551750: "17551750.jpg",
    17551751: "unsplash-1674552791148.jpg",
}
VIDEO_ID, VIDEO = 18635803, "18635803.mp4"
URL = (
    "https://images.unsplash.com/photo-1674552791148-c756b0899dba?ixlib=rb-4.0.3"
    "&ixid=MnwxMjA3fDB8MHxwaG90by1wYWdlfHx8fGVufDB8fHx8&auto=format&fit=crop&w=387&q=80"
)
_DATE = "2023-02-09T15:00:00.000Z"

INFO = {
    "app_name": "Serve YOLOv5",
    "session_id": TASK_ID,
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
    "tracking_on_videos_support": False,
    "async_image_inference_support": True,
    "tracking_algorithms": [],
    "batch_inference_support": True,
    "max_batch_size": None,
}
SETTINGS = {"conf_thres": 0.25, "iou_thres": 0.45, "augment": False, "debug_visualization": False}
PRETRAINED: list[dict[str, Any]] = [
    {
        "Model": name,
        "meta": {
            "model_name": name,
            "task_type": "object detection",
            "model_files": {"checkpoint": f"/sly-app-data/model/{name}.pt"},
        },
    }
    for name in ("yolov5n", "yolov5s", "yolov5m", "yolov5l", "yolov5x")
]
DEPLOY_INFO: dict[str, Any] = {
    "checkpoint_name": "yolov5s",
    "model_name": "YOLOv5",
    "architecture": "YOLOv5",
    "checkpoint_url": None,
    "custom_checkpoint_path": None,
    "model_source": "Pretrained models",
    "task_type": "object detection",
    "device": "cuda",
    "runtime": "PyTorch",
    "model_precision": "FP16",
    "hardware": "none: a test double",
    "deploy_params": {
        "model_source": "Pretrained models",
        "model_files": PRETRAINED[1]["meta"]["model_files"],
        "model_info": PRETRAINED[1],
        "device": "cuda",
        "runtime": "PyTorch",
    },
}


def default_spec(seed: int = 0) -> ModelSpec:
    """The default model: the media of the world and of the demo as labelled, anything else synthetic."""
    labels = {**read_labels(DATA / "world"), **read_labels(DATA / "demo")}
    predictor = Known(labels, Synthetic(coco.NAMES, seed))
    return ModelSpec(INFO, SETTINGS, boxes(coco.COLORS), predictor, deploy_info=DEPLOY_INFO, pretrained=PRETRAINED)


async def default_world(
    store: Store, prefix: str, blobs: Blobs, session_token: str = SESSION_TOKEN, *, shared: bool = False
) -> World:  # fmt: skip
    """The world as records in the store, its media as files of the package.

    What is there already is left as it is, but tasks: those of an earlier process have ended with it, unless the store
    is `shared`, where they may be another's that runs.
    """
    world = World(store, prefix, blobs)
    labels = json.loads((DATA / "world" / "labels.json").read_text(encoding="utf-8"))
    items = [_image(world, one, DATA / "world" / name, labels["images"][name]) for one, name in IMAGES.items()]
    items.append(_video(world, VIDEO_ID, DATA / "world" / VIDEO, labels["videos"][VIDEO]))
    made = [one for one in [*items, *_places()] if await world.get(one[0], one[1]["id"]) is None]
    ended = [] if shared else [{**one, "status": "finished"} for one in await world.all("task")]
    await world.put([*made, *[("task", one) for one in ended], ("task", task(TASK_ID, session_token, "Serve YOLOv5"))])
    await world.recall_files()
    world.urls[URL] = 17551751
    return world


async def furnish(world: World, session_token: str, name: str) -> None:
    """Give a world what every world has: a task, a team, workspaces, a project of pictures and one of videos."""
    if await world.get("task", TASK_ID) is None:
        # Another server may be faster, and what users have changed there meanwhile stays.
        with suppress(Refused):
            await world.create([("task", task(TASK_ID, session_token, name)), *_places()])


def _places() -> list[tuple[Kind, Entity]]:
    made: list[tuple[Kind, Entity]] = []
    for place, kind in ((PICTURES, "images"), (VIDEOS, "videos")):
        name = kind.capitalize().replace("Images", "Pictures")
        made += entities.with_meta(entities.project(place.project, name, place, kind, _DATE))
        made.append(("dataset", entities.dataset(place.dataset, name.lower(), place, _DATE)))
    made.append(("team", entities.team(TEAM_ID, _DATE)))
    made.append(("workspace", entities.workspace(WORKSPACE_ID, "First Workspace", TEAM_ID, _DATE)))
    made.append(("workspace", entities.workspace(EMPTY_WORKSPACE_ID, "Empty Workspace", TEAM_ID, _DATE)))
    made.append(("user", entities.user(_DATE)))
    return made


def _image(world: World, image_id: int, path: Path, facts: dict[str, Any]) -> tuple[Kind, Entity]:
    world.blobs.add_file(facts["sha256"], path)
    known = Facts(facts["sha256"], facts["width"], facts["height"], "image/jpeg", path.stat().st_size)
    return "image", entities.image(image_id, path.name, PICTURES, known, _DATE)


def _video(world: World, video_id: int, path: Path, facts: dict[str, Any]) -> tuple[Kind, Entity]:
    world.blobs.add_file(facts["sha256"], path)
    meta = file_meta((facts["width"], facts["height"]), len(facts["frames"]), facts["fps"], path.stat().st_size)
    return "video", video(video_id, path.name, facts["sha256"], meta)


def video(video_id: int, name: str, sha256: str, meta: Entity) -> Entity:
    """A video in the world's dataset of videos."""
    return entities.item(video_id, name, VIDEOS, sha256, _DATE) | {"fileMeta": meta}


def file_meta(size: tuple[int, int], frames: int, fps: float, length: int) -> Entity:
    """What the platform knows of a video file. `size` is (width, height); `length`, in bytes, goes out as a string."""
    stream = {
        "index": 0,
        "codecName": "h264",
        "codecType": "video",
        "width": size[0],
        "height": size[1],
        "framesCount": frames,
    }
    times = [round(at / fps, 6) for at in range(min(frames, 10_000))]
    more = {
        "mime": "video/mp4",
        "formatName": "mov,mp4,m4a,3gp,3g2,mj2",
        "rotation": 0,
        "size": str(length),
        "startTime": 0,
    }
    return {**stream, **more, "duration": frames / fps, "framesToTimecodes": times, "streams": [stream]}


def task(task_id: int, session_token: str, name: str) -> Entity:
    """A serving app's task; `meta.sessionToken` is where the client finds the model."""
    app = {"id": 1, "name": name, "version": "1.0.0", "isBranch": False, "moduleId": 1}
    meta = {"sessionToken": session_token, "name": "", "app": app, "params": {"state": {}}}
    owner = {"workspaceId": WORKSPACE_ID, "teamId": TEAM_ID, "userId": 1, "userLogin": "modeldouble", "agentId": 1}
    dates = {"startedAt": _DATE, "finishedAt": None}
    state = {"type": "app", "status": "started", "description": "", "agentName": "modeldouble", "settings": {}}
    return {"id": task_id, **owner, **dates, **state, "meta": meta}
