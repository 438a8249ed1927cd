"""Every predictor as a model that a metamorphic property is checked on, and how such a model is asked.

A stub's `call`, `once` and `then` are there to tell equal calls apart, so no stub here has any of them.
"""

import ast
import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import modeldouble_server
from modeldouble_server.blobs import Blobs
from modeldouble_server.board import Board
from modeldouble_server.clock import Clock
from modeldouble_server.default_world import DATA, default_spec
from modeldouble_server.meta import Meta, of_names
from modeldouble_server.model import Model, ModelSpec
from modeldouble_server.predict.called import Called
from modeldouble_server.predict.ground_truth import PROFILES, read_ground_truth
from modeldouble_server.predict.synthetic import Synthetic
from modeldouble_server.presets import preset
from modeldouble_server.scenario.build import build
from modeldouble_server.scenario.generated import picture
from modeldouble_server.scene import Answer, Detection, Origin, Query, Settings, Subject, Tag
from modeldouble_server.settings import resolve
from modeldouble_server.stubs import Stubs
from modeldouble_server.world import World

from .recorded import recorded

PACKAGE = Path(modeldouble_server.__file__).parent
SHAPES = PACKAGE / "scenario" / "examples" / "shapes"
FIFTY = Path(__file__).parents[3] / "fixtures" / "ground_truth"
INVENTED = Path(__file__).parent / "invented.yaml"
SEED = 5
SEEN = ("person", "car", "dog")
Json = dict[str, Any]
CONTENT = picture((160, 120), "garden")
PICTURE = Subject(hashlib.sha256(CONTENT).hexdigest(), 160, 120)
VIDEO = Subject(hashlib.sha256(b"a video").hexdigest(), 160, 120)
FRAMES = tuple(VIDEO._replace(frame=at) for at in (0, 7, 121, 250))


class Case(NamedTuple):
    """A model, made anew by each call of `make`. `subjects` are those that it knows, beside which it has any other."""

    make: Callable[[], ModelSpec]
    subjects: tuple[Subject, ...] = ()
    of_content: bool = True
    """Nothing but content matters; not so where a name, an id or a route is what is asked about."""
    acted_on: bool = True
    """Settings act on what it answers; on a recorded prediction nothing acts."""


def _detector(**options: Any) -> ModelSpec:
    spec = preset("instance_segmentation", SEEN)
    return spec._replace(predictor=Synthetic(SEEN, SEED, task="instance_segmentation", **options))


def _ground_truth(folder: Path, profile: str) -> ModelSpec:
    meta, predictor = read_ground_truth(folder, PROFILES[profile], SEED, otherwise=Synthetic(("cat",), SEED))
    return preset("detection")._replace(meta=meta, predictor=predictor)


def _stubs() -> ModelSpec:
    stubs = Stubs(Synthetic(SEEN, SEED))
    stubs.when().predict("person", box=(0, 0, 9, 9), confidence=0.3)
    stubs.when(image="1*").predict("car", polygon=[(1, 1), (30, 2), (9, 20)], confidence=0.8, tags={"speed": 4})
    stubs.when(video="*", frames=range(0, 5)).predict("dog", box=(2, 2, 20, 20), confidence=0.7)
    stubs.when(image="*", settings={"augment": True}).predict("cat", box=(3, 3, 8, 8), confidence=0.6)
    return ModelSpec({"model_name": "stubs"}, {}, of_names(SEEN), stubs)


