"""A model as the admin API is asked for one."""

from collections.abc import Mapping
from typing import Any

from ..latency.reading import read_latency
from ..model import ModelSpec
from ..model_options import model_spec


def ordered_spec(document: Mapping[str, Any]) -> ModelSpec:
    """What a NewModel of the OpenAPI document comes to. Raises ValueError or TypeError."""
    given = dict(document)
    latency, name = given.pop("latency", None), given.pop("name", None)
    spec = model_spec(**given, info={} if name is None else {"app_name": name, "model_name": name})
    if latency is None:
        return spec
    # Not by `model_spec`, which reads files.
    read = read_latency(latency, None).keyed(given.get("seed", 0), given.get("preset", "detection"))
    return spec._replace(latency=read)
