"""Tasks: among them the running apps."""

from __future__ import annotations

from functools import partial
from typing import Any

from modeldouble.answers import read_object
from modeldouble.errors import NotFound, Refused, WrongTask, WrongToken
from modeldouble.platform.calls import Calls, platform_ask
from modeldouble.retry import Kind
from modeldouble.server import FOREVER, Read
from modeldouble.values import whole_number
from modeldouble.wire import Ask

_METHOD = "tasks.info"


class TaskApi:
    """Tasks: among them the running apps."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def get_info_by_id(self, id: int) -> dict[str, Any]:
        """Return what the platform knows of a task. Raises `WrongTask` when there is none."""
        return self._info(id, self._calls.end())

    def _info(self, id: int, end: float) -> dict[str, Any]:
        number = whole_number("task_id", id, 1)
        return self._calls.call(_METHOD, {"id": number}, partial(read_task, number), end)

    def session_token(self, id: int, end: float = FOREVER) -> str:
        """Return the secret part of a serving app's URL. Raises `WrongTask` when the task is no running app.

        `end` is a reading of the transport's clock: the deadline of the caller, besides that of the `Api`.
        """
        number = whole_number("task_id", id, 1)
        return self._calls.call(_METHOD, {"id": number}, read_session_token(number), min(end, self._calls.end()))


def ask_task(number: int, token: str) -> Ask:
    """The request for what the platform knows of a task."""
    return platform_ask(_METHOD, token, Kind.READ, {"id": number})


def read_task(number: int, *answer: Any) -> dict[str, Any]:
    """Read the answer to it: status, headers and body."""
    try:
        return read_object(_METHOD, *answer)
    except WrongToken:
        raise
    except (NotFound, Refused) as error:
        # Some releases answer 404 for a task that the token may not see, others 400.
        text = f"there is no task {number} for this token ({error.reason})"
        remedy = "Copy the id of a running serving app from the platform's list of app sessions"
        raise _wrong(number, error.status, text, remedy) from None


def read_session_token(number: int) -> Read[str]:
    """Return what reads the secret part of a serving app's URL from the same answer."""

    def read(*answer: Any) -> str:
        info = read_task(number, *answer)
        meta = info.get("meta")
        token = meta.get("sessionToken") if isinstance(meta, dict) else None
        if isinstance(token, str) and token:
            return token
        text = f"task {number} has no session (its status: {info.get('status')})"
        raise _wrong(number, 200, text, "Is it a serving app, and is it running?")

    return read


def _wrong(number: int, status: int, text: str, remedy: str) -> WrongTask:
    wrong = WrongTask(status, text, _METHOD, remedy)
    wrong.task_id = number
    return wrong
