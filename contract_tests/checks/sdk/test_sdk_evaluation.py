"""Scripts written for the official SDK, run twice on a COCO folder brought in: with it, and with one line changed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import modeldouble_server
from modeldouble_server.default_world import DATA

OFFICIAL, OURS = "import supervisely as sly", "import modeldouble.sly as sly"
EVALUATION = """
import os
import supervisely as sly
api = sly.Api(os.environ["SERVER_ADDRESS"], os.environ["API_TOKEN"])
session = sly.nn.inference.Session(api, task_id=27209)
meta = sly.ProjectMeta.from_json(api.project.get_meta(int(os.environ["PROJECT"])))
images = api.image.get_list(int(os.environ["DATASET"]))
sides = ("left", "top", "right", "bottom")
def box(label): return label.obj_class.name, *(getattr(label.geometry, side) for side in sides)
def overlap(a, b):
    width, height = min(a[3], b[3]) - max(a[1], b[1]) + 1, min(a[4], b[4]) - max(a[2], b[2]) + 1
    area = lambda one: (one[3] - one[1] + 1) * (one[4] - one[2] + 1)
    shared = max(0, width) * max(0, height)
    return shared / (area(a) + area(b) - shared)
found, wanted = {}, {}
for image, annotation in zip(images, session.inference_image_ids([one.id for one in images])):
    truth = [box(one) for one in sly.Annotation.from_json(api.annotation.download(image.id).annotation, meta).labels]
    for one in truth: wanted[one[0]] = wanted.get(one[0], 0) + 1
    for label in annotation.labels:
        hit = any(one[0] == box(label)[0] and overlap(one, box(label)) >= 0.5 for one in truth)
        found.setdefault(box(label)[0], []).append((label.tags.get("confidence").value, hit))
def average_precision(name):
    hits, total = 0, 0.0
    for rank, (_, hit) in enumerate(sorted(found.get(name, []), reverse=True), 1):
        hits += hit
        total += hit * hits / rank
    return total / wanted[name]
print("mAP@50 %.4f" % (sum(map(average_precision, wanted)) / len(wanted)))
"""
ANNOTATIONS = """
import os
import supervisely as sly
session = sly.nn.inference.Session(sly.Api(os.environ["SERVER_ADDRESS"], os.environ["API_TOKEN"]), task_id=27209)
session.update_inference_settings(conf_thres=0.3)
annotation = session.inference_image_id(171250)
print(annotation.img_size, [label.obj_class.name for label in annotation.labels], len(annotation.img_tags))
for label in annotation.labels:
    confidence = label.tags.get("confidence").value
    print(label.geometry.left, label.geometry.bottom, *label.obj_class.color, round(confidence, 3))
for frame in session.inference_video_id_async(18635803, 1, 2):
    print([label.obj_class.name for label in frame.labels], frame.to_json()["size"])
annotation.draw_pretty(sly.image.read(os.environ["PICTURE"]), output_path="drawn.jpg")
print(os.path.getsize("drawn.jpg") > 10000)
"""
TRUTH = {
    "astronaut.jpg": [("person", [18, 15, 347, 497])],
    "cat.jpg": [("cat", [0, 0, 400, 300])],
    "espresso.jpg": [("cup", [173, 18, 237, 290]), ("spoon", [500, 300, 90, 90])],
}
"""Boxes as COCO has them: left, top, width, height. The spoon is where the model sees none, the table is not asked."""


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A COCO folder as platform content, with ids of our choice; the environment that a script finds it by."""
    folder = tmp_path_factory.mktemp("coco")
    for name in TRUTH:
        shutil.copy(DATA / "demo" / name, folder / name)
    (folder / "annotations.json").write_text(json.dumps(_coco()), encoding="utf-8")
    with modeldouble_server.serve() as server:
        server.add_project(folder, project_id=501, dataset_id=502, image_ids=9001)
        where = {"SERVER_ADDRESS": server.server_address, "API_TOKEN": server.api_token}
        yield {**where, "PROJECT": "501", "DATASET": "502", "PICTURE": str(DATA / "world" / "171250.jpg")}


def _coco() -> dict[str, object]:
    sizes = {"astronaut.jpg": (512, 512), "cat.jpg": (451, 300), "espresso.jpg": (600, 400)}
    classes = ["person", "cat", "cup", "spoon"]
    images = [
        {"id": number, "file_name": name, "width": sizes[name][0], "height": sizes[name][1]}
        for number, name in enumerate(TRUTH, 1)
    ]
    boxes = [(number, name, box) for number, found in enumerate(TRUTH.values(), 1) for name, box in found]
    annotations = [
        {"id": at, "image_id": number, "category_id": classes.index(name) + 1, "bbox": box, "area": box[2] * box[3]}
        for at, (number, name, box) in enumerate(boxes, 1)
    ]
    categories = [{"id": at, "name": name} for at, name in enumerate(classes, 1)]
    return {"images": images, "annotations": annotations, "categories": categories}


def run(script: str, environment: dict[str, str], folder: Path) -> list[str]:
    """What a script prints, but for log lines."""
    (folder / "script.py").write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=folder, env={**os.environ, **environment, "HOME": str(folder)},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return [line for line in done.stdout.splitlines() if not line.startswith("{")]


@pytest.mark.parametrize("line", [OFFICIAL, OURS])
def test_an_evaluation_gives_the_same_figure(brought: dict[str, str], tmp_path: Path, line: str) -> None:
    # One of one in three classes and none of the spoons: 3 of 4.
    assert run(EVALUATION.replace(OFFICIAL, line), brought, tmp_path) == ["mAP@50 0.7500"]


def test_a_script_on_annotations_prints_the_same(brought: dict[str, str], tmp_path: Path) -> None:
    official = run(ANNOTATIONS, brought, tmp_path)
    assert official[0] == "(1600, 1280) ['person', 'horse'] 0"
    assert official[-1] == "True"
    assert run(ANNOTATIONS.replace(OFFICIAL, OURS), brought, tmp_path) == official
