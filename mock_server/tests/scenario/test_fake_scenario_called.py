"""The predictor that is a function of the operator's: found, checked, bounded."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modeldouble_server.predict.called import Called, called
from modeldouble_server.refusal import CannotServe
from modeldouble_server.scene import Answer, Detection, Query, Subject

SHORT: Any = (1, 2, 3)
QUERY = Query(Subject("ab" * 32, 30, 20), {"sureness": 0.5})
Module = Callable[[str], str]


@pytest.fixture
def module(tmp_path: Path) -> Iterator[Module]:
    """Write a module beside the scenario, and forget it afterwards."""
    before, name = list(sys.path), f"called_{tmp_path.name.encode().hex()}"

    def written(code: str) -> str:
        (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
        return name

    yield written
    sys.path[:] = before
    sys.modules.pop(name, None)


def made(*results: Any) -> Called:
    return Called(lambda subject, settings: results[0])


def test_the_function_is_given_subject_and_settings() -> None:
    seen: list[Any] = []
    Called(lambda *given: seen.append(given) or []).predict(QUERY)  # type: ignore[func-returns-value]
    assert seen == [(QUERY.subject, {"sureness": 0.5})]


@pytest.mark.parametrize("shape", [list, tuple, iter, lambda one: Answer(tuple(one))])
def test_detections_and_answers_are_taken(shape: Any) -> None:
    one = Detection("a", (1, 2, 3, 4), 0.5)
    assert made(shape([one])).predict(QUERY) == Answer((one,))


def test_an_annotation_is_taken_as_it_is() -> None:
    box = {"classTitle": "a", "geometryType": "rectangle", "points": {"exterior": [[1, 2], [3, 4]], "interior": []}}
    found = made({"objects": [box], "tags": [{"name": "t", "value": 1}]}).predict(QUERY)
    assert (found.objects[0].box, found.objects[0].verbatim, found.tags[0].name) == ((1, 2, 3, 4), box, "t")


def test_numbers_that_are_not_json_become_so() -> None:
    import numpy

    one = Detection("a", tuple(numpy.array([1, 2, 3, 4])), numpy.float32(0.5))  # type: ignore[arg-type]
    found = made([one]).predict(QUERY).objects[0]
    assert [type(value) for value in (*found.box, found.confidence)] == [int, int, int, int, float]


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        (None, TypeError, "returned None; return an Answer, a list of Detection, or an annotation with objects"),
        ("a", TypeError, "returned 'a'"),
        ([1], TypeError, "returned 1 among its objects; give Detection"),
        ([Detection("a", SHORT, 0.5)], ValueError, "box is (1, 2, 3); give left, top, right, bottom in pixels"),
        ([Detection("a", (0, 0, 30, 5), 0.5)], ValueError, "give inclusive pixels of a picture of 30 x 20"),
        ([Detection("a", (5, 0, 4, 5), 0.5)], ValueError, "give inclusive pixels"),
        ([Detection("a", (1, 2, 3, 4), 1.5)], ValueError, "confidence is 1.5; give a number from 0 to 1, or None"),
        ({"labels": []}, ValueError, 'annotation has no "objects"'),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_the_model_s_failure(given: Any, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind) as caught:
        made(given).predict(QUERY)
    assert said in str(caught.value)


def test_what_the_function_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        Called(lambda *_: 1 / 0).predict(QUERY)


def test_an_exit_in_the_function_is_a_failure_and_no_exit() -> None:
    with pytest.raises(RuntimeError, match="ended with SystemExit"):
        Called(lambda *_: sys.exit(3)).predict(QUERY)


def test_a_call_that_hangs_ends_and_keeps_its_place_until_it_returns() -> None:
    go = threading.Event()
    one = Called(lambda *_: go.wait(20) and [], timeout=0.05, concurrency=1)
    with pytest.raises(TimeoutError, match=r"took longer than its 0.05 s; raise timeout"):
        one.predict(QUERY)
    with pytest.raises(TimeoutError, match="1 calls were running and none ended within"):
        one.predict(QUERY)
    go.set()
    one.timeout = 20
    assert one.predict(QUERY) == Answer()


def test_a_module_beside_the_scenario_is_found(module: Module, tmp_path: Path) -> None:
    name = module("class A:\n    @staticmethod\n    def f(subject, settings):\n        return []\n")
    assert called(f"{name}:A.f", tmp_path).predict(QUERY) == Answer()


@pytest.mark.parametrize(
    ("code", "function", "said"),
    [
        ("", "f", "has no function 'f'; name one that it has"),
        ("f = 3", "f", "has no function 'f'"),
        ("def f(a): ...", "f", "does not take (subject, settings): too many"),
        ("async def f(a, b): ...", "f", "is asynchronous; name a plain function, which runs in a thread"),
        ("1 / 0", "f", "cannot be imported (ZeroDivisionError: division by zero); mend it"),
        ("import nope_nope", "f", "needs 'nope_nope', which is not there; install it"),
    ],
)  # fmt: skip
def test_a_function_that_cannot_be_called_keeps_the_server_from_starting(
    module: Module, tmp_path: Path, code: str, function: str, said: str
) -> None:
    name = module(code)
    with pytest.raises(CannotServe) as caught:
        called(f"{name}:{function}", tmp_path)
    assert said in str(caught.value)


def test_a_module_that_is_not_there_says_where_to_put_it(tmp_path: Path, module: Module) -> None:
    with pytest.raises(CannotServe, match=r"there is no module 'nope_nope'; install it, or put nope_nope.py into"):
        called("nope_nope.inner:f", tmp_path)
