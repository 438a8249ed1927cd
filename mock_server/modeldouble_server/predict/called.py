"""A model that is a function of the operator's own, named in a scenario as `package.module:function`."""

import importlib
import inspect
import math
import queue
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ..refusal import CannotServe, shown
from ..scene import Answer, Box, Detection, Query, Settings, Subject

Function = Callable[[Subject, Settings], Any]
"""Gives an Answer, an iterable of Detection, or an annotation in Supervisely's JSON."""
TIMEOUT, CONCURRENCY = 10.0, 4


class Called:
    """Asks a function, in threads of its own: `concurrency` of them at most, `timeout` seconds for each call.

    A call that takes longer is the model's failure. Its thread cannot be ended, so it keeps its place until it returns.
    """

    def __init__(self, function: Function, timeout: float = TIMEOUT, concurrency: int = CONCURRENCY) -> None:
        self._function = function
        self._name = f"{function.__module__}:{getattr(function, '__qualname__', type(function).__name__)}"
        self._places = threading.BoundedSemaphore(concurrency)
        self._concurrency = concurrency
        self.timeout = timeout

    def predict(self, query: Query) -> Answer:
        """What the function gives for the subject and the settings in force; what it raises is raised here."""
        if not self._places.acquire(timeout=self.timeout):
            raise TimeoutError(
                f"{self._name}: {self._concurrency} calls were running and none ended within {self.timeout:g} s;"
                " raise concurrency, or mend the function"
            )
        ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        # A daemon: a function that never returns must not keep the process.
        threading.Thread(target=self._run, args=(query, ended), name=self._name, daemon=True).start()
        try:
            outcome = ended.get(timeout=self.timeout)
        except queue.Empty:
            raise TimeoutError(f"{self._name} took longer than its {self.timeout:g} s; raise timeout") from None
        if isinstance(outcome, BaseException):
            raise outcome
        return self._answer(outcome, query.subject)

    def _run(self, query: Query, ended: "queue.SimpleQueue[Any]") -> None:
        try:
            ended.put(self._function(query.subject, dict(query.settings)))
        except Exception as error:  # noqa: BLE001 - the operator's code; it is the model's failure
            ended.put(error)
        except BaseException as error:  # noqa: BLE001 - an exit inside the function must not end the server
            ended.put(RuntimeError(f"{self._name} ended with {type(error).__name__}"))
        finally:
            self._places.release()

    def _answer(self, given: Any, subject: Subject) -> Answer:
        remedy = "return an Answer, a list of Detection, or an annotation with objects"
        if isinstance(given, Mapping):
            return self._annotated(given)
        if not isinstance(given, Answer):
            if isinstance(given, str) or not isinstance(given, Iterable):
                raise TypeError(f"{self._name} returned {shown(given)}; {remedy}")
            given = Answer(tuple(given))
        found: Answer = given
        return found._replace(objects=tuple([self._object(one, subject) for one in found.objects]))

    def _object(self, one: Any, subject: Subject) -> Detection:
        if not isinstance(one, Detection):
            raise TypeError(
                f"{self._name} returned {shown(one)} among its objects; give Detection(class_name, box, ...)"
            )
        # Numbers of numpy's are no JSON.
        confidence = None if one.confidence is None else float(one.confidence)
        if confidence is not None and not 0 <= confidence <= 1:
            raise ValueError(f"{self._name}: confidence is {confidence!r}; give a number from 0 to 1, or None")
        return one._replace(class_name=str(one.class_name), box=self._box(one.box, subject), confidence=confidence)

    def _box(self, box: Any, subject: Subject) -> Box:
        corners = tuple([float(one) for one in box])
        if len(corners) != 4 or not all(map(math.isfinite, corners)):
            raise ValueError(f"{self._name}: box is {shown(box)}; give left, top, right, bottom in pixels")
        left, top, right, bottom = (int(one) for one in corners)
        if not (0 <= left <= right < subject.width and 0 <= top <= bottom < subject.height):
            size = f"{subject.width} x {subject.height}"
            raise ValueError(f"{self._name}: box is {shown(box)}; give inclusive pixels of a picture of {size}")
        return left, top, right, bottom

    def _annotated(self, given: Mapping[str, Any]) -> Answer:
        from ..stubs.annotation import read_annotation

        return read_annotation(given)


def called(function: str, folder: Path, timeout: float = TIMEOUT, concurrency: int = CONCURRENCY) -> Called:
    """The predictor for `package.module:function`, which is looked for in `folder` too.

    What is not there, cannot be imported or does not take a subject and settings is a CannotServe.
    """
    module, _, name = function.partition(":")
    if str(folder) not in sys.path:
        # At the end, and for good: the function may import its neighbours later.
        sys.path.append(str(folder))
        importlib.invalidate_caches()
    found: Any = _imported(module, function, folder)
    for part in name.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise CannotServe(f"{function!r}: {module} has no function {name!r}; name one that it has")
    _check_signature(found, function)
    return Called(found, timeout, concurrency)


def _imported(module: str, function: str, folder: Path) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and (module == error.name or module.startswith(f"{error.name}.")):
            remedy = f"install it, or put {module.partition('.')[0]}.py into {folder}"
            raise CannotServe(f"{function!r}: there is no module {error.name!r}; {remedy}") from error
        raise CannotServe(f"{function!r}: {module} needs {error.name!r}, which is not there; install it") from error
    except Exception as error:
        said = f"{type(error).__name__}: {error}"[:200]
        raise CannotServe(f"{function!r}: {module} cannot be imported ({said}); mend it") from error


def _check_signature(found: Callable[..., Any], function: str) -> None:
    if inspect.iscoroutinefunction(found):
        raise CannotServe(f"{function!r} is asynchronous; name a plain function, which runs in a thread")
    try:
        inspect.signature(found).bind(Subject("", 1, 1), {})
    except TypeError as error:
        raise CannotServe(f"{function!r} does not take (subject, settings): {error}; let it take these two") from error
    except ValueError:
        return  # some functions of extensions do not tell their signature
