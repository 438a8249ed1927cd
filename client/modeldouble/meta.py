"""The classes and tags of a model: a project meta, as the platform calls it."""

from __future__ import annotations

import colorsys
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any, Protocol, TypeVar, overload

from modeldouble.errors import BadArgument
from modeldouble.geometry import shape_name


class _HasName(Protocol):
    @property
    def name(self) -> str: ...


RGB = tuple[int, int, int]

T = TypeVar("T", bound=_HasName)
D = TypeVar("D")


class Named(tuple[T, ...]):
    """An immutable sequence of things that have a name."""

    __slots__ = ()

    @overload
    def get(self, name: str) -> T | None: ...
    @overload
    def get(self, name: str, default: D) -> T | D: ...
    def get(self, name: str, default: Any = None) -> Any:
        """Return the first thing of this name, or `default`."""
        return next((item for item in self if item.name == name), default)

    def has_key(self, name: str) -> bool:
        """Tell whether something of this name is in it."""
        return self.get(name) is not None


class _Described:
    """A name, and the JSON object it came from, kept whole so that nothing is lost on the way back."""

    __slots__ = ("_raw", "name")

    def __init__(self, name: str, raw: Mapping[str, Any]) -> None:
        self.name = name
        self._raw = dict(raw)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object; equal to the one it was made from."""
        return deepcopy(self._raw)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, _Described) and other._raw == self._raw

    def __hash__(self) -> int:
        return hash((type(self), self.name))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


class _Coloured(_Described):
    """A class or a tag."""

    __slots__ = ()

    @property
    def color(self) -> RGB:
        """(red, green, blue), each 0 to 255; where the JSON has none, one that is always the same for this name."""
        return _rgb(self._raw.get("color")) or _colour_of_name(self.name)

    @property
    def sly_id(self) -> int | None:
        """The platform's id, once it has been stored there."""
        return self._raw.get("id")


class ObjClass(_Coloured):
    """A class of objects, made by hand or by `from_json`.

    `shape` is the kind of geometry: its name ("rectangle", "polygon", "line", "point", "bitmap", "graph", "any", ...)
    or its type, such as `Rectangle`.
    `color` is "#RRGGBB" or (red, green, blue); left out, it follows from the name. `geometry_config` is for graphs:
    `{"nodes": {label: {...}}, "edges": [{"src": label, "dst": label}]}`.
    """

    __slots__ = ("_shape",)

    def __init__(
        self,
        name: str,
        shape: str | type[Any] = "any",
        color: str | Sequence[int] | None = None,
        geometry_config: Mapping[str, Any] | None = None,
    ) -> None:
        config = {} if geometry_config is None else {"geometry_config": deepcopy(dict(geometry_config))}
        self._shape = shape if isinstance(shape, str) else shape_name(shape)
        super().__init__(name, {"title": name, "shape": self._shape, "color": _hex(color, name), **config})

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ObjClass:
        """Make it from an entry of a meta's `classes`."""
        made = cls(str(_need(data, "title", "class")), str(data.get("shape", "any")))
        made._raw = deepcopy(dict(data))
        return made

    @property
    def shape(self) -> str:
        """The kind of geometry: "rectangle", "bitmap", "polygon", ..., "any"."""
        return self._shape

    @property
    def keypoints(self) -> list[str]:
        """Labels of the nodes of a graph, in the meta's order; empty for other shapes."""
        nodes = self._config().get("nodes")
        return [str(label) for label in nodes] if isinstance(nodes, Mapping) else []

    @property
    def edges(self) -> list[tuple[str, str]]:
        """Pairs of labels of the nodes that a graph joins; empty for other shapes."""
        edges = self._config().get("edges")
        known = [edge for edge in edges if isinstance(edge, Mapping)] if isinstance(edges, list) else []
        return [(str(edge.get("src")), str(edge.get("dst"))) for edge in known]

    def _config(self) -> Mapping[str, Any]:
        config = self._raw.get("geometry_config")
        return config if isinstance(config, Mapping) else {}


