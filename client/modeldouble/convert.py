"""Annotations in the forms of other programs, without importing any of them.

A rectangle of this protocol includes the pixels of all its borders, and COCO, YOLO and `supervision` measure from edge
to edge. So a box from column `left` to column `right` has the width `right - left + 1`, its left edge is `left` and its
right edge `right + 1`; rows alike. The points of polygons become the middle of their pixel, x + 0.5; keypoints stay as
they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from modeldouble.errors import BadArgument, UnknownClass
from modeldouble.geometry import Bitmap, Graph, Polygon, Rectangle
from modeldouble.geometry.bitmap import imported_numpy
from modeldouble.meta import ProjectMeta
from modeldouble.rle import rle_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from modeldouble.annotation import Annotation, Label

# One array of 32 masks of 64 million pixels.
MOST_MASK_PIXELS = 1 << 31

Classes = ProjectMeta | Mapping[str, int] | Iterable[str] | None


class Detections(NamedTuple):
    """The arrays that `supervision.Detections(**detections._asdict())` takes; n objects.

    `xyxy` is float32, n x 4: left, top, right, bottom edges in pixels. `mask` is boolean, n x height x width, or None
    when no object has a mask or a polygon. `confidence` is float32, n, or None when no object has one; an object
    without one among others counts as certain, 1. `class_id` is int64, n. `data["class_name"]` is n names.
    """

    xyxy: NDArray[np.float32]
    mask: NDArray[np.bool_] | None
    confidence: NDArray[np.float32] | None
    class_id: NDArray[np.int64]
    data: dict[str, NDArray[np.str_]]


def coco_results(
    annotation: Annotation, image_id: int, categories: Classes = None, segmentation: str = "rle"
) -> list[dict[str, Any]]:
    """Return COCO results, one per label: image_id, category_id, bbox [x, y, width, height], score.

    Masks and polygons get a `segmentation`: "rle" (compressed, exact, needs numpy and Pillow) or "polygon", which falls
    back to RLE for masks and for polygons with holes. Graphs get `keypoints`, x, y, visibility (2 seen, 0 not), in the
    order of the class's template. Without a confidence the score is 1. `categories` maps names to ids, or is a meta or
    a list of names, numbered from 1; None takes the meta that the annotation was read with.
    """
    if segmentation not in ("rle", "polygon"):
        raise BadArgument("segmentation", segmentation, 'give "rle" or "polygon"')
    ids = numbered(annotation, categories, first=1)
    results: list[dict[str, Any]] = []
    for label, box in _boxes(annotation):
        left, top, right, bottom = _edges(box)
        result: dict[str, Any] = {"image_id": image_id, "category_id": _id(ids, label)}
        result |= {
            "bbox": [left, top, right - left, bottom - top],
            **_outline(label, annotation.img_size, segmentation),
        }
        results.append(result | {"score": 1.0 if label.confidence is None else label.confidence})
    return results


def yolo_lines(annotation: Annotation, classes: Classes = None, confidence: bool = False) -> list[str]:
    """Return the lines of a YOLO label file: class, centre x, centre y, width, height, as parts of the image's size.

    Boxes are cut at the image's borders; what lies outside gets no line. `classes` maps names to indexes, or is a meta
    or a list of names, numbered from 0; None takes the meta that the annotation was read with. `confidence` adds it as
    sixth number (1 where there is none), as YOLO's own predictions have it.
    """
    ids = numbered(annotation, classes, first=0)
    height, width = annotation.img_size
    lines = []
    for label, box in _boxes(annotation):
        left, top, right, bottom = _edges(box)
        left, right, top, bottom = max(left, 0), min(right, width), max(top, 0), min(bottom, height)
        if left >= right or top >= bottom:
            continue
        numbers = [(left + right) / 2 / width, (top + bottom) / 2 / height]
        numbers += [(right - left) / width, (bottom - top) / height]
        numbers += [1.0 if label.confidence is None else label.confidence] if confidence else []
        lines.append(" ".join([str(_id(ids, label)), *(f"{number:.6f}" for number in numbers)]))
    return lines


def detections(annotation: Annotation, classes: Classes = None) -> Detections:
    """Return the labels as arrays. `classes` as in `yolo_lines`. Raises `MissingExtra` without numpy and Pillow."""
    from modeldouble.geometry.raster import mask_of

    numpy = imported_numpy()
    ids = numbered(annotation, classes, first=0)
    known = _boxes(annotation)
    scores = [label.confidence for label, _ in known]
    mask = None
    if any(isinstance(label.geometry, (Bitmap, Polygon)) for label, _ in known):
        height, width = annotation.img_size
        if len(known) * height * width > MOST_MASK_PIXELS:
            raise BadArgument("labels", len(known), f"at most {MOST_MASK_PIXELS} pixels of masks fit in one array")
        mask = numpy.stack([mask_of(label.geometry, annotation.img_size) for label, _ in known])
    certain = numpy.array([1.0 if score is None else score for score in scores], dtype=numpy.float32)
    return Detections(
        numpy.array([_edges(box) for _, box in known], dtype=numpy.float32).reshape(-1, 4),
        mask,
        None if all(score is None for score in scores) else certain,
        numpy.array([_id(ids, label) for label, _ in known], dtype=numpy.int64),
        {"class_name": numpy.array([label.obj_class.name for label, _ in known], dtype=numpy.str_)},
    )


def numbered(annotation: Annotation, classes: Classes, first: int) -> dict[str, int]:
    """Return the number of each class name; see `coco_results` and `yolo_lines`."""
    chosen = annotation.project_meta if classes is None else classes
    if chosen is None or isinstance(chosen, (str, bytes)):
        remedy = "give the project meta, a list of names or a mapping of names to numbers: without a meta, the order of"
        raise BadArgument("classes", chosen, f"{remedy} the classes is not known")
    if isinstance(chosen, Mapping):
        return {str(name): int(number) for name, number in chosen.items()}
    names = [item.name for item in chosen.obj_classes] if isinstance(chosen, ProjectMeta) else list(chosen)
    return {name: index for index, name in enumerate(names, first)}


def _id(ids: Mapping[str, int], label: Label) -> int:
    found = ids.get(label.obj_class.name)
    if found is None:
        raise UnknownClass("classTitle", label.obj_class.name, f"it has no number; known are {', '.join(ids)}"[:300])
    return found


def _boxes(annotation: Annotation) -> list[tuple[Label, Rectangle]]:
    # Geometries of unknown kinds have no box, and none of these forms could hold them.
    boxes = [(label, label.geometry.to_bbox()) for label in annotation.labels]
    return [(label, box) for label, box in boxes if box is not None]


def _edges(box: Rectangle) -> tuple[int, int, int, int]:
    return box.left, box.top, box.right + 1, box.bottom + 1


def _outline(label: Label, size: tuple[int, int], segmentation: str) -> dict[str, Any]:
    geometry = label.geometry
    if isinstance(geometry, Graph):
        flat: list[float] = []
        for name in label.obj_class.keypoints or geometry.nodes:
            node = geometry.nodes.get(name)
            seen = node is not None and not node.disabled
            flat += [node.location.col, node.location.row, 2] if node is not None and seen else [0, 0, 0]
        return {"keypoints": flat, "num_keypoints": sum(value == 2 for value in flat[2::3])}
    if isinstance(geometry, Polygon) and segmentation == "polygon" and not geometry.interior:
        return {"segmentation": [[part for point in geometry.exterior for part in (point.col + 0.5, point.row + 0.5)]]}
    if isinstance(geometry, (Bitmap, Polygon)):
        from modeldouble.geometry.raster import mask_of

        return {"segmentation": rle_of(mask_of(geometry, size))}
    return {}
