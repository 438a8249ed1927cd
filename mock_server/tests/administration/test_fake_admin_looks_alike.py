"""A look is what the model answers: of every preset, under every kind of setting, of every kind of stub."""

from __future__ import annotations

import base64
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from modeldouble_server.administration.document import document
from modeldouble_server.administration.drawn import Unpacking, drawn
from modeldouble_server.default_world import DATA
from modeldouble_server.meta import Meta
from modeldouble_server.scene import Answer

if TYPE_CHECKING:
    from .conftest import Caller

Json = dict[str, Any]
IMAGE = 171250
PRESETS = document()["components"]["schemas"]["NewModel"]["properties"]["preset"]["enum"]
CORNERS = {"points": {"exterior": [[300, 300], [1000, 1200]], "interior": []}}
WINDOWS = {
    "windowHeight": 800, "windowWidth": 800, "overlapY": 100, "overlapX": 100, "borderStrategy": "shift_window",
    "bothWaysOverlap": False,
}  # fmt: skip
SETTINGS: list[Json] = [
    {}, {"conf": 0.05}, {"conf": 0.05, "iou": 0.1}, {"classes": ["person", "cat"]}, {"rectangle": CORNERS},
    {"inference_mode": "sliding_window", "sliding_window_params": WINDOWS},
]  # fmt: skip
POINTS = {"exterior": [[10, 20], [30, 20], [30, 40.5]], "interior": []}
BOX = {"class": "unicorn", "box": [10, 20, 30, 40], "confidence": 0.7}
OBJECT = {"classTitle": "newt", "geometryType": "polygon", "points": POINTS, "tags": []}
ANSWERS: list[Json] = [
    {"predict": [BOX]}, {"predict": []}, {"predict": [BOX], "times": 1, "then": [{"predict": []}]},
    {"annotation": {"objects": [OBJECT], "tags": [{"name": "wet", "value": 0.5}]}},
]  # fmt: skip


def plain(frame: Json) -> Json:
    """A frame as it can be compared: colours and tracks stand beside an answer, and masks are compared by pixels."""
    objects = [{key: one[key] for key in one.keys() - {"color", "track", "edges"}} for one in frame["objects"]]
    for one in objects:
        if one["shape"] == "graph":
            # An answer has the keypoints alone.
            del one["box"]
        if "mask" in one:
            png = Image.open(io.BytesIO(base64.b64decode(one["mask"]["png"]))).convert("RGBA").getchannel("A")
            one["mask"] = {**one["mask"], "png": png.tobytes()}
    return {"objects": objects, "tags": frame["tags"]}


def answered(said: Json) -> Json:
    """What was answered, drawn likewise."""
    size = (said["annotation"]["size"]["width"], said["annotation"]["size"]["height"])
    return plain(drawn(Answer(prediction=said), Meta(()), size, None, Unpacking(10**8)))


def alike(caller: Caller, session_url: str, model: int, settings: Json, image: int = IMAGE) -> Json:
    """Look at an image, ask the model about it, and give what both show."""
    told = caller.ask("POST", f"models/{model}/looks", {"image_id": image, "settings": settings})
    said = caller.post("inference_image_id", session_url, image_id=image, settings=settings).json()
    assert told["size"] == [said["annotation"]["size"]["width"], said["annotation"]["size"]["height"]]
    shown = plain(told["frames"][0])
    assert shown == answered(said)
    return shown


@pytest.mark.parametrize("preset", PRESETS)
def test_of_every_preset_under_every_setting(fake: Caller, preset: str) -> None:
    model = fake.ask("POST", "models", {"preset": preset, "seed": 3}, 201)
    world, image = fake.server.fake.models[model["session_url"].rpartition("/")[2]].world, DATA / "world" / "171250.jpg"
    added = fake.server.call(fake.server.fake.add_image(world, image.read_bytes(), image.name))
    shown = [alike(fake, model["session_url"], model["id"], settings, added) for settings in SETTINGS]
    assert any(one["objects"] or one["tags"] for one in shown)


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("settings", [{}, {"conf": 0.8}, {"classes": ["newt"]}])
def test_of_every_kind_of_stub(fake: Caller, answer: Json, settings: Json) -> None:
    fake.ask("POST", "models/1/stubs", {"when": {}, **answer}, 201)
    for _ in range(2):
        alike(fake, fake.server.session_url, 1, settings)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_of_a_picture_that_its_camera_turned(fake: Caller, orientation: int) -> None:
    (exif := Image.Exif())[274] = orientation
    Image.new("RGB", (90, 40), "red").save(file := io.BytesIO(), "JPEG", exif=exif)
    octets = {"Content-Type": "application/octet-stream"}
    picture = fake.ask("POST", "models/1/pictures?name=a.jpg", data=file.getvalue(), headers=octets)
    told = fake.ask("POST", "models/1/looks", {"picture": picture, "settings": {"conf": 0.01}})
    form: Any = [
        ("files", ("a.jpg", file.getvalue())), ("settings", (None, json.dumps({"settings": {"conf": 0.01}}))),
    ]  # fmt: skip
    said = fake.http.post(f"{fake.server.session_url}/inference_image", files=form, timeout=20).json()
    assert told["size"] == ([40, 90] if orientation > 4 else [90, 40])
    assert told["size"] == [said["annotation"]["size"]["width"], said["annotation"]["size"]["height"]]
    assert plain(told["frames"][0]) == answered(said)
    added = fake.server.add_image(file.getvalue(), "turned.jpg")
    alike(fake, fake.server.session_url, 1, {"conf": 0.01}, added)
