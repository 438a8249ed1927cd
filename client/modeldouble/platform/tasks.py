"""Tasks: among them the running apps."""

from __future__ import annotations

from typing import Any

from modeldouble.errors import NotFound, Refused, WrongTask, WrongToken
from modeldouble.link import FOREVER
from modeldouble.platform.calls import Calls
from modeldouble.values import whole_number

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
        try:
            return self._calls.object(_METHOD, {"id": number}, end)
        except WrongToken:
            raise
        except (NotFound, Refused) as error:
            # Some releases answer 404 for a task that the token may not see, others 400.
            text = f"there is no task {number} for this token ({error.reason})"
            remedy = "Copy the id of a running serving app from the platform's list of app sessions"
            raise _wrong(number, error.status, text, remedy) from None

    def session_token(self, id: int, end: float = FOREVER) -> str:
        """Return the secret part of a serving app's URL. Raises `WrongTask` when the task is no running app.

        `end` is a reading of the transport's clock: the deadline of the caller, besides that of the `Api`.
        """
        info = self._info(id, min(end, self._calls.end()))
        meta = info.get("meta")
        token = meta.get("sessionToken") if isinstance(meta, dict) else None
        if isinstance(token, str) and token:
            return token
        text = f"task {id} has no session (its status: {info.get('status')})"
        raise _wrong(id, 200, text, "Is it a serving app, and is it running?")


def _wrong(number: int, status: int, text: str, remedy: str) -> WrongTask:
    wrong = WrongTask(status, text, _METHOD, remedy)
    wrong.task_id = number
    return wrong
