"""A model that the fake plays: what it says of itself, and who predicts."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from . import wire
from .board import Board
from .clock import Clock
from .deployment import Deployment
from .deviations import Noticer
from .dialect import SUPERSET, Dialect
from .predict.acting import act
from .scene import Detection, Predictor, Subject
from .world import World


class ModelFailed(Exception):
    """The model raised; `kind` is the name of its exception's class."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class ModelSpec(NamedTuple):
    """A model before it is served: its session info, settings, classes with colours, predictor and pace."""

    info: Mapping[str, Any]
    settings: Mapping[str, Any]
    colors: Mapping[str, str]
    """Class names in the order of the meta, each with its colour as #RRGGBB."""
    predictor: Predictor
    pace: float = 0.02
    """Seconds that the model takes for a frame of an asynchronous job."""
    preparation: float = 0.0
    """Seconds before the first frame of a job is begun."""
    max_batch_size: int | None = None
    deploy_info: Mapping[str, Any] = {}
    """The twelve keys of get_deploy_info; without `deploy_params` the model cannot be frozen."""
    pretrained: Sequence[Mapping[str, Any]] = ()
    """Models that deploy_from_api takes by name, each with `meta` of model_name, task_type and model_files."""

    def predict(self, subject: Subject, settings: Mapping[str, Any]) -> list[Detection]:
        """What the model answers for a subject under settings that were resolved before."""
        try:
            found = self.predictor.predict(subject)
        except Exception as error:
            raise ModelFailed(type(error).__name__, str(error)) from error
        return act(found, settings)


class Model:
    """A tenant: one served model with its own clock, jobs and warnings, in one world."""

    def __init__(
        self, spec: ModelSpec, world: World, clock: Clock, make_board: Callable[[Clock], Board],
        dialect: Dialect = SUPERSET,
    ) -> None:  # fmt: skip
        self.spec = spec
        self.world = world
        self.clock = clock
        self.board = make_board(clock)
        self.noticer = Noticer(str(spec.info.get("model_name", "model")), dialect)
        self.dialect = dialect
        self.deployment = Deployment(spec.deploy_info, spec.pretrained)
        self.info_body = encoded(dialect.shaped("info", _told(spec.info, dialect)))
        self.settings_body = encoded({"settings": dict(spec.settings)})
        self.meta_body = encoded(_meta(wire.project_meta(list(spec.colors), spec.colors), dialect))


def _told(info: Mapping[str, Any], dialect: Dialect) -> dict[str, Any]:
    unknown = dialect.mode == "development" and dialect.has("session-only-in-production")
    return {**info, "session_id": None} if unknown else dict(info)


def _meta(meta: dict[str, Any], dialect: Dialect) -> dict[str, Any]:
    classes = [dialect.shaped("class", one) for one in meta["classes"]]
    tags = [dialect.shaped("tag", one) for one in meta["tags"]]
    return dialect.shaped("meta", {**meta, "classes": classes, "tags": tags})


def encoded(value: Any) -> bytes:
    """JSON as it goes on the wire."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
