"""The classes and tags of a model: a project meta, as the platform calls it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any, Protocol, TypeVar, overload

from modeldouble.errors import BadArgument


class _HasName(Protocol):
    @property
    def name(self) -> str: ...


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


class ObjClass(_Described):
    """A class of objects. `color` is "#RRGGBB"; without one the object gets none."""

    __slots__ = ("_shape",)

    def __init__(self, name: str, shape: str = "any", color: str | None = None) -> None:
        super().__init__(name, {"title": name, "shape": shape, **({} if color is None else {"color": color})})
        self._shape = shape

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ObjClass:
        made = cls(str(_need(data, "title", "class")), str(data.get("shape", "any")))
        made._raw = deepcopy(dict(data))
        return made

    @property
    def shape(self) -> str:
        """The kind of geometry: "rectangle", "bitmap", "polygon", ..., "any"."""
        return self._shape

    @property
    def color(self) -> tuple[int, int, int] | None:
        """(red, green, blue), each 0 to 255."""
        return _rgb(self._raw.get("color"))

    @property
    def sly_id(self) -> int | None:
        """The platform's id of this class, once it has been stored there."""
        return self._raw.get("id")


class TagMeta(_Described):
    """A kind of tag. `value_type` is "none", "any_number", "any_string" or "oneof_string"."""

    __slots__ = ("_value_type",)

    def __init__(self, name: str, value_type: str = "none", color: str | None = None) -> None:
        super().__init__(name, {"name": name, "value_type": value_type, **({} if color is None else {"color": color})})
        self._value_type = value_type

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TagMeta:
        made = cls(str(_need(data, "name", "tag")), str(data.get("value_type", "none")))
        made._raw = deepcopy(dict(data))
        return made

    @property
    def value_type(self) -> str:
        return self._value_type

    @property
    def color(self) -> tuple[int, int, int] | None:
        """(red, green, blue), each 0 to 255."""
        return _rgb(self._raw.get("color"))

    @property
    def sly_id(self) -> int | None:
        """The platform's id of this tag, once it has been stored there."""
        return self._raw.get("id")


class ProjectMeta:
    """The classes and tags that annotations may use."""

    __slots__ = ("_rest", "obj_classes", "tag_metas")

    def __init__(self, obj_classes: Iterable[ObjClass] = (), tag_metas: Iterable[TagMeta] = ()) -> None:
        self.obj_classes: Named[ObjClass] = Named(obj_classes)
        self.tag_metas: Named[TagMeta] = Named(tag_metas)
        self._rest: dict[str, Any] = {}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ProjectMeta:
        """Make it from the JSON of a serving app or of the platform. Unknown keys are kept for `to_json`."""
        classes = [ObjClass.from_json(item) for item in _need(data, "classes", "project meta")]
        tags = [TagMeta.from_json(item) for item in _need(data, "tags", "project meta")]
        made = cls(classes, tags)
        made._rest = {key: deepcopy(value) for key, value in data.items() if key not in ("classes", "tags")}
        return made

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object; equal to the one it was made from."""
        classes = [item.to_json() for item in self.obj_classes]
        return {"classes": classes, "tags": [item.to_json() for item in self.tag_metas], **deepcopy(self._rest)}

    def get_obj_class(self, name: str) -> ObjClass | None:
        return self.obj_classes.get(name)

    def get_tag_meta(self, name: str) -> TagMeta | None:
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


def _rgb(text: Any) -> tuple[int, int, int] | None:
    if not isinstance(text, str) or len(text) != 7:
        return None
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
