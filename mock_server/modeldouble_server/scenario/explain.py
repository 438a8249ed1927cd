"""Which rule of a scenario would answer a picture, and why the others would not."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .. import settings as rules
from ..limits import Limits
from ..model import ModelFailed, ModelSpec
from ..picture import Examiner, Picture
from ..refusal import CannotServe, Refused, shown
from ..scene import Answer, Detection, Origin, Query, Subject
from ..stubs import Tied, Unmatched
from .build import Built
from .models import BuiltModel
from .place import BadScenario
from .read import read
from .stubbed import Told

_ROUTE = "inference_image"
_SHOWN = 10


def explain(built: Built, image: Path, sent: Mapping[str, Any]) -> str:
    """For each model, what its first call would be answered if it were to upload the picture with these settings."""
    picture = _examined(image)
    subject = Subject(picture.sha256, *picture.upright)
    return "\n".join(
        line
        for at, one in enumerate(built.models)
        for line in _model(built, at, one, Query(subject, sent=sent, origin=Origin(_ROUTE, image.name)))
    )


def read_settings(file: Path) -> Mapping[str, Any]:
    """Inference settings out of a YAML or JSON file; what is none is a CannotServe that names --settings."""
    try:
        value = read(file, "name a YAML or JSON file").value
    except BadScenario as error:
        raise CannotServe("\n".join(f"--settings {line}" for line in str(error).splitlines())) from error
    if not isinstance(value, dict):
        raise CannotServe(f"--settings {file} holds {shown(value)}; give settings as names with values")
    return value


def _examined(image: Path) -> Picture:
    most = Limits().body_bytes
    try:
        with image.open("rb") as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise CannotServe(f"--image {image} is over the limit of {most:,} bytes; name a picture")
        return Examiner(80_000_000).examine(content, hashlib.sha256(content).hexdigest(), str(image))
    except OSError as error:
        raise CannotServe(f"--image {image} cannot be read ({error.strerror}); name a picture") from error
    except Refused as refused:
        raise CannotServe(refused.text) from refused


def _model(built: Built, at: int, one: BuiltModel, query: Query) -> Iterator[str]:
    yield f"model {one.name!r}:"
    try:
        asked = query._replace(settings=rules.resolve(query.sent, one.spec.settings))
    except Refused as refused:
        yield f"  refused: {refused.text}"
        return
    latency = one.spec.latency
    if latency is not None:
        pixels = query.subject.width * query.subject.height
        yield f"  takes {latency.again().due([pixels], 0, 1, [query.subject.sha256]):.3g} s (latency: {latency.label})"
    stubs = one.spec.predictor
    if not isinstance(stubs, Told):
        return
    for order in (order for order in one.faults if order.fits(_ROUTE)):
        yield f"  {order.sentence()}"
    turn = None
    try:
        turns = stubs.take(asked, 1)
        turn = stubs.place(turns[0].stub) if turns else None
        yield f"  answered by {_stub(built, at, turn)}" if turn is not None else f"  answered by {_predictor(one)}"
        yield f"  answer: {_told(one.spec, asked._replace(turns=turns))}"
    except Tied as tied:
        yield f"  refused: {tied.text}"
    except Unmatched:
        yield "  refused: no stub answers, and `unmatched` is refuse"
    except ModelFailed as failed:
        yield f"  answer: the model fails, {failed.kind}: {failed}"
    yield from _others(built, at, stubs, asked, turn)


def _others(built: Built, at: int, stubs: Told, query: Query, turn: int | None) -> Iterator[str]:
    for place, reasons in enumerate(stubs.reasons(query, 1)):
        if place == turn:
            continue
        yield f"  {_stub(built, at, place)} does not answer:"
        for reason in reasons or ["it would, and another one is more specific"]:
            yield f"    {reason}"


def _stub(built: Built, at: int, place: int) -> str:
    return f"stub {place + 1} at line {built.places.line(('models', at, 'stubs', place))}"


def _predictor(one: BuiltModel) -> str:
    if "preset" in one.entry:
        return f"the predictor, synthetic ({one.entry['preset']})"
    kinds = ", ".join(one.entry.get("predictor", {})) or "the default world's"
    return f"the predictor, {kinds}"


def _told(spec: ModelSpec, query: Query) -> str:
    answer: Answer = spec.predict(query)
    if answer.prediction is not None:
        return "a recorded prediction"
    objects = [_object(one) for one in answer.objects[:_SHOWN]]
    more = [f"and {len(answer.objects) - _SHOWN} more"] if len(answer.objects) > _SHOWN else []
    tags = [f"tag {tag.name}{'' if tag.value is None else f'={tag.value}'}" for tag in answer.tags[:_SHOWN]]
    return "; ".join([*objects, *more, *tags]) or "nothing"


def _object(one: Detection) -> str:
    sure = "" if one.confidence is None else f" {one.confidence:g}"
    return f"{one.class_name}{sure} at {', '.join(map(str, one.box))}"
