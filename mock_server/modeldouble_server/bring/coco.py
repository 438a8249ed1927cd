"""A COCO folder: pictures, and files of instances whose boxes, polygons and masks become labels.

Boxes, of which COCO gives corner and size, name their last pixel on the platform. An object of several polygons becomes
one mask, so that a count of objects stays right.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..coco import COLORS
from ..entities import Facts
from ..refusal import Refused, shown
from .files import objects, read_object
from .found import FoundDataset, FoundImage, FoundProject, Root
from .masks import bitmap, from_counts, from_polygons

_CROWD = {"name": "iscrowd", "value_type": "none", "color": "#710F8A", "hotkey": "", "applicable_type": "all",
          "classes": [], "target_type": "all"}  # fmt: skip
_PALETTE = list(COLORS.values())
Json = dict[str, Any]


def files(root: Root) -> list[Path]:
    """JSON files of the folder, of `annotations` in it and of folders beside it, that look like instances."""
    folders = [root.path, *root.folders(root.path)]
    found = [one for folder in folders for one in sorted(folder.glob("*.json")) if not one.name.startswith("captions")]
    instances = [one for one in found if one.name.startswith("instances")]
    return [one for one in instances or found if {"images", "annotations"} <= read_object(root, one).keys()]


def read(root: Root, instances: list[Path]) -> FoundProject:
    """The folder as a project: each file of instances is a dataset."""
    shapes: dict[str, Counter[str]] = {}
    names = [one.stem.removeprefix("instances_") for one in instances]
    if len(set(names)) < len(names):
        names = [f"{one.parent.name}-{name}" for one, name in zip(instances, names, strict=True)]
    datasets = [_dataset(root, one, name, shapes) for one, name in zip(instances, names, strict=True)]
    classes = [
        {"title": title, "shape": _shape(used), "color": _PALETTE[at % len(_PALETTE)], "hotkey": "", "description": "",
         "geometry_config": {}}
        for at, (title, used) in enumerate(shapes.items())
    ]  # fmt: skip
    return FoundProject(root.path.name, {"classes": classes, "tags": [_CROWD]}, datasets)


def _shape(used: "Counter[str]") -> str:
    return next(iter(used)) if len(used) == 1 else "any" if used else "rectangle"


def _dataset(root: Root, path: Path, name: str, shapes: "dict[str, Counter[str]]") -> FoundDataset:
    content = read_object(root, path)
    titles = _titles(content, path)
    for title in titles.values():
        shapes.setdefault(title, Counter())
    by_image: dict[Any, list[tuple[int, Json]]] = {}
    for at, one in enumerate(objects(content["annotations"], path, "annotations")):
        by_image.setdefault(_plain(one.get("image_id")), []).append((at, one))
    found = []
    for at, image in enumerate(objects(content["images"], path, "images")):
        file = _file(root, path, image.get("file_name"), at)
        facts = root.facts(file)
        made = [_label(one, titles, facts, f"{path}: annotations[{n}]") for n, one in
                by_image.pop(_plain(image.get("id")), [])]  # fmt: skip
        labels = [one for one in made if one is not None]
        for label in labels:
            shapes[label["classTitle"]][label["shape"]] += 1
        size = {"height": facts.height, "width": facts.width}
        annotation = {"description": "", "size": size, "tags": [], "objects": labels}
        found.append(FoundImage(file, file.name, facts, annotation))
    if by_image:
        raise Refused(
            400, f"{path}: annotations name image_id {shown(next(iter(by_image)))}, not in images; add it there"
        )
    return FoundDataset(name, sorted(found, key=lambda one: one.name))


def _titles(content: Json, path: Path) -> dict[Any, str]:
    titles = {}
    for at, one in enumerate(objects(content.get("categories", []), path, "categories")):
        if not isinstance(one.get("name"), str) or not one["name"]:
            raise Refused(400, f"{path}: categories[{at}].name is {shown(one.get('name'))}; it must be a text")
        titles[_plain(one.get("id"))] = one["name"]
    return titles


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, str)) else None


def _file(root: Root, path: Path, name: Any, at: int) -> Path:
    if not isinstance(name, str) or not name:
        raise Refused(400, f"{path}: images[{at}].file_name is {shown(name)}; it must name a file")
    split = path.stem.removeprefix("instances_")
    folders = [path.parent, root.path]
    for inner in ("images", "data", "img", split, f"images/{split}"):
        folders.append(root.path / inner)
    for folder in folders:
        file = folder / name
        root.inside(file)
        if file.is_file():
            return file
    raise Refused(400, f"{path}: images[{at}].file_name is {shown(name)}, which is in none of the folders images, data,"
                       f" {split} and beside the JSON; put the file into {root.path / 'images'}")  # fmt: skip


def _label(one: Json, titles: Mapping[Any, str], facts: Facts, where: str) -> Json | None:
    title = titles.get(_plain(one.get("category_id")))
    if title is None:
        raise Refused(400, f"{where}.category_id is {shown(one.get('category_id'))}, not in categories; add it there")
    try:
        shape, geometry = _geometry(one, facts)
    except (TypeError, ValueError, KeyError, OverflowError, MemoryError) as error:
        raise Refused(400, f"{where} has no box or segmentation that can be read ({error}); mend it") from error
    if geometry is None:
        return None
    tags = [{"name": "iscrowd"}] if one.get("iscrowd") else []
    return {"classTitle": title, "description": "", "tags": tags, **geometry, "geometryType": shape, "shape": shape}


def _geometry(one: Json, facts: Facts) -> tuple[str, Json | None]:
    parts = one.get("segmentation")
    if isinstance(parts, dict):
        height, width = parts["size"]
        if (height, width) != (facts.height, facts.width):
            raise ValueError(f"size is {height} x {width}, the picture's {facts.height} x {facts.width}")
        made = bitmap(from_counts(parts["counts"], height, width))
        return "bitmap", None if made is None else {"bitmap": made}
    if parts and len(parts) == 1:
        corners = [[float(x), float(y)] for x, y in zip(parts[0][::2], parts[0][1::2], strict=True)]
        if len(corners) < 3:
            raise ValueError(f"segmentation has {len(corners)} corners")
        inside = [[min(round(x), facts.width - 1), min(round(y), facts.height - 1)] for x, y in corners]
        return "polygon", {"points": {"exterior": inside, "interior": []}}
    if parts:
        made = bitmap(from_polygons(parts, facts.height, facts.width))
        return "bitmap", None if made is None else {"bitmap": made}
    return "rectangle", {"points": {"exterior": _box(one["bbox"], facts), "interior": []}}


def _box(box: Any, facts: Facts) -> list[list[int]]:
    """COCO's [x, y, width, height] as [[left, top], [right, bottom]], whose last pixels belong to it."""
    x, y, width, height = (float(value) for value in box)
    left, top = (max(0, min(round(at), most - 1)) for at, most in ((x, facts.width), (y, facts.height)))
    right = max(left, min(round(x + width) - 1, facts.width - 1))
    bottom = max(top, min(round(y + height) - 1, facts.height - 1))
    return [[left, top], [right, bottom]]
