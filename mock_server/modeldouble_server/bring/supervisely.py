"""A downloaded Supervisely project: meta.json, and for each dataset a folder with `img` and `ann`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..refusal import Refused, shown
from .files import objects, read_object
from .found import FoundDataset, FoundImage, FoundProject, Root

META = "meta.json"


def read(root: Root) -> FoundProject:
    """The folder as a project; annotations are in pixels and stay as they are."""
    path = root.path / META
    meta = read_object(root, path)
    kind = meta.get("projectType", "images")
    if kind != "images":
        raise Refused(400, f"{path}: projectType is {shown(kind)}; only projects of images can be brought")
    titles = {one.get("title") for one in objects(meta.get("classes", []), path, "classes")}
    objects(meta.get("tags", []), path, "tags")
    datasets = [_dataset(root, one, name, titles) for one, name in _folders(root, root.path, "")]
    if not datasets:
        raise Refused(400, f"{root.path} has a {META} and no dataset: put pictures into <dataset>/img")
    return FoundProject(root.path.name, meta, datasets)


def _folders(root: Root, folder: Path, before: str) -> Iterator[tuple[Path, str]]:
    """Folders of datasets, also of those that lie in others: these are named by their path, with dots."""
    for one in root.folders(folder):
        name = f"{before}{one.name}"
        if (one / "img").is_dir():
            yield one, name
        if (one / "datasets").is_dir():
            yield from _folders(root, one / "datasets", f"{name}.")


def _dataset(root: Root, folder: Path, name: str, titles: set[Any]) -> FoundDataset:
    found = []
    for path in root.pictures(folder / "img"):
        annotation = _annotation(root, folder / "ann", path, titles)
        found.append(FoundImage(path, path.name, root.facts(path), annotation))
    return FoundDataset(name, found)


def _annotation(root: Root, folder: Path, picture: Path, titles: set[Any]) -> dict[str, Any] | None:
    # Older downloads leave the picture's own suffix out.
    names = (f"{picture.name}.json", f"{picture.stem}.json")
    path = next((folder / name for name in names if (folder / name).exists()), None)
    if path is None:
        return None
    annotation = read_object(root, path)
    for at, one in enumerate(objects(annotation.get("objects", []), path, "objects")):
        if one.get("classTitle") not in titles:
            title = shown(one.get("classTitle"))
            raise Refused(400, f"{path}: objects[{at}].classTitle is {title}, which {META} lacks; add the class there")
        points = one.get("points")
        if points is not None and not (isinstance(points, dict) and isinstance(points.get("exterior"), list)):
            raise Refused(400, f"{path}: objects[{at}].points is {shown(points)}; it must have a list exterior")
    return annotation
