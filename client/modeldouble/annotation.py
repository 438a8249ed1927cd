"""A typed view of an annotation: size, tags, labels.

The JSON it came from is kept whole, so `to_json` loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from modeldouble.errors import BadArgument, UnknownClass
from modeldouble.geometry import Geometry, geometry_of
from modeldouble.meta import Named, ObjClass, ProjectMeta, TagMeta


class Tag:
    """A tag on an object or an image: a name and, for most kinds, a value.

    `meta` is None when the project meta lacks it.
    """

    __slots__ = ("_raw", "meta", "name", "value")

    def __init__(self, data: Mapping[str, Any], meta: TagMeta | None = None) -> None:
        self._raw = deepcopy(dict(data))
        self.name = str(data.get("name", ""))
        self.value: str | float | None = data.get("value")
        self.meta = meta

    def to_json(self) -> dict[str, Any]:
        return deepcopy(self._raw)

    def __repr__(self) -> str:
        return f"Tag({self.name!r}, {self.value!r})"


class Label:
    """One object of an annotation."""

    __slots__ = ("_raw", "description", "geometry", "obj_class", "tags")

    def __init__(self, data: Mapping[str, Any], obj_class: ObjClass, tags: Named[Tag]) -> None:
        self._raw = deepcopy(dict(data))
        self.obj_class = obj_class
        self.geometry: Geometry = geometry_of(data)
        self.tags = tags
        self.description = str(data.get("description", ""))

    def to_json(self) -> dict[str, Any]:
        return deepcopy(self._raw)

    def __repr__(self) -> str:
        return f"Label({self.obj_class.name!r}, {self.geometry!r})"


class Annotation:
    """Everything known about one image. `img_size` is (height, width) in pixels."""

    __slots__ = ("_raw", "description", "img_size", "img_tags", "labels")

    def __init__(
        self, data: Mapping[str, Any], img_size: tuple[int, int], labels: list[Label], img_tags: Named[Tag]
    ) -> None:
        self._raw = deepcopy(dict(data))
        self.img_size = img_size
        self.labels = labels
        self.img_tags = img_tags
        self.description = str(data.get("description", ""))

    @classmethod
    def from_json(cls, data: Mapping[str, Any], project_meta: ProjectMeta | None = None) -> Annotation:
        """Make it from JSON, with the classes of `project_meta`; without one, the classes are derived from the objects.

        Raises `UnknownClass` when an object's class is not in the meta, `BadArgument` when `data` is no annotation.
        """
        if not isinstance(data, Mapping) or not isinstance(data.get("size"), Mapping):
            remedy = 'give the annotation of a prediction, prediction["annotation"], with its size'
            raise BadArgument("annotation", data, remedy)
        height, width = data["size"].get("height"), data["size"].get("width")
        if not isinstance(height, int) or not isinstance(width, int):
            raise BadArgument("size", data["size"], "an annotation has height and width in pixels")
        labels = [_label(item, project_meta) for item in data.get("objects", ())]
        return cls(data, (height, width), labels, _tags(data, project_meta))

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object; equal to the one it was made from."""
        return deepcopy(self._raw)

    def __repr__(self) -> str:
        return f"Annotation({self.img_size[0]}x{self.img_size[1]}, {len(self.labels)} labels)"


def _label(data: Mapping[str, Any], meta: ProjectMeta | None) -> Label:
    title = str(data.get("classTitle", ""))
    found = ObjClass(title, str(data.get("geometryType", "any"))) if meta is None else meta.obj_classes.get(title)
    if found is None:
        raise UnknownClass(
            "classTitle", title, "the project meta has no such class; get the model's with get_model_meta()"
        )
    return Label(data, found, _tags(data, meta))


def _tags(data: Mapping[str, Any], meta: ProjectMeta | None) -> Named[Tag]:
    kinds: Named[TagMeta] = Named() if meta is None else meta.tag_metas
    return Named(Tag(item, kinds.get(str(item.get("name", "")))) for item in data.get("tags", ()))