def seen(subject: Subject, settings: Settings) -> Answer:
    """What an operator's function sees: something that depends on all it is given, but not on what acts on it later."""
    least = 0.3 if settings["augment"] else 0.0
    sure = int(subject.sha256[:4], 16) / 65536
    right, below = subject.width - 1, subject.height - 1
    boxes = ((0, 0, right // 2, below // 2), (right // 3, below // 3, right, below), (0, 0, right, below))
    found = (Detection(name, boxes[at], max(least, sure / (at + 1))) for at, name in enumerate(SEEN))
    return Answer(tuple(found), (Tag("tone", sure),))


def _called() -> ModelSpec:
    return ModelSpec({"model_name": "called"}, {"conf_thres": 0.1, "augment": False}, of_names(SEEN), Called(seen))


def _recorded() -> ModelSpec:
    with tempfile.TemporaryDirectory() as folder:
        return recorded(Path(folder), preset("detection", SEEN, SEED), PICTURE, FRAMES)


def _scenario() -> ModelSpec:
    return build(INVENTED).models[0].spec


@cache
def scenario_subjects() -> tuple[Subject, ...]:
    """Pictures and videos of a scenario whose names faker invents."""
    datasets = [one for project in build(INVENTED).content.projects for one in project.datasets]
    pictures = [one.facts for dataset in datasets for one in dataset.pictures]
    videos = [one for dataset in datasets for one in dataset.videos]
    return (
        *(Subject(one.sha256, one.width, one.height) for one in pictures),
        *(Subject(one.sha256, *one.size, at) for one in videos for at in (0, 40)),
    )


def invented_names() -> list[str]:
    """What faker calls the projects of that scenario and their datasets."""
    projects = build(INVENTED).content.projects
    return [*(one.name for one in projects), *(one.name for project in projects for one in project.datasets)]


def _labelled(folder: Path, *names: str) -> tuple[Subject, ...]:
    """Pictures of a folder by their content, all of one size."""
    size = (320, 240) if folder == FIFTY else (160, 120)
    return tuple(Subject(hashlib.sha256((folder / "images" / one).read_bytes()).hexdigest(), *size) for one in names)


def _known() -> tuple[Subject, ...]:
    labels = json.loads((DATA / "world" / "labels.json").read_text("utf-8"))
    media = {**labels["images"], **labels["videos"]}
    sized = {name: Subject(one["sha256"], one["width"], one["height"]) for name, one in media.items()}
    return (sized["171250.jpg"], sized["17551748.jpg"], *(sized["18635803.mp4"]._replace(frame=at) for at in (0, 9)))


CASES: Mapping[str, Case] = {
    **{
        name: Case(partial(preset, name, seed=SEED))
        for name in ("detection", "instance_segmentation", "semantic_segmentation", "pose", "classification")
    },
    "detection of classes that nobody knows": Case(lambda: preset("detection", ["apfel", "birne"], SEED)),
    "detection with tags of tracks": Case(lambda: preset("detection", SEEN, SEED, track_tags=True)),
    "polygons": Case(lambda: _detector(geometry="polygon")),
    "known": Case(lambda: default_spec(SEED), _known()),
    "ground_truth": Case(lambda: _ground_truth(SHAPES, "good"), _labelled(SHAPES, "00.png", "03.png", "05.png")),
    "stubs": Case(_stubs, of_content=False),
    "recorded": Case(_recorded, (PICTURE, *FRAMES), of_content=False, acted_on=False),
    "callable": Case(_called),
    "scenario": Case(_scenario, scenario_subjects(), of_content=False),
}
SLOW: Mapping[str, Case] = {
    "ground_truth of fifty": Case(
        lambda: _ground_truth(FIFTY, "weak"), _labelled(FIFTY, "shapes_04.png", "shapes_29.png", "shapes_43.png")
    )
}
"""For the golden file alone: what is fitted takes seconds."""


@cache
def model_of(name: str) -> ModelSpec:
    """A model that all tests ask, so that it has been asked everything."""
    return {**CASES, **SLOW}[name].make()


def names_of(meta: Meta) -> tuple[str, ...]:
    """The classes of a model; those of a classifier are tags."""
    return meta.names or tuple(one.name for one in meta.tags)


def asked(spec: ModelSpec, subject: Subject, given: Settings, origin: Origin | None = None) -> Query:
    """A question as a serving part puts it: settings resolved, a stub's turn taken."""
    of_video = range(subject.frame, subject.frame + 1) if subject.frame is not None else None
    came = origin or Origin("inference_image" if of_video is None else "inference_video_id", "1.png")
    came = came if came.frames is not None else came._replace(frames=of_video)
    query = Query(subject, resolve(given, spec.settings), given, came)
    return query._replace(turns=spec.predictor.take(query, 1)) if isinstance(spec.predictor, Stubs) else query


def answer(spec: ModelSpec, subject: Subject, given: Settings, origin: Origin | None = None) -> Answer:
    """What a model answers."""
    return spec.predict(asked(spec, subject, given, origin))


def served(spec: ModelSpec) -> Model:
    """The model as a server has it, without a server, and without a store: no prediction needs one."""
    nowhere: Any = None
    return Model(spec, World(nowhere, "w:", Blobs()), Clock(), lambda clock: Board(nowhere, "j:", clock.now, 9))


def predictors() -> set[str]:
    """The names of all classes of the fake that predict."""
    found = [ast.parse(file.read_text("utf-8")) for file in PACKAGE.rglob("*.py")]
    classes = [one for tree in found for one in ast.walk(tree) if isinstance(one, ast.ClassDef)]
    return {one.name for one in classes if any(_predicts(part) for part in one.body)}


def _predicts(part: ast.stmt) -> bool:
    return isinstance(part, ast.FunctionDef) and (part.name, len(part.args.args)) == ("predict", 2)
