"""The little of a platform that the suite needs: the session token of a task, and facts of images and videos."""

from typing import Any

import requests

from .preflight import CannotCheck

_TIMEOUT = 30.0


def session_url(server_address: str, api_token: str, task_id: int) -> str:
    """Where a task's serving app answers, as its platform forwards it."""
    meta = _object(ask(server_address, api_token, "tasks.info", {"id": task_id})).get("meta")
    token = _object(meta).get("sessionToken")
    if not isinstance(token, str) or not token:
        raise CannotCheck(f"task {task_id} has no session token: give the id of a running serving app with --task-id")
    return f"{server_address.rstrip('/')}/net/{token}"


def ask(server_address: str, api_token: str, method: str, body: dict[str, Any]) -> Any:
    """Call a method of the platform that reads. CannotCheck if it does not answer 200 with JSON."""
    url = f"{server_address.rstrip('/')}/public/api/v3/{method}"
    try:
        with requests.Session() as http:
            http.trust_env = False
            answer = http.post(
                url, json=body, headers={"x-api-key": api_token}, timeout=_TIMEOUT, allow_redirects=False
            )
        if answer.status_code != 200:
            raise CannotCheck(f"{method} answers {answer.status_code}: correct --token, --task-id or --server-address")
        return answer.json()
    except (requests.RequestException, ValueError) as error:
        text = f"no platform answers at {server_address} ({type(error).__name__})"
        raise CannotCheck(f"{text}: correct --server-address, or set SERVER_ADDRESS") from error


def image_size(server_address: str, api_token: str, image_id: int) -> tuple[int, int]:
    """Width and height of a picture."""
    found = _known(server_address, api_token, "images.info", image_id, "--image-id")
    width, height = _counts(found, "width", "height", what=f"picture {image_id}")
    return width, height


def video_facts(server_address: str, api_token: str, video_id: int) -> tuple[int, int, int]:
    """Number of frames, width and height of a video."""
    found = _object(_known(server_address, api_token, "videos.info", video_id, "--video-id").get("fileMeta"))
    frames, width, height = _counts(found, "framesCount", "width", "height", what=f"video {video_id}")
    return frames, width, height


def _known(server_address: str, api_token: str, method: str, one: int, option: str) -> dict[str, Any]:
    try:
        return _object(ask(server_address, api_token, method, {"id": one}))
    except CannotCheck as error:
        raise CannotCheck(f"the platform does not tell of {option} {one}: {error}; or correct {option}") from error


def _counts(found: dict[str, Any], *names: str, what: str) -> list[int]:
    values = [found.get(name) for name in names]
    numbers = [value for value in values if isinstance(value, int)]
    if len(numbers) < len(names):
        raise CannotCheck(f"the platform tells no {', '.join(names)} of {what}: {str(found)[:200]}")
    return numbers


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
