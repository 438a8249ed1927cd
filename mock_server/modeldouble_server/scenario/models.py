"""Models of a scenario: who predicts, and what the model says of itself."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import coco
from ..default_world import default_spec
from ..faults import Order, read_order
from ..limits import Limits
from ..meta import RECTANGLE, ClassSpec, Meta
from ..model import ModelSpec
from ..presets import NAMES, preset
from ..refusal import CannotServe
from .place import Findings, Where, nearest
from .stubbed import Told, tell

if TYPE_CHECKING:
    from ..latency.latency import Latency

Json = Mapping[str, Any]
_GRACE = 600.0
"""Seconds that a whole batch may take beside the time of one call, which the predictor bounds itself."""


class BuiltModel(NamedTuple):
    """A model as it is to be served."""

    entry: Json
    spec: ModelSpec
    """Its predictor is a `Told`."""
    faults: tuple[Order, ...]

    @property
    def task_id(self) -> int | None:
        """The task that the file names."""
        return self.entry.get("task_id")

    @property
    def session_token(self) -> str | None:
        """The session token that the file names."""
        return self.entry.get("session_token")

    @property
    def name(self) -> str:
        """What the session info calls it."""
        return str(self.spec.info.get("app_name", "model"))


class Models:
    """Builds the models of a document that keeps the schema; what is wrong goes to the findings."""

    def __init__(self, folder: Path, seed: int, limits: Limits, findings: Findings, generation: int = 0) -> None:
        self._folder, self._seed, self._limits, self._findings = folder, seed, limits, findings
        self._generation = generation

    def build(self, entry: Json, where: Where) -> BuiltModel | None:
        """One model; None if its predictor cannot be had."""
        spec = self._predicting(entry, where)
        if spec is None:
            return None
        spec = self._told(spec, entry, int(where[-1]) + 1)
        self._check_stubs(spec, entry, where)
        stubs = Told(spec.predictor, entry.get("unmatched", "predictor") == "predictor", self._generation)
        tell(stubs, entry.get("stubs", []), self._folder, (*where, "stubs"), self._findings)
        if "unmatched" in entry and not entry.get("stubs"):
            self._findings.add((*where, "unmatched"), "is for models with stubs; add stubs, or take it out")
        return BuiltModel(entry, spec._replace(predictor=stubs), tuple(self._faults(entry, where)))

    def _faults(self, entry: Json, where: Where) -> Iterator[Order]:
        for at, one in enumerate(entry.get("faults", [])):
            try:
                yield read_order(one)
            except ValueError as error:
                key, _, rest = str(error).partition(" ")
                place = (*where, "faults", at, key) if key in one else (*where, "faults", at)
                self._findings.add(place, rest if key in one else str(error))

    def default(self) -> BuiltModel:
        """The default world's model, where the scenario has none."""
        spec = default_spec(self._seed)
        return BuiltModel({}, spec._replace(predictor=Told(spec.predictor, generation=self._generation)), ())

    def _predicting(self, entry: Json, where: Where) -> ModelSpec | None:
        if "preset" in entry and "predictor" in entry:
            self._findings.add((*where, "preset"), "preset and predictor are both there; keep one of them")
            return None
        if "preset" in entry:
            return self._synthetic({"preset": entry["preset"]}, entry, (*where, "preset"))
        if "predictor" not in entry:
            names = _class_names(entry)
            return default_spec(self._seed) if names is None else self._synthetic({"preset": NAMES[0]}, entry, where)
        [(kind, options)] = entry["predictor"].items()
        build: Callable[[Json, Json, Where], ModelSpec | None] = getattr(self, f"_{kind}")
        return build(options, entry, (*where, "predictor", kind))

    def _synthetic(self, options: Json, entry: Json, where: Where) -> ModelSpec | None:
        name = options["preset"]
        here = where if where[-1] == "preset" else (*where, "preset")
        if name not in NAMES:
            self._findings.add(here, f"preset {name!r} is unknown; {nearest(name, NAMES)}")
            return None
        try:
            return preset(name, _class_names(entry), self._seed, bool(options.get("track_tags")))
        except ValueError as error:
            self._findings.add((*where[:2], "classes"), str(error))
            return None

    def _ground_truth(self, options: Json, entry: Json, where: Where) -> ModelSpec | None:
        from ..predict.ground_truth import read_ground_truth, read_profile

        given = options.get("profile", {})
        try:
            profile = read_profile({"profile": given} if isinstance(given, str) else given)
        except (ValueError, TypeError) as error:
            self._findings.add((*where, "profile"), str(error))
            return None
        try:
            meta, predictor = read_ground_truth(self._folder / options["path"], profile, self._seed, self._limits)
        except (ValueError, OSError) as error:
            self._findings.add((*where, "path"), str(error))
            return None
        return _as_detector(meta)._replace(predictor=predictor)

    def _recorded(self, options: Json, entry: Json, where: Where) -> ModelSpec | None:
        from ..recording.replayed import recorded_model

        folder, on_miss = self._folder / options["path"], options.get("on_miss", "fail")
        try:
            return recorded_model(folder, on_miss, options.get("proxy_url"), self._seed)
        except (ValueError, OSError, CannotServe) as error:
            self._findings.add((*where, "path"), str(error))
            return None

    def _callable(self, options: Json, entry: Json, where: Where) -> ModelSpec | None:
        from ..predict.called import CONCURRENCY, TIMEOUT, called

        timeout, concurrency = options.get("timeout", TIMEOUT), options.get("concurrency", CONCURRENCY)
        if not entry.get("classes"):
            self._findings.add(where[:2], "a callable needs classes; add `classes`, the names that it may give")
        try:
            predictor = called(options["function"], self._folder, timeout, concurrency)
        except CannotServe as error:
            self._findings.add((*where, "function"), str(error))
            return None
        return _as_detector(Meta(()))._replace(predictor=predictor, patience=timeout + _GRACE)

    def _told(self, spec: ModelSpec, entry: Json, number: int) -> ModelSpec:
        meta = spec.meta
        if ("classes" in entry and meta.classes) or "callable" in entry.get("predictor", {}):
            given = {one.name: one for one in meta.classes}
            meta = meta._replace(
                classes=tuple(_class(one, at, given) for at, one in enumerate(entry.get("classes", [])))
            )
        info = {**spec.info, "number_of_classes": max(len(meta.classes), int(spec.info.get("number_of_classes") or 0))}
        if "classes" in entry:
            info["number_of_classes"] = len(entry["classes"])
        if "name" in entry or number > 1 or "preset" in entry or "predictor" in entry:
            info["app_name"] = entry.get("name", f"model {number}")
        if "name" in entry:
            info["model_name"] = entry["name"]
        own = {key: entry[key] for key in ("pace", "preparation", "max_batch_size") if key in entry}
        if "max_batch_size" in own:
            info["max_batch_size"] = own["max_batch_size"]
        if "latency" in entry:
            own["latency"] = self._latency(entry["latency"], ("models", number - 1, "latency"))
        settings = {**spec.settings, **entry.get("settings", {})}
        return spec._replace(info={**info, **entry.get("info", {})}, settings=settings, meta=meta, **own)

    def _latency(self, given: float | Json, where: Where) -> "Latency | None":
        from ..latency.reading import read_latency

        try:
            return read_latency(given, self._folder).keyed(self._seed, where[1])
        except ValueError as error:
            self._findings.add(where, str(error))
            return None

    def _check_stubs(self, spec: ModelSpec, entry: Json, where: Where) -> None:
        known = _class_names(entry)
        if known is None:
            # A class that the meta of a preset lacks joins it, as in tests.
            return
        for at, stub in enumerate(entry.get("stubs", [])):
            for path, one in _answers(stub, (*where, "stubs", at)):
                if one["class"] not in known:
                    text = f"class {one['class']!r} is not among the model's `classes`; {nearest(one['class'], known)}"
                    self._findings.add((*path, "class"), text)


def _answers(stub: Json, where: Where) -> list[tuple[Where, Json]]:
    parts = [(where, stub), *(((*where, "then", at), one) for at, one in enumerate(stub.get("then", [])))]
    return [((*path, "predict", at), one) for path, part in parts for at, one in enumerate(part.get("predict", []))]


def _class_names(entry: Json) -> list[str] | None:
    if "classes" not in entry:
        return None
    return [one if isinstance(one, str) else one["name"] for one in entry["classes"]]


def _class(one: str | Json, at: int, known: Mapping[str, ClassSpec]) -> ClassSpec:
    told: Json = {"name": one} if isinstance(one, str) else one
    found = known.get(told["name"], ClassSpec(told["name"], coco.color(at), RECTANGLE))
    return found._replace(**{key: told[key] for key in ("color", "shape") if key in told})


def _as_detector(meta: Meta) -> ModelSpec:
    """What a detector says of itself, of other classes."""
    spec = preset(NAMES[0])
    return spec._replace(meta=meta, info={**spec.info, "number_of_classes": len(meta.classes)})
