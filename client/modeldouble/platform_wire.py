"""The platform's protocol, as far as a client of models needs it. Pure, and the only file that spells its keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modeldouble.answers import read_object
from modeldouble.errors import BadAnswer, NotFound, Refused, WrongTask, WrongToken
from modeldouble.retry import Kind
from modeldouble.values import ImageInfo
from modeldouble.wire import Ask


def _ask(method: str, token: str, body: dict[str, Any]) -> Ask:
    return Ask(f"public/api/v3/{method}", Kind.READ, body, headers={"x-api-key": token})


def ask_task_info(task_id: int, token: str) -> Ask:
    return _ask("tasks.info", token, {"id": task_id})


def ask_image_info(image_id: int, token: str) -> Ask:
    return _ask("images.info", token, {"id": image_id, "forceMetadataForLinks": False})


def ask_image_download(image_id: int, token: str) -> Ask:
    return _ask("images.download", token, {"id": image_id})


def read_task_info(task_id: int, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """A task that the platform does not show is answered 404 by some of its releases, 400 by others."""
    try:
        return read_object("tasks.info", status, headers, body)
    except WrongToken:
        raise
    except (NotFound, Refused) as error:
        remedy = "Copy the id of a running serving app from the platform's list of app sessions"
        wrong = WrongTask(
            error.status, f"there is no task {task_id} for this token ({error.reason})", "tasks.info", remedy
        )
        wrong.task_id = task_id
        raise wrong from None


def session_token(task_id: int, info: dict[str, Any]) -> str:
    """Return the secret part of the URL of the app that runs as this task."""
    meta = info.get("meta")
    token = meta.get("sessionToken") if isinstance(meta, dict) else None
    if isinstance(token, str) and token:
        return token
    remedy = "Is it a serving app, and is it running?"
    wrong = WrongTask(200, f"task {task_id} has no session (its status: {info.get('status')})", "tasks.info", remedy)
    wrong.task_id = task_id
    raise wrong


def read_image_info(status: int, headers: Mapping[str, str], body: bytes) -> ImageInfo:
    answer = read_object("images.info", status, headers, body)
    number, name = answer.get("id"), answer.get("name")
    if not isinstance(number, int) or not isinstance(name, str):
        raise BadAnswer("images.info", "the body", answer, "an object with id and name")
    width, height = answer.get("width"), answer.get("height")
    return ImageInfo(number, name, width, height, answer.get("datasetId"), answer.get("mime"), answer)
