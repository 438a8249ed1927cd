"""A model made from a recording."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import coco
from ..meta import CONFIDENCE, ClassSpec, Meta, TagSpec
from ..model import ModelSpec, encoded
from ..predict.synthetic import Synthetic
from ..redaction import CUT
from ..refusal import CannotServe
from .gathered import Gathered
from .live import Live
from .predictor import Recorded
from .reading import read_about, read_exchanges
from .replay import Replay, told

_CLASSES = ("get_output_classes_and_tags", "get_model_meta")


def recorded_model(folder: Path, on_miss: str = "fail", proxy_url: str | None = None, seed: int = 0) -> ModelSpec:
    """The model that a folder of `modeldouble record` tells of.

    `on_miss` says what becomes of a question that was not recorded: "fail" refuses it with a 400, "synthetic" invents
    an answer with a warning, "proxy" asks the app at `proxy_url`, or where it was recorded, and adds its answer
    to the recording. What cannot be read is a CannotServe.
    """
    if on_miss not in ("fail", "synthetic", "proxy"):
        raise CannotServe(f"on_miss is {on_miss!r}; give fail, synthetic or proxy")
    about = read_about(folder)
    gathered = Gathered(read_exchanges(folder))
    bodies = gathered.bodies
    info = told(bodies, "get_session_info") or dict(about.get("info") or {})
    meta = _meta(next((told(bodies, one) for one in _CLASSES if one in bodies), {}))
    live = Live(folder, _address(about, proxy_url), gathered) if on_miss == "proxy" else None
    invented = Synthetic(meta.names or coco.NAMES, seed) if on_miss == "synthetic" else None
    recorded = Recorded(gathered.index, invented)
    replay = Replay({one: encoded(body) for one, body in bodies.items()}, recorded, gathered.facts, live)
    return ModelSpec(
        info, gathered.defaults, meta, recorded, max_batch_size=_batch(info.get("max_batch_size")),
        deploy_info=told(bodies, "get_deploy_info"), replay=replay,
    )  # fmt: skip


def _address(about: Mapping[str, Any], proxy_url: str | None) -> str:
    url = proxy_url or str(about.get("url"))
    if CUT in url:
        raise CannotServe(f"the recording does not tell the token of {url}; give --proxy-url with it")
    return url


def _batch(most: Any) -> int | None:
    return most if isinstance(most, int) and most > 0 else None


def _meta(told_meta: Mapping[str, Any]) -> Meta:
    """Names and shapes, for answers that are invented; the meta itself goes out as it was told."""
    classes = tuple(
        ClassSpec(str(one["title"]), str(one.get("color") or coco.color(at)), str(one.get("shape") or "rectangle"))
        for at, one in enumerate(told_meta.get("classes", ()))
        if isinstance(one, dict) and "title" in one
    )
    tags = tuple(
        TagSpec(str(one["name"]), str(one.get("value_type") or "none"), str(one.get("color") or coco.color(at)))
        for at, one in enumerate(told_meta.get("tags", ()))
        if isinstance(one, dict) and "name" in one
    )
    known = any(one.name == CONFIDENCE for one in tags)
    return Meta(classes, tags if known else (TagSpec(CONFIDENCE), *tags))
