"""How a model is asked, and its predictions as they go out."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from . import wire
from .model import Model, encoded
from .scene import Answer, Origin, Query, Settings
from .wire import Json
from .world import Entity, image_subject, video_subject
from .written import Around


class Frames(NamedTuple):
    """Which frames of a video, in order: `start`, `start + step`, ...; `length` of them, all inside the video."""

    start: int
    step: int
    length: int


def frame_range(start: int | None, count: int | None, backward: bool, total: int) -> Frames:
    """Clip what was asked for to a video of `total` frames. No count means to the end.

    No start means the first frame in the direction of travel: backward, that is the last one.
    """
    first = start if start is not None else (max(0, total - 1) if backward else 0)
    left = 0 if first >= total else (first + 1 if backward else total - first)
    return Frames(first, -1 if backward else 1, left if count is None else min(count, left))


class Terms(NamedTuple):
    """How a model was asked: the route, the settings in force, and those of them that were sent."""

    route: str
    settings: Settings
    sent: Mapping[str, Any] = {}


def image_query(image: Entity, terms: Terms) -> Query:
    """A platform image as a query."""
    origin = Origin(terms.route, image["name"], image["id"])
    return Query(image_subject(image), terms.settings, terms.sent, origin)


def video_query(video: Entity, frames: Frames, terms: Terms) -> Query:
    """A whole video as a query: its frames are told, and each is asked for alone later."""
    asked = range(frames.start, frames.start + frames.step * frames.length, frames.step)
    origin = Origin(terms.route, video.get("name"), None, None, video.get("id"), asked)
    return Query(video_subject(video, None), terms.settings, terms.sent, origin)


def image_prediction(model: Model, image: Entity, query: Query, shape: str = "prediction") -> Json:
    """The prediction of a platform image, with its ids and name; `shape` is its name in the dialects' tables."""
    found = {"name": image["name"], "image_name": image["name"], "image_id": image["id"]}
    owner = {"dataset_id": image["datasetId"], "project_id": image["projectId"]}
    return _predicted(model, query, {**found, **owner}, shape)


def bare_prediction(model: Model, query: Query) -> Json:
    """The prediction of an uploaded picture or of a URL: real servers leave every key about its origin null."""
    return _predicted(model, query, {})


def video_prediction(model: Model, video: Entity, frame: int, query: Query) -> Json:
    """The prediction of one frame of a platform video, or of an uploaded one, which has no ids."""
    asked = query._replace(subject=query.subject._replace(frame=frame))
    return _predicted(model, asked, _frame_of(video, frame))


def bare_body(model: Model, query: Query) -> bytes:
    """`bare_prediction` as it goes on the wire."""
    found = _found(model, query)
    if not _in_parts(model, found):
        return encoded(_made(model, query, found, {}))
    around = _around(model, query, found, {})
    return b"%b%b%b" % (around.before, _objects(model, found), around.behind)


def video_bodies(model: Model, video: Entity, frames: range, query: Query) -> Iterator[list[bytes]]:
    """`video_prediction` of each frame as it goes on the wire; those that a stub answers alike come together."""
    while frames:
        asked = query._replace(subject=query.subject._replace(frame=frames[0]))
        found = _found(model, asked)
        alike = frames[:1]
        if _in_parts(model, found):
            alike = model.stubs.alike(asked, frames)
            around = _around(model, asked, found, _frame_of(video, 0))
            begin = b"%b%b%b" % (around.before, _objects(model, found), around.behind)
            yield [b"%b%d%b" % (begin, frame, around.end) for frame in alike]
        else:
            yield [encoded(_made(model, asked, found, _frame_of(video, frames[0])))]
        frames = frames[len(alike) :]


def _frame_of(video: Entity, frame: int) -> Json:
    ids = {"video_id": video.get("id"), "dataset_id": video.get("datasetId"), "project_id": video.get("projectId")}
    return {**ids, "frame_index": frame}


def _in_parts(model: Model, found: Answer) -> bool:
    """Whether the text of a prediction is put together of parts; releases shape each part in their own way."""
    return found.prediction is None and model.dialect.release is None


def _objects(model: Model, found: Answer) -> bytes:
    # What a stub says it says again; what else is said of a picture is not said of another one.
    text = model.written.text if found.literal else model.written.fresh
    return b",".join([text(one) for one in found.objects])


def _around(model: Model, query: Query, found: Answer, filled: Json) -> Around:
    """What stands around the objects: known, where a prediction says nothing but them."""

    def make() -> Around:
        return _cut(encoded(_made(model, query, found._replace(objects=()), filled)), "frame_index" in filled)

    if found.tags or found.slides:
        return make()
    return model.written.around((query.subject.width, query.subject.height, *filled.values()), make)


_NO_OBJECTS, _FRAME = b'"objects":[', b'"frame_index":'


def _cut(text: bytes, numbered: bool) -> Around:
    # Nowhere else before them is an unescaped quote before such names.
    before, name, behind = text.partition(_NO_OBJECTS)
    if not numbered:
        return Around(before + name, behind)
    behind, number, end = behind.partition(_FRAME + b"0")
    return Around(before + name, behind + number[:-1], end)


def _predicted(model: Model, query: Query, filled: Json, shape: str = "prediction") -> Json:
    return _made(model, query, _found(model, query), filled, shape)


def _found(model: Model, query: Query) -> Answer:
    model.deployment.thaw()
    return model.predict(query)


def _made(model: Model, query: Query, found: Answer, filled: Json, shape: str = "prediction") -> Json:
    if found.prediction is not None:
        return dict(found.prediction)
    annotated = wire.annotation((query.subject.width, query.subject.height), found)
    slides = wire.slides(found)
    if model.dialect.release is not None:
        for holder, key in ((annotated, "objects"), *((one, "labels") for one in slides.get("slides", ()))):
            holder[key] = [model.dialect.shaped("object", one) for one in holder[key]]
    made = wire.prediction(annotated, **filled, slides_data=slides, data=slides)
    return model.dialect.shaped(shape, made)
