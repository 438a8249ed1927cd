"""The little of a platform that the suite needs: the session token of a task, and facts of images and videos."""

from typing import Any

import requests

from .preflight import CannotCheck

_TIMEOUT = 30.0


def session_url(server_address: str, api_token: str, task_id: int) -> str:
    """Where a task's serving app answers, as its platform forwards it."""
    found = ask(server_address, api_token, "tasks.info", {"id": task_id})
    token = (found.get("meta") or {}).get("sessionToken") if isinstance(found, dict) else None
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
