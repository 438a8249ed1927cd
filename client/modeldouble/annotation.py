"""A typed view of an annotation: size, tags, labels.

The JSON it came from is kept whole, so `to_json` loses nothing, not even the order of the keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from modeldouble.errors import BadArgument, UnknownClass
from modeldouble.geometry import Geometry, geometry_of
from modeldouble.meta import Named, ObjClass, ProjectMeta, TagMeta

if TYPE_CHECKING:
    import os

    import numpy as np
    from numpy.typing import NDArray

    from modeldouble.convert import Detections


class Tag:
    """A tag on an object or an image: a kind and, for most kinds, a value."""

    __slots__ = ("_raw", "meta", "name", "value")

    def __init__(self, meta: TagMeta, value: str | float | None = None) -> None:
        self.meta: TagMeta | None = meta
        self.name = meta.name
        self.value = value
        self._raw: dict[str, Any] = {"name": meta.name} if value is None else {"name": meta.name, "value": value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], meta: TagMeta | None = None) -> Tag:
        """Make it from `{"name": NAME, "value": VALUE}`; its `meta` is None when the project meta lacks it."""
        if not isinstance(data, Mapping):
            raise BadArgument("tag", data, 'a tag is {"name": NAME, "value": VALUE}')
        made = cls(TagMeta(str(data.get("name", ""))), data.get("value"))
        made.meta, made._raw = meta, deepcopy(dict(data))
        return made

    def to_json(self) -> dict[str, Any]:
        """Return `{"name": NAME, "value": VALUE}`, without a value where there is none."""
        return deepcopy(self._raw)

    def __repr__(self) -> str:
        return f"Tag({self.name!r}, {self.value!r})"


class Label:
    """One object of an annotation: what it is, where it lies, and its tags."""

    __slots__ = ("_raw", "description", "geometry", "obj_class", "tags")

    def __init__(
        self, geometry: Geometry, obj_class: ObjClass, tags: Iterable[Tag] = (), description: str = ""
    ) -> None:
        self.geometry = geometry
        self.obj_class = obj_class
        self.tags: Named[Tag] = Named(tags)
        self.description = description
        self._raw: dict[str, Any] | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any], project_meta: ProjectMeta | None = None) -> Label:
        """Make it from an object of an annotation. Raises `UnknownClass`, `BadArgument`."""
        if not isinstance(data, Mapping):
            raise BadArgument("objects", data, "an object of an annotation is a JSON object with classTitle")
        title = str(data.get("classTitle", ""))
        derived = ObjClass(title, str(data.get("geometryType", "any")))
        found = derived if project_meta is None else project_meta.obj_classes.get(title)
        if found is None:
            remedy = "the project meta has no such class; get the model's with get_model_meta()"
            raise UnknownClass("classTitle", title, remedy)
        made = cls(geometry_of(data), found, _tags(data, project_meta), str(data.get("description", "")))
        made._raw = deepcopy(dict(data))
        return made

    @property
    def confidence(self) -> float | None:
        """How sure the model is, 0 to 1: the value of the tag `confidence` (or `conf`, `score`); None without one."""
        found = [tag.value for tag in self.tags if tag.name in ("confidence", "conf", "score")]
        return next((float(value) for value in found if isinstance(value, (int, float))), None)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object; equal to the one it was made from."""
        if self._raw is not None:
            return deepcopy(self._raw)
        tags = [tag.to_json() for tag in self.tags]
        made = {"classTitle": self.obj_class.name, "description": self.description, "tags": tags}
        number = {} if self.obj_class.sly_id is None else {"classId": self.obj_class.sly_id}
        return {**made, **self.geometry.to_json(), **number}

    def __repr__(self) -> str:
        return f"Label({self.obj_class.name!r}, {self.geometry!r})"


