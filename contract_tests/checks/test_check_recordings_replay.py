"""What real apps were asked, asked of the fake: the same status and shape, or a difference that is listed and why."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from modeldouble_contract.truth import load

from .recordings import files
from .replay import Pair, differences, replay
from .test_check_recordings import explains

FILES = files()
TRUTH = load()
SUPERSET, DIALECT = "superset", "dialect"
STATUS = {
    SUPERSET: {
        "a job that fails: no video/start/.*": "no video id is refused before it becomes a job",
        "a start that is refused/(no state|state is null)/.*": "no state is refused, as by releases since 6.73.358",
        "bodies/another content type/.*": "what is not JSON is refused, which real apps do not look at",
        "bodies/state is (null|a text)/get_session_info": "apps of 2023 with a page read a state that nobody needs",
        "ids/(an unknown id among others|no ids)/.*": "before 6.73.561 a failed batch of ids is 200 and empty",
        "wrong forms/(inner settings are .*|a threshold that is a text)/.*": "settings are looked at before the job",
        "wrong forms/a truncated picture/.*": "real batches decode as much of a picture as there is",
        "batches/more than the model takes at once/.*": "real apps split a batch that is too large",
        "errands/a file/.*": "the fake caches what is named, and a file names nothing",
    },
    DIALECT: {
        "about/.*/list_pretrained_models": "a fake without pretrained models lists none",
        "about/.*/get_deploy_info": "the fake's model always tells what is deployed",
        "wrong forms/a truncated picture/.*": "real batches decode as much of a picture as there is",
        "urls/nothing is there/.*": "the fake fetches nothing",
        "about/.*/freeze_model": "6.73.467 fails without parameters of the deployment, which the fake always has",
    },
}
"""Scenario, step and route at which the fake has another status, though no deviation is listed, and why."""
EITHER = {
    r".*/get_deploy_settings .*\.(doc|type): NoneType real, str fake": "the parameters are those of the app's own",
    r".*/get_(inference_)?status \$\.ram_memory\..*, NoneType fake": "the fake measures no memory",
    r".*/list_pretrained_model_infos \$: NoneType real, list fake": "a fake without pretrained models lists none",
    r".*the model raises/.*exception: (dict|str) real, NoneType fake": "a failure shows once a result is asked for",
}
SHAPES = {
    SUPERSET: {
        r".*: only fake": "the fake sends the keys of the newest release",
        r".*/(inference_.*_async|run_speedtest) \$\.message: only real": "some clients crash on a start with a message",
        r".*/get_inference_progress \$\.pending_results: list real, number fake": "a count, as since 2025",
        r".* \$\.result: (dict|NoneType) real, bool fake": "true or false, as since 6.73.446",
        r".* \$\.exception: str real, dict fake": "an object, as since 6.73.358",
        r".*backward/.*: 0 real, . fake": "6.69 gives no frames backward",
        r"(a job over frames )?past the end/.*": "the fake cuts a range to the video",
        r"a job over (one picture|a project)/.*pending_results: 0 real, . fake": "6.73.100 has them in the result only",
        r"a job's life/the rest/.*pending_results: 0 real, 8 fake": "6.73.100 infers sixteen frames at once",
        r"clear while running/after clear/.*": "a job that is cleared ends at once",
        r"a job over a film/ended/get_inference_result \$\.ann: only real": "the ann there is empty whatever was found",
    },
    DIALECT: {
        r"(a job's life|stop|clear while running)/.*(dict real, NoneType|0 real, 10|10 real, 0) fake":
            "6.73.100 infers sixteen frames at once, the fake one after the other",
        r"a job over a project/.*pending_results: 0 real, . fake": "6.73.100 has them in the result only",
    },
}  # fmt: skip
"""Scenario, step, route and difference of successes, and why."""


@cache
def pairs(file: Path, kind: str) -> list[Pair]:
    return replay(file, dialect=file.parent.name if kind == DIALECT else None)


def listed(place: str, table: dict[str, str]) -> str | None:
    """The entry of a table that names this difference."""
    return next((entry for entry in table if re.fullmatch(entry, place)), None)


def place(pair: Pair) -> str:
    return f"{pair.real.scenario}/{pair.real.step}/{pair.real.route}"


def deviates(pair: Pair) -> bool:
    """The real answer is one of the deviations that the truth lists."""
    operation = TRUTH.operations.get(_key(pair))
    return operation is not None and any(explains(TRUTH.deviations[one], pair.real) for one in operation.deviations)


def _key(pair: Pair) -> str:
    return pair.real.route if pair.real.method == "POST" else f"{pair.real.method} {pair.real.route}"


def other_statuses(file: Path, kind: str) -> list[Pair]:
    """Where the fake has another status; its own one, in place of what is a listed deviation, is none of them."""
    found = [one for one in pairs(file, kind) if one.asked and one.status != one.real.status]
    return [one for one in found if kind == DIALECT or not deviates(one)]


def unlike(file: Path, kind: str) -> list[str]:
    """How the shapes of successes differ."""
    found = []
    for one in pairs(file, kind):
        if one.asked and one.status == one.real.status == 200:
            real, fake = (only_boxes(body, one.real.task) for body in (one.real.response.get("json"), one.json))
            found += [f"{place(one)} {how}" for how in sorted(differences(real, fake))]
    return found


def only_boxes(value: Any, task: str) -> Any:
    """Without objects and classes where the task has others than boxes, which is all that the fake's model sees."""
    if task == "detection":
        return value
    if isinstance(value, list):
        return [only_boxes(one, task) for one in value]
    if not isinstance(value, dict):
        return value
    return {key: only_boxes(one, task) for key, one in value.items() if key not in ("objects", "classes")}


