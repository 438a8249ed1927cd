"""What `predict` is given, made into an answer at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..scene import Answer, Detection
from .annotation import read_annotation
from .conditions import refused
from .seen import Coordinates, Names, read_tags, seen

__all__ = ["Coordinates", "Names", "answer"]


def answer(
    objects: Sequence[Any], shape: Mapping[str, Any], confidence: float | None, tags: Names | None, annotation: Any
) -> Answer:
    """A class name with a shape, objects made by `seen`, tags of the picture, or an annotation."""
    if annotation is not None:
        if objects or tags is not None or _given(shape):
            raise ValueError("annotation says everything; give objects and tags in it, or leave it out")
        return read_annotation(annotation)
    if objects and isinstance(objects[0], str):
        if len(objects) > 1:
            raise refused("predict", objects, 'give several objects as predict(seen("person", box=...), seen(...))')
        return Answer((seen(objects[0], **shape, confidence=confidence, tags=tags),), literal=True)
    said = _given(shape) + (["confidence"] if confidence != 1.0 else [])
    if said:
        raise TypeError(f'{" and ".join(said)} without a class name; give it first, as in predict("person", box=...)')
    for one in objects:
        if not isinstance(one, Detection):
            raise refused(
                "predict", one, 'give a class name with a shape, or objects as seen("person", box=...)', TypeError
            )
    return Answer(tuple(objects), read_tags(tags), literal=True)


def _given(shape: Mapping[str, Any]) -> list[str]:
    return [name for name, value in shape.items() if value is not None and not (name == "holes" and len(value) == 0)]