class Annotation:
    """Everything known about one image. `img_size` is (height, width) in pixels."""

    __slots__ = ("_meta", "_raw", "description", "img_size", "img_tags", "labels")

    def __init__(
        self,
        img_size: tuple[int, int],
        labels: Iterable[Label] = (),
        img_tags: Iterable[Tag] = (),
        img_description: str = "",
    ) -> None:
        height, width = img_size
        self.img_size = (_length(height, img_size), _length(width, img_size))
        self.labels: list[Label] = list(labels)
        self.img_tags: Named[Tag] = Named(img_tags)
        self.description = img_description
        self._meta: ProjectMeta | None = None
        self._raw: dict[str, Any] = {"description": img_description, "size": {"height": height, "width": width}}
        self._raw |= {"tags": [], "objects": [], "customBigData": {}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], project_meta: ProjectMeta | None = None) -> Annotation:
        """Make it from JSON, with the classes of `project_meta`; without one, the classes are derived from the objects.

        Raises `UnknownClass` when an object's class is not in the meta, `BadArgument` when `data` is no annotation.
        """
        if not isinstance(data, Mapping) or not isinstance(data.get("size"), Mapping):
            remedy = 'give the annotation of a prediction, prediction["annotation"], with its size'
            raise BadArgument("annotation", data, remedy)
        if not isinstance(data.get("objects", []), list):
            raise BadArgument("objects", data["objects"], "an annotation has a list of objects")
        labels = [Label.from_json(item, project_meta) for item in data.get("objects", ())]
        size = (data["size"].get("height"), data["size"].get("width"))
        made = cls(size, labels, _tags(data, project_meta), str(data.get("description", "")))
        made._meta, made._raw = project_meta, deepcopy(dict(data))
        return made

    @property
    def project_meta(self) -> ProjectMeta | None:
        """The meta that it was read with."""
        return self._meta

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object; equal to the one it was made from, order included, but for `labels` you changed."""
        parts = {"tags": [tag.to_json() for tag in self.img_tags], "objects": [item.to_json() for item in self.labels]}
        # What the JSON lacked, or had as null, stays so while there is nothing to say.
        said = {key: part for key, part in parts.items() if part or self._raw.get(key) is not None}
        kept = {key: None if key in said else deepcopy(value) for key, value in self._raw.items()}
        return {**kept, **said}

    def clone(self, labels: Iterable[Label] | None = None, img_tags: Iterable[Tag] | None = None) -> Annotation:
        """Return a copy with other labels or image tags; all else stays."""
        made = Annotation(
            self.img_size,
            self.labels if labels is None else labels,
            self.img_tags if img_tags is None else img_tags,
            self.description,
        )
        made._meta, made._raw = self._meta, deepcopy(self._raw)
        return made

    def draw_pretty(
        self,
        bitmap: NDArray[np.uint8],
        color: Iterable[int] | None = None,
        thickness: int | None = None,
        opacity: float = 0.5,
        draw_tags: bool = False,
        output_path: str | os.PathLike[str] | None = None,
        fill_rectangles: bool = True,
        draw_class_names: bool = True,
    ) -> None:
        """Draw the labels on `bitmap`, height x width x 3, RGB, uint8, in place; save it when `output_path` is given.

        `color` overrides the classes' colours. `thickness` is in pixels; None suits the size of the image, 0 draws no
        outlines. `opacity` of the areas is 0 to 1. Class names come with the confidence unless `draw_class_names` is
        off; `draw_tags` adds all other tags. Raises `BadArgument`, and `MissingExtra` without numpy and Pillow.
        """
        from modeldouble.draw import Style, draw_on, save

        style = Style.checked(color, thickness, opacity, draw_tags, fill_rectangles, draw_class_names)
        draw_on(self, bitmap, style)
        if output_path is not None:
            save(bitmap, output_path)

    def to_coco(self, image_id: int, categories: Any = None, segmentation: str = "rle") -> list[dict[str, Any]]:
        """Return the labels as COCO results; see `modeldouble.convert.coco_results`."""
        from modeldouble.convert import coco_results

        return coco_results(self, image_id, categories, segmentation)

    def to_yolo(self, classes: Any = None, confidence: bool = False) -> list[str]:
        """Return the labels as lines of a YOLO file; see `modeldouble.convert.yolo_lines`."""
        from modeldouble.convert import yolo_lines

        return yolo_lines(self, classes, confidence)

    def to_detections(self, classes: Any = None) -> Detections:
        """Return the labels as arrays; see `modeldouble.convert.detections`."""
        from modeldouble.convert import detections

        return detections(self, classes)

    def __repr__(self) -> str:
        return f"Annotation({self.img_size[0]}x{self.img_size[1]}, {len(self.labels)} labels)"


def _length(value: Any, size: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadArgument("size", size, "an annotation has height and width in pixels")
    return value


def _tags(data: Mapping[str, Any], meta: ProjectMeta | None) -> list[Tag]:
    kinds: Named[TagMeta] = Named() if meta is None else meta.tag_metas
    tags = [] if data.get("tags") is None else data["tags"]
    if not isinstance(tags, list):
        raise BadArgument("tags", tags, "an annotation has a list of tags")
    return [
        Tag.from_json(item, kinds.get(str(item.get("name", "")) if isinstance(item, Mapping) else "")) for item in tags
    ]
