"""Raw HTTP to servers of one Redis: to their model, to their platform, and to their admin API."""

from contextlib import suppress
from typing import Any

import requests
from jsonschema import Draft202012Validator

from modeldouble_server import Server
from modeldouble_server.administration.document import document
from modeldouble_server.store import StoreDown

PATIENCE = 20.0
IMAGE, OTHER_IMAGE = 17551748, 171250


def ask_only(server: Server, route: str, **state: Any) -> requests.Response:
    """A request to its model, of which others come to know a moment later."""
    return requests.post(f"{server.session_url}/{route}", json={"state": state}, timeout=PATIENCE)


def ask(server: Server, route: str, **state: Any) -> requests.Response:
    """A request to its model, of which others know when it is answered, however slow the machine."""
    return _known(server, ask_only(server, route, **state))


def infer(server: Server, image_id: int = IMAGE) -> requests.Response:
    """A picture to its model, likewise."""
    return ask(server, "inference_image_id", image_id=image_id)


def platform(server: Server, method: str, **body: Any) -> requests.Response:
    """A request to its platform, likewise."""
    url = f"{server.server_address}/public/api/v3/{method}"
    headers = {"x-api-key": server.api_token}
    return _known(server, requests.post(url, json=body, headers=headers, timeout=PATIENCE))


def _known(server: Server, answer: requests.Response) -> requests.Response:
    fake = server.fake
    for log in (fake.console.shared, *(model.shared for model in fake.models.values())):
        if log is not None:
            with suppress(StoreDown):
                server.call(log.flush())
    return answer


def send(server: Server, method: str, path: str, body: Any = None) -> requests.Response:
    """A request to its admin API."""
    return requests.request(method, f"{server.server_address}/__admin/{path}", json=body, timeout=PATIENCE)


def admin(server: Server, path: str, method: str = "GET", body: Any = None) -> Any:
    """What its admin API answers, unless that is a refusal."""
    answer = send(server, method, path, body)
    assert answer.ok, answer.text
    return answer.json()


def check(name: str, told: Any) -> None:
    """It is as the schema of that name in the OpenAPI document says."""
    known = document()["components"]
    Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": known}).validate(told)


def routes(told: Any) -> list[str]:
    """Those of a journal, in alphabetical order: of two servers within a moment nobody knows who was first."""
    return sorted(one["route"] for one in told["entries"])
