"""The media that the fake ships: real files that show what their labels say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

DATA = Path(str(files("modeldouble_server"))) / "data"
FOLDERS = ("world", "demo")
PIXELS: TypeAlias = NDArray[np.float64]
BOX: TypeAlias = tuple[int, int, int, int]
VIDEO = "18635803.mp4"
COCO = frozenset(
    "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter,"
    "bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,"
    "skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,"
    "cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,"
    "potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,"
    "refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush".split(",")
)


def labels(folder: str) -> dict[str, Any]:
    """The labels of a folder."""
    loaded: dict[str, Any] = json.loads((DATA / folder / "labels.json").read_text("utf-8"))
    return loaded


def images() -> Iterator[tuple[str, str]]:
    """Folder and name of every picture."""
    return ((folder, name) for folder in FOLDERS for name in labels(folder)["images"])


def every_frame() -> Iterator[tuple[int, int, list[dict[str, Any]]]]:
    """Width, height and objects of every picture and of every frame of the video."""
    for folder in FOLDERS:
        found = labels(folder)
        for image in found["images"].values():
            yield image["width"], image["height"], image["objects"]
        for video in found["videos"].values():
            yield from ((video["width"], video["height"], objects) for objects in video["frames"])


def pixels(name: str) -> PIXELS:
    """The colours of a picture of the default world."""
    return np.asarray(Image.open(DATA / "world" / name).convert("RGB"), dtype=np.float64)


def film() -> PIXELS:
    """All frames of the video."""
    with av.open(str(DATA / "world" / VIDEO)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]).astype(np.float64)


def within(shape: tuple[int, ...], box: BOX, margin: int = 0) -> NDArray[np.bool_]:
    """A mask of what lies in a box, made larger by a margin."""
    left, top, right, bottom = box
    mask = np.zeros(shape[:2], dtype=np.bool_)
    mask[max(top - margin, 0) : bottom + 1 + margin, max(left - margin, 0) : right + 1 + margin] = True
    return mask


def contrast(picture: PIXELS, box: BOX) -> float:
    """How far the colour of a box is from the colour of the ring around it (0 to 441)."""
    inside = within(picture.shape, box)
    ring = within(picture.shape, box, 24) & ~inside
    return float(np.linalg.norm(np.median(picture[inside], axis=0) - np.median(picture[ring], axis=0)))


@pytest.mark.parametrize(("folder", "name"), list(images()))
def test_picture_decodes_to_the_stated_size(folder: str, name: str) -> None:
    stated = labels(folder)["images"][name]
    with Image.open(DATA / folder / name) as image:
        image.load()
        assert image.format == "JPEG"
        assert image.mode == "RGB"
        assert image.size == (stated["width"], stated["height"])
    assert stated["sha256"] == hashlib.sha256((DATA / folder / name).read_bytes()).hexdigest()


def test_video_is_an_h264_of_ten_frames() -> None:
    stated = labels("world")["videos"][VIDEO]
    with av.open(str(DATA / "world" / VIDEO)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert stream.average_rate == stated["fps"]
        assert (stream.width, stream.height) == (stated["width"], stated["height"])
    assert len(film()) == len(stated["frames"]) == 10
    assert stated["sha256"] == hashlib.sha256((DATA / "world" / VIDEO).read_bytes()).hexdigest()


def test_video_starts_before_it_is_read_to_its_end() -> None:
    content = (DATA / "world" / VIDEO).read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_boxes_are_whole_numbers_inside_the_picture() -> None:
    for width, height, objects in every_frame():
        for found in objects:
            left, top, right, bottom = found["box"]
            assert all(type(edge) is int for edge in found["box"])
            assert 0 <= left < right < width
            assert 0 <= top < bottom < height


def test_classes_are_of_coco_and_confidences_above_the_threshold() -> None:
    assert len(COCO) == 80
    for _, _, objects in every_frame():
        assert objects
        assert {found["class"] for found in objects} <= COCO
        assert all(0.56 < found["confidence"] < 1 for found in objects)


def test_pictures_of_the_tutorial_have_its_values() -> None:
    world = labels("world")["images"]
    assert (world["17551748.jpg"]["width"], world["17551748.jpg"]["height"]) == (1067, 800)
    assert world["17551748.jpg"]["objects"] == [
        {"class": "orange", "box": [522, 114, 814, 381], "confidence": 0.611328125}
    ]
    assert (world["171250.jpg"]["width"], world["171250.jpg"]["height"]) == (1280, 1600)
    assert world["171250.jpg"]["objects"] == [
        {"class": "person", "box": [764, 272, 1062, 1002], "confidence": 0.869140625},
        {"class": "horse", "box": [393, 412, 1274, 1435], "confidence": 0.87109375},
    ]
    assert world["unsplash-1674552791148.jpg"]["width"] == 387


def test_video_of_the_tutorial_has_its_classes_in_each_frame() -> None:
    frames = labels("world")["videos"][VIDEO]["frames"]
    one, two = ["car"], ["car", "car"]
    expected = [one, ["car", "truck", "car"], two, two, two, one, two, two, one, one]
    assert [[found["class"] for found in objects] for objects in frames] == expected


def test_tracks_move_smoothly() -> None:
    last: dict[int, tuple[int, BOX]] = {}
    for index, objects in enumerate(labels("world")["videos"][VIDEO]["frames"]):
        assert len({found["track"] for found in objects}) == len(objects)
        for found in objects:
            before, box = last.get(found["track"], (index - 1, found["box"]))
            assert before == index - 1
            assert min(abs(found["box"][0] - box[0]), abs(found["box"][2] - box[2])) <= 110
            assert found["box"][3] == box[3]
            last[found["track"]] = (index, found["box"])


@pytest.mark.parametrize("name", ["17551748.jpg", "171250.jpg"])
def test_objects_stand_out_from_what_is_around_them(name: str) -> None:
    picture = pixels(name)
    for found in labels("world")["images"][name]["objects"]:
        assert contrast(picture, found["box"]) > 45


def extent(mask: NDArray[np.bool_], least: int) -> BOX:
    """The box of a mask, without rows and columns that have hardly anything of it."""
    rows, columns = (np.flatnonzero(mask.sum(axis=axis) > least) for axis in (1, 0))
    return int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])


def test_the_orange_fills_its_box_and_is_the_only_one() -> None:
    red, green, blue = np.moveaxis(pixels("17551748.jpg"), -1, 0)
    peel = (red > 60) & (blue < red * 0.32) & (green > red * 0.2) & (green < red * 0.64)
    assert np.abs(np.subtract(extent(peel, 3), (522, 114, 814, 381))).max() <= 3


def test_the_rider_is_as_wide_as_the_box_and_has_shoes_at_its_end() -> None:
    picture = pixels("171250.jpg")
    red, green, blue = np.moveaxis(picture, -1, 0)
    shirt = extent((red > 200) & (green < 130) & (blue < 80), 6)
    assert max(shirt[0] - 764, 1062 - shirt[2]) <= 12
    assert np.linalg.norm(picture[1000, 850] - picture[1010, 850]) > 30
    assert np.linalg.norm(picture[278, 900] - picture[266, 900]) > 60


def test_the_horse_is_the_brown_thing_in_its_box() -> None:
    red, green, blue = np.moveaxis(pixels("171250.jpg"), -1, 0)
    brown = (red > 60) & (red < 200) & (red > green * 1.2) & (green > blue * 0.9)
    horse = within(brown.shape, (393, 412, 1274, 1435))
    assert brown[horse].mean() > 0.3
    assert brown[~horse].mean() < 0.04


def test_vehicles_are_where_the_frames_differ_from_the_empty_road() -> None:
    frames, stated = film(), labels("world")["videos"][VIDEO]["frames"]
    boxed = np.stack([np.any([within(frames[0].shape, found["box"], 12) for found in seen], axis=0) for seen in stated])
    empty = np.ma.masked_array(frames, np.broadcast_to(boxed[..., None], frames.shape)).mean(axis=0)
    changed = np.ma.filled(np.abs(frames - empty).max(axis=-1) > 40, False)
    for moved, outside, objects in zip(changed, ~boxed, stated, strict=True):
        assert all(moved[within(moved.shape, found["box"])].mean() > 0.5 for found in objects)
        assert moved[outside].mean() < 0.002


def test_the_truck_is_not_seen_in_other_frames() -> None:
    stated = labels("world")["videos"][VIDEO]["frames"]
    box = next(found["box"] for found in stated[1] if found["class"] == "truck")
    cargo = (box[0], box[1] + 6, box[0] + 36, box[1] + 36)
    yellow = [frame[within(frame.shape, cargo)].mean(axis=0) for frame in film()]
    assert yellow[1][0] - yellow[1][2] > 120
    assert all(colour[0] - colour[2] < 60 for index, colour in enumerate(yellow) if index != 1)


def test_media_are_small_and_named_with_their_source() -> None:
    shipped = [path for folder in FOLDERS for path in (DATA / folder).iterdir()]
    assert sum(path.stat().st_size for path in shipped) < 2_500_000
    readme = next(
        root / "fixtures/media/README.md" for root in Path(__file__).parents if (root / "fixtures/media").is_dir()
    ).read_text("utf-8")
    assert [path.name for path in shipped if f"`{path.parent.name}/{path.name}`" not in readme] == []


def test_every_picture_has_labels_and_no_two_are_the_same() -> None:
    shipped = sorted((path.parent.name, path.name) for folder in FOLDERS for path in (DATA / folder).glob("*.jpg"))
    assert shipped == sorted(images())
    hashes = [labels(folder)["images"][name]["sha256"] for folder, name in shipped]
    assert len(set(hashes)) == len(hashes)