EACH = pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
KINDS = pytest.mark.parametrize("kind", [SUPERSET, DIALECT])


@EACH
@KINDS
def test_the_fake_answers_with_the_status_of_the_real_app(file: Path, kind: str) -> None:
    found = [one for one in other_statuses(file, kind) if listed(place(one), STATUS[kind]) is None]
    assert [f"{one.real}, fake {one.status}" for one in found] == []


@EACH
@KINDS
def test_successes_have_the_shape_of_the_real_ones(file: Path, kind: str) -> None:
    known = SHAPES[kind] | EITHER
    assert [one for one in unlike(file, kind) if listed(one, known) is None] == []


@EACH
def test_what_the_fake_answers_is_documented(file: Path) -> None:
    problems = []
    for one in pairs(file, SUPERSET):
        operation = TRUTH.operations.get(_key(one))
        if one.asked and operation is not None:
            problems += operation.problems(one.status, one.content_type, one.text.encode())
    assert problems == []


@KINDS
def test_a_difference_that_happens_no_longer_is_not_listed(kind: str) -> None:
    statuses = {listed(place(one), STATUS[kind]) for file in FILES for one in other_statuses(file, kind)}
    known = SHAPES[kind] | EITHER
    shapes = {listed(one, known) for file in FILES for one in unlike(file, kind)}
    assert STATUS[kind].keys() - statuses == set()
    assert known.keys() - shapes == set()


def test_nearly_every_request_could_be_put_to_the_fake() -> None:
    every = [one for file in FILES for one in pairs(file, SUPERSET)]
    assert sum(one.asked for one in every) > 0.97 * len(every) > 1000


def test_a_difference_in_shape_is_found() -> None:
    real = {"a": 1, "b": [{"c": "x"}], "d": None, "e": []}
    fake = {"a": 2.0, "b": [{"c": 1}], "d": {}, "e": [1]}
    told = {"$.b[0].c: str real, number fake", "$.d: NoneType real, dict fake", "$.e: 0 real, 1 fake"}
    assert differences(real, fake) == told
    assert differences({"a": 1}, {"b": 1}) == {"$.a: only real", "$.b: only fake"}
    assert differences(True, 1) == {"$: bool real, number fake"}
