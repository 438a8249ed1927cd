"""Whatever is sent to the admin API, its answer is one that its document describes, and never a failure."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modeldouble_server import Limits, Server
from modeldouble_server.administration.document import document
from modeldouble_server.administration.routes import ROUTES
from modeldouble_server.faults.kinds import KINDS

from .conftest import Caller

WORDS = [
    "when", "predict", "tags", "annotation", "raises", "type", "message", "once", "times", "then", "image", "image_id",
    "url", "video", "frames", "route", "settings", "call", "sha256", "base64", "class", "box", "polygon", "mask",
    "size", "counts", "origin", "keypoints", "confidence", "objects", "classTitle", "geometryType", "bitmap", "points",
    "exterior", "fault", "status", "calls", "probability", "seed", "lasting", "after", "fixed", "lognormal", "p50",
    "p99", "quantiles", "workers", "profile", "recording", "preset", "name", "classes", "pace", "max_batch_size",
    "latency", "advance", "picture", "video_id", "start", "count", "width", "height", "name", "pixels", *KINDS,
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from([*WORDS, "a.jpg", "eJw", "*", "inference_*", "pose", "rectangle"]), st.text(max_size=9)
)
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.integers(-1, 9))
VALUES: Any = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=12,
)
BOXES = st.fixed_dictionaries({"class": TEXTS}, optional={
    "box": st.lists(NUMBERS, min_size=4, max_size=4), "confidence": VALUES, "keypoints": VALUES, "tags": VALUES,
    "polygon": st.lists(st.lists(NUMBERS, min_size=2, max_size=2), min_size=3, max_size=5), "origin": VALUES,
    "mask": st.fixed_dictionaries({"size": st.lists(st.integers(1, 9), min_size=2, max_size=2), "counts": VALUES}),
})  # fmt: skip
STUBS = st.fixed_dictionaries({"when": st.dictionaries(TEXTS, VALUES, max_size=2) | st.just({})}, optional={
    "predict": st.lists(BOXES, max_size=2), "annotation": VALUES, "raises": VALUES, "times": VALUES, "tags": VALUES,
})  # fmt: skip
ORDERS = st.fixed_dictionaries({"fault": st.sampled_from(list(KINDS))}, optional={
    name: VALUES
    for name in ("route", "calls", "times", "probability", "seed", "after", "lasting", "at", "frame", "status")
})  # fmt: skip
FINITE = sorted(path for path in ROUTES if not path.endswith("/live"))
"""Paths whose answers end."""
PATHS = st.sampled_from(FINITE).flatmap(
    lambda path: st.tuples(st.sampled_from(["1", "2", "x"]), st.sampled_from(["1", "7", "-", "171250"])).map(
        lambda chosen: re.sub(r"\{\w+\}", chosen[1], path.replace("{id}", chosen[0]))
    )
)
VERBS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH"])
QUERIES = st.dictionaries(st.sampled_from(["route", "status", "fault", "job", "since", "most", "x"]), TEXTS, max_size=2)
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]
FEW = settings(max_examples=60, deadline=None, suppress_health_check=SLOW)


@pytest.fixture(scope="module")
def busy() -> Iterator[Caller]:
    """A fake that is asked by all examples."""
    with Server(limits=Limits(models=20)) as server:
        caller = Caller(server)
        yield caller
        caller.http.close()


def unharmed(caplog: pytest.LogCaptureFixture) -> bool:
    """The fake has not logged an error."""
    return not [one for one in caplog.records if one.levelno >= logging.ERROR]


@FEW
@given(method=VERBS, path=PATHS, body=st.none() | VALUES, query=QUERIES)
def test_any_request_is_answered(
    busy: Caller, caplog: pytest.LogCaptureFixture, method: str, path: str, body: Any, query: Any
) -> None:
    answer = busy.send(method, path, body, params=query)
    assert answer.status_code < 500
    assert unharmed(caplog)


@FEW
@given(document=st.one_of(STUBS.map(lambda one: ("stubs", one)), ORDERS.map(lambda one: ("faults", one))))
def test_any_stub_and_any_order_is_taken_or_refused_and_can_be_told(
    busy: Caller, caplog: pytest.LogCaptureFixture, document: tuple[str, Any]
) -> None:
    kind, body = document
    assert busy.send("POST", f"models/1/{kind}", body).status_code in (201, 400)
    busy.ask("GET", f"models/1/{kind}")
    if kind == "stubs":
        busy.infer()
    busy.ask("GET", "models/1")
    busy.ask("DELETE", f"models/1/{kind}")
    assert unharmed(caplog)


@FEW
@given(
    body=st.dictionaries(st.sampled_from(["preset", "name", "classes", "settings", "seed", "pace", "latency"]), VALUES)
)
def test_any_model_is_made_or_refused(busy: Caller, caplog: pytest.LogCaptureFixture, body: Any) -> None:
    answer = busy.send("POST", "models", body)
    assert answer.status_code in (201, 400)
    if answer.status_code == 201:
        busy.ask("DELETE", f"models/{answer.json()['id']}")
    assert unharmed(caplog)


LOOKS = st.fixed_dictionaries({}, optional={
    "image_id": st.sampled_from([171250, 1]) | VALUES, "video_id": st.sampled_from([18635803, 1]) | VALUES,
    "start": st.integers(0, 12), "count": st.integers(0, 12), "settings": st.dictionaries(TEXTS, VALUES, max_size=3),
    "picture": st.fixed_dictionaries({
        "sha256": st.just("a" * 64), "width": st.integers(0, 99_999), "height": st.integers(0, 99_999)
    }),
})  # fmt: skip


@FEW
@given(body=LOOKS)
def test_any_look_is_drawn_or_refused(busy: Caller, caplog: pytest.LogCaptureFixture, body: Any) -> None:
    assert busy.send("POST", "models/1/looks", body).status_code in (200, 400, 404)
    assert unharmed(caplog)


@FEW
@given(body=STUBS)
def test_whatever_a_stub_says_can_be_drawn(busy: Caller, caplog: pytest.LogCaptureFixture, body: Any) -> None:
    busy.send("POST", "models/1/stubs", body)
    assert busy.send("POST", "models/1/looks", {"image_id": 171250}).status_code == 200
    busy.ask("DELETE", "models/1/stubs")
    assert unharmed(caplog)


def test_the_words_are_those_of_the_forms() -> None:
    known = {name for one in document()["components"]["schemas"].values() for name in one.get("properties", {})}
    assert {"when", "predict", "image", "class", "box", "fault", "advance", "preset"} <= known & set(WORDS)
