"""The classes and tags of a model: its project meta, free of any wire."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from . import coco
from .scene import Answer, Detection, Geometry, Graph, Mask, Polygon

RECTANGLE, POLYGON, BITMAP, GRAPH, ANY = "rectangle", "polygon", "bitmap", "graph", "any"
CONFIDENCE = "confidence"
_SHAPES: dict[type[Geometry], str] = {Polygon: POLYGON, Mask: BITMAP, Graph: GRAPH}


class Node(NamedTuple):
    """A keypoint of a skeleton; `x` and `y` say where it is in a unit square, for drawing the template alone."""

    name: str
    x: float
    y: float


class Skeleton(NamedTuple):
    """Keypoints of a class and the pairs of names that a line joins."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...] = ()


class ClassSpec(NamedTuple):
    """A class: `shape` is what its objects are, `color` is #RRGGBB, `skeleton` that of a class of graphs."""

    name: str
    color: str
    shape: str = RECTANGLE
    skeleton: Skeleton | None = None


class TagSpec(NamedTuple):
    """A tag: `value_type` is "any_number", "any_string" or "none"; `color` is #RRGGBB."""

    name: str
    value_type: str = "any_number"
    color: str = "#710F8A"


class Meta(NamedTuple):
    """Classes and tags in the order in which the meta lists them; every model has the tag `confidence`."""

    classes: tuple[ClassSpec, ...]
    tags: tuple[TagSpec, ...] = (TagSpec(CONFIDENCE),)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the classes."""
        return tuple(one.name for one in self.classes)

    def joined(self, answer: Answer) -> "Meta":
        """This meta and what an answer needs of it: `grown` by that."""
        return self.grown(needed(answer))

    def grown(self, needed: "Needed") -> "Meta":
        """This meta with classes and tags that it lacks; others keep their place.

        A class whose objects are not of one shape becomes one of any shape.
        """
        classes = {one.name: one for one in self.classes}
        for name, shape, keypoints in needed.classes:
            classes[name] = _class(classes.get(name), name, shape, keypoints, len(classes))
        tags = {one.name: one for one in self.tags}
        for name, value_type in needed.tags:
            tags.setdefault(name, TagSpec(name, value_type, coco.color(len(tags))))
        return Meta(tuple(classes.values()), tuple(tags.values()))


class Needed(NamedTuple):
    """What objects and tags need of a meta, as plain as JSON."""

    classes: Sequence[tuple[str, str, Sequence[str] | None]] = ()
    """Name, shape, and the names of the keypoints of a graph."""
    tags: Sequence[tuple[str, str]] = ()
    """Name and type of value."""


def needed(answer: Answer) -> Needed:
    """What an answer needs of the meta, each once."""
    tags = (*answer.tags, *(tag for one in answer.objects for tag in one.tags))
    classes = [(one.class_name, shape_of(one), _keypoints(one.geometry)) for one in answer.objects]
    types = [(one.name, _value_type(one.value)) for one in tags]
    return Needed(tuple(dict.fromkeys(classes)), tuple(dict.fromkeys(types)))


def boxes(colors: Mapping[str, str]) -> Meta:
    """The meta of a detector: classes of rectangles, by name and colour."""
    return Meta(tuple(ClassSpec(name, color) for name, color in colors.items()))


def of_names(names: Iterable[str], shape: str = RECTANGLE) -> Meta:
    """The meta of classes that have names only: each gets a colour by its place."""
    return Meta(tuple(ClassSpec(name, coco.color(at), shape) for at, name in enumerate(names)))


def shape_of(one: Detection) -> str:
    """The shape under which an object goes out."""
    if one.verbatim is not None:
        return str(one.verbatim.get("geometryType", ANY))
    return RECTANGLE if one.geometry is None else _SHAPES[type(one.geometry)]


def _class(known: ClassSpec | None, name: str, shape: str, keypoints: Sequence[str] | None, at: int) -> ClassSpec:
    if known is None:
        return ClassSpec(name, coco.color(at), shape, None if keypoints is None else _skeleton(keypoints))
    return known if known.shape in (shape, ANY) else known._replace(shape=ANY)


def _keypoints(geometry: Geometry | None) -> tuple[str, ...] | None:
    return tuple([name for name, _ in geometry.nodes]) if isinstance(geometry, Graph) else None


def _skeleton(keypoints: Sequence[str]) -> Skeleton:
    count = max(1, len(keypoints))
    return Skeleton(tuple(Node(name, 0.5, (at + 0.5) / count) for at, name in enumerate(keypoints)))


def _value_type(value: float | str | None) -> str:
    return "none" if value is None else "any_string" if isinstance(value, str) else "any_number"
