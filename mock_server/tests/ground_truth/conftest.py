"""A COCO folder of small pictures, written for a test."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

Object = tuple[str, list[int]]
WriteCoco = Callable[..., Path]
CLASSES = ("cat", "dog", "van")


@pytest.fixture
def write_coco(tmp_path: Path) -> WriteCoco:
    """Writes pictures of 200 x 160 with objects, (class, COCO's bbox) or whole annotations, and gives the folder."""

    def write(pictures: Sequence[Sequence[Object | dict[str, Any]]]) -> Path:
        annotations: list[dict[str, Any]] = []
        for number, things in enumerate(pictures):
            Image.new("RGB", (200, 160), (number % 256, number // 256, 7)).save(tmp_path / f"{number}.png")
            for thing in things:
                raw = thing if isinstance(thing, dict) else {"category_id": CLASSES.index(thing[0]), "bbox": thing[1]}
                annotations.append({"id": len(annotations) + 1, "image_id": number, **raw})
        images = [{"id": at, "file_name": f"{at}.png"} for at in range(len(pictures))]
        categories = [{"id": at, "name": name} for at, name in enumerate(CLASSES)]
        content = {"images": images, "annotations": annotations, "categories": categories}
        (tmp_path / "instances_all.json").write_text(json.dumps(content), encoding="utf-8")
        return tmp_path

    return write
