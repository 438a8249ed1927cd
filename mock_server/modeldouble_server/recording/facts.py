"""What a recording tells of the platform's pictures and videos: ids, names, sizes, how long a video is."""

import hashlib
from typing import Any, NamedTuple

from .. import entities
from ..default_world import PICTURES, VIDEOS, file_meta
from ..entities import Place
from ..world import Entity, World
from .index import IMAGE, PROJECT_IMAGE, VIDEO, Key, Prediction

_DATE = "2023-02-09T15:00:00.000Z"
_FPS = 25.0


class Item(NamedTuple):
    """A picture or a video. Size is in pixels."""

    width: int
    height: int
    name: str
    dataset: int
    project: int
    frames: int = 0


class Facts:
    """Items by key, gathered from predictions."""

    def __init__(self) -> None:
        self.images: dict[int, Item] = {}
        self.videos: dict[int, Item] = {}
        self._totals: dict[int, int] = {}

    def add(self, key: Key, prediction: Prediction) -> None:
        """Learn from a prediction."""
        size = prediction["annotation"]["size"]
        owner = (prediction.get("dataset_id") or 0, prediction.get("project_id") or 0)
        if key.kind in (IMAGE, PROJECT_IMAGE):
            name = prediction.get("name") or prediction.get("image_name") or f"{key.name}.jpg"
            self.images[int(key.name)] = Item(size["width"], size["height"], name, *owner)
        elif key.kind == VIDEO:
            before = self.videos.get(int(key.name))
            frames = max(before.frames if before else 0, (key.frame or 0) + 1)
            self.videos[int(key.name)] = Item(size["width"], size["height"], f"{key.name}.mp4", *owner, frames)

    def total(self, key: Key, total: int) -> None:
        """A job over a whole video has this many frames."""
        if key.kind == VIDEO:
            self._totals[int(key.name)] = max(total, self._totals.get(int(key.name), 0))

    def frames(self, video_id: int) -> int:
        """How long a video is, as far as it is known."""
        return max(self.videos[video_id].frames, self._totals.get(video_id, 0))


async def put_facts(world: World, facts: Facts) -> None:
    """Let a world have the pictures and videos of a recording, where it has no others of their ids and sizes.

    Their bytes are not known, so they can be inferred, but not downloaded.
    """
    for image_id, item in facts.images.items():
        await _put_image(world, image_id, item)
    for video_id, item in facts.videos.items():
        await _put_video(world, video_id, item._replace(frames=facts.frames(video_id)))


async def _put_image(world: World, image_id: int, item: Item) -> None:
    known = await world.get("image", image_id)
    if known is not None and _same(known, item) and (known["width"], known["height"]) == (item.width, item.height):
        return
    place = await _place(world, item, PICTURES, "images")
    facts = entities.Facts(_invented("image", image_id), item.width, item.height, "image/jpeg", 0)
    await world.add("image", entities.image(image_id, item.name, place, facts, _DATE))


async def _put_video(world: World, video_id: int, item: Item) -> None:
    known = await world.get("video", video_id)
    if known is not None and _same(known, item._replace(name=known["name"])) and _measures(known["fileMeta"], item):
        return
    place = await _place(world, item, VIDEOS, "videos")
    name = item.name if known is None else known["name"]
    meta = file_meta((item.width, item.height), item.frames, _FPS, 0)
    made = entities.item(video_id, name, place, _invented("video", video_id), _DATE)
    await world.add("video", made | {"fileMeta": meta})


def _same(known: Entity, item: Item) -> bool:
    owner = item.dataset in (0, known["datasetId"]) and item.project in (0, known["projectId"])
    return owner and bool(known["name"] == item.name)


def _measures(meta: dict[str, Any], item: Item) -> bool:
    return bool((meta["width"], meta["height"], meta["framesCount"]) == (item.width, item.height, item.frames))


async def _place(world: World, item: Item, default: Place, kind: str) -> Place:
    """The dataset that a prediction names, which is made if it is not there; without one, the world's own."""
    if not item.dataset or not item.project:
        return default
    place = Place(default.team, default.workspace, item.project, item.dataset)
    if await world.get("project", item.project) is None:
        project = entities.project(item.project, f"Recorded {item.project}", place, kind, _DATE)
        await entities.add_project(world, project)
    if await world.get("dataset", item.dataset) is None:
        await world.add("dataset", entities.dataset(item.dataset, f"recorded {item.dataset}", place, _DATE))
    return place


def _invented(kind: str, item_id: int) -> str:
    return hashlib.sha256(f"recorded {kind} {item_id}".encode()).hexdigest()
