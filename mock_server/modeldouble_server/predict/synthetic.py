"""A plausible answer to any picture and any frame: nothing is looked at, all of it follows from the content's hash."""

from collections.abc import Callable, Iterable, Sequence

from ..scene import Answer, Detection, Query, Subject, Tag
from . import areas
from .chance import Chance
from .kinds import themes_of
from .outline import polygon, silhouette
from .poses import pose
from .ranking import ranking
from .things import Thing, box_of, doubled, picture_things
from .tracks import Tracks

TASKS = ("detection", "instance_segmentation", "semantic_segmentation", "pose", "classification")
GEOMETRIES = ("mask", "polygon")
TRACK = "track"
"""The tag that numbers an object's track."""
_MOST_AREA_THINGS = 5


class Synthetic:
    """A model of `classes` whose answers depend on `seed` and on the subject's hash, size and frame alone.

    `task` is one of `TASKS`; `geometry` says whether instances are masks or polygons. With `track_tags` each object of
    a video's frame bears its track's number as a tag. ValueError: a task or a geometry that is not known.
    """

    pure = True

    def __init__(
        self,
        classes: Sequence[str],
        seed: int = 0,
        *,
        task: str = "detection",
        geometry: str = "mask",
        track_tags: bool = False,
    ) -> None:
        self._classes = tuple(dict.fromkeys(classes))
        self._seed = seed
        self._track_tags = track_tags
        self._scenery = areas.scenery(self._classes)
        self._themes = self._themes_for(task)
        self._tracks = Tracks((seed,), self._themes)
        self._answer = self._answering(_known("task", task, TASKS), _known("geometry", geometry, GEOMETRIES))

    def predict(self, query: Query) -> Answer:
        """Everything that is in a picture or a frame, however unsure, the surest first; settings do not matter."""
        subject = query.subject
        if not self._classes or subject.width < 1 or subject.height < 1:
            return Answer()
        return self._answer(subject)

    def _answering(self, task: str, geometry: str) -> Callable[[Subject], Answer]:
        if task == "classification":
            return lambda subject: Answer(tags=ranking((self._seed,), self._classes, subject))
        if task == "semantic_segmentation":
            return self._areas
        shaped = {"pose": self._person, "detection": _boxed}.get(task, _polygon if geometry == "polygon" else _masked)
        return lambda subject: self._objects(shaped, subject, task != "pose")

    def _themes_for(self, task: str) -> Sequence[Sequence[str]]:
        if task == "semantic_segmentation":
            return (self._scenery.things,)
        return themes_of(("person",) if task == "pose" else self._classes)

    def _objects(
        self, shaped: Callable[[Thing, Subject], Detection | None], subject: Subject, echoed: bool
    ) -> Answer:  # fmt: skip
        things = self._things(subject, echoed)
        things.sort(key=_doubt)
        found = [made for one in things if (made := shaped(one, subject)) is not None]
        return Answer(tuple([_tagged(one) for one in found] if self._track_tags else found))

    def _things(self, subject: Subject, echoed: bool) -> list[Thing]:
        if subject.frame is not None:
            return self._tracks.things(subject, subject.frame, echoed)
        things = picture_things((self._seed,), self._themes, subject)
        return doubled(things) if echoed else things

    def _person(self, thing: Thing, subject: Subject) -> Detection | None:
        graph = pose(thing, subject)
        name = Chance(*thing.key, "class").choice(self._classes)
        found = Detection(name, box_of(thing, subject), None, thing.track, graph)
        return found if graph.nodes else None

    def _areas(self, subject: Subject) -> Answer:
        things = self._things(subject, False)[:_MOST_AREA_THINGS] if self._scenery.things else []
        parts = areas.areas((self._seed,), self._scenery, things, subject)
        named = ((name, parts[name]) for name in self._classes if name in parts)
        return Answer(tuple(Detection(name, mask.box, None, None, mask) for name, mask in named))


def _tagged(one: Detection) -> Detection:
    return one if one.track is None else one._replace(tags=(Tag(TRACK, one.track),))


def _doubt(thing: Thing) -> float:
    return -thing.confidence


def _boxed(thing: Thing, subject: Subject) -> Detection:
    return Detection(thing.class_name, box_of(thing, subject), round(thing.confidence, 6), thing.track)


def _masked(thing: Thing, subject: Subject) -> Detection | None:
    mask = silhouette(thing, subject)
    if mask is None:
        return None
    return Detection(thing.class_name, mask.box, round(thing.confidence, 6), thing.track, mask)


def _polygon(thing: Thing, subject: Subject) -> Detection:
    shape = polygon(thing, subject)
    across, down = [x for x, _ in shape.exterior], [y for _, y in shape.exterior]
    box = min(across), min(down), max(across), max(down)
    return Detection(thing.class_name, box, round(thing.confidence, 6), thing.track, shape)


def _known(what: str, given: str, known: Iterable[str]) -> str:
    if given not in known:
        raise ValueError(f"{what} is {given!r}; give one of {', '.join(known)}")
    return given
