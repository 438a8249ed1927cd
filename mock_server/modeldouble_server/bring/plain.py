"""A plain folder of pictures: those in it are one dataset, those of each folder in it another."""

from pathlib import Path
from typing import Any

from ..refusal import Refused
from .found import SUFFIXES, FoundDataset, FoundImage, FoundProject, Root

META: dict[str, Any] = {"classes": [], "tags": []}


def read(root: Root) -> FoundProject:
    """The folder as a project without classes."""
    folders = [root.path, *root.folders(root.path)]
    datasets = [_dataset(root, one) for one in folders]
    kept = [one for one in datasets if one.images]
    if not kept:
        raise Refused(
            400,
            f"{root.path} has no pictures ({' '.join(SUFFIXES)}), no meta.json and no COCO annotations; give a folder"
            " with pictures, a downloaded Supervisely project or a COCO folder",
        )
    return FoundProject(root.path.name, META, kept)


def _dataset(root: Root, folder: Path) -> FoundDataset:
    return FoundDataset(
        folder.name, [FoundImage(one, one.name, root.facts(one), None) for one in root.pictures(folder)]
    )