class TagMeta(_Coloured):
    """A kind of tag. `value_type` is "none", "any_number", "any_string" or "oneof_string"."""

    __slots__ = ("_value_type",)

    def __init__(self, name: str, value_type: str = "none", color: str | Sequence[int] | None = None) -> None:
        super().__init__(name, {"name": name, "value_type": value_type, "color": _hex(color, name)})
        self._value_type = value_type

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TagMeta:
        """Make it from an entry of a meta's `tags`."""
        made = cls(str(_need(data, "name", "tag")), str(data.get("value_type", "none")))
        made._raw = deepcopy(dict(data))
        return made

    @property
    def value_type(self) -> str:
        """The kind of its values: "none", "any_number", "any_string", "oneof_string"."""
        return self._value_type


class ProjectMeta:
    """The classes and tags that annotations may use."""

    __slots__ = ("_raw", "obj_classes", "tag_metas")

    def __init__(self, obj_classes: Iterable[ObjClass] = (), tag_metas: Iterable[TagMeta] = ()) -> None:
        self.obj_classes: Named[ObjClass] = Named(obj_classes)
        self.tag_metas: Named[TagMeta] = Named(tag_metas)
        self._raw: dict[str, Any] = {"classes": None, "tags": None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ProjectMeta:
        """Make it from the JSON of a serving app or of the platform. Unknown keys, and all order, are kept."""
        classes = [ObjClass.from_json(item) for item in _list(data, "classes")]
        made = cls(classes, [TagMeta.from_json(item) for item in _list(data, "tags")])
        made._raw = deepcopy(dict(data))
        return made

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object; equal to the one it was made from, order included."""
        parts = {
            "classes": [item.to_json() for item in self.obj_classes],
            "tags": [item.to_json() for item in self.tag_metas],
        }
        return {**deepcopy(self._raw), **parts}

    def add_obj_class(self, obj_class: ObjClass) -> ProjectMeta:
        """Return a meta with one class more. Raises `BadArgument` when the name is taken."""
        if self.obj_classes.has_key(obj_class.name):
            raise BadArgument("obj_class", obj_class.name, "the meta has a class of this name")
        return self._with((*self.obj_classes, obj_class), self.tag_metas)

    def add_tag_meta(self, tag_meta: TagMeta) -> ProjectMeta:
        """Return a meta with one kind of tag more. Raises `BadArgument` when the name is taken."""
        if self.tag_metas.has_key(tag_meta.name):
            raise BadArgument("tag_meta", tag_meta.name, "the meta has a tag of this name")
        return self._with(self.obj_classes, (*self.tag_metas, tag_meta))

    def _with(self, obj_classes: Iterable[ObjClass], tag_metas: Iterable[TagMeta]) -> ProjectMeta:
        made = ProjectMeta(obj_classes, tag_metas)
        made._raw = deepcopy(self._raw)
        return made

    def get_obj_class(self, name: str) -> ObjClass | None:
        """Return the class of this name, or None."""
        return self.obj_classes.get(name)

    def get_tag_meta(self, name: str) -> TagMeta | None:
        """Return the tag of this name, or None."""
        return self.tag_metas.get(name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ProjectMeta) and other.to_json() == self.to_json()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"ProjectMeta({len(self.obj_classes)} classes, {len(self.tag_metas)} tags)"


def _need(data: Mapping[str, Any], key: str, what: str) -> Any:
    if not isinstance(data, Mapping) or key not in data:
        raise BadArgument(what, data, f"its JSON needs the key {key!r}")
    return data[key]


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    value = _need(data, key, "project meta")
    if not isinstance(value, list):
        raise BadArgument(key, value, "a project meta lists its classes and tags")
    return value


def _rgb(text: Any) -> RGB | None:
    if not isinstance(text, str) or re.fullmatch(r"#[0-9a-fA-F]{6}", text) is None:
        return None
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _hex(color: str | Sequence[int] | None, name: str) -> str:
    if isinstance(color, str) and _rgb(color) is not None:
        return color
    rgb = _colour_of_name(name) if color is None else color
    if isinstance(rgb, str) or len(rgb) != 3 or any(not 0 <= value <= 255 for value in rgb):
        raise BadArgument("color", color, "give #RRGGBB or red, green, blue, each 0 to 255")
    return "#{:02X}{:02X}{:02X}".format(*(int(value) for value in rgb))


def _colour_of_name(name: str) -> RGB:
    # Python's own hash differs from run to run; a picture should not.
    hue = zlib.crc32(name.encode("utf-8", "replace")) / 2**32
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.9, 0.95)
    return round(red * 255), round(green * 255), round(blue * 255)
