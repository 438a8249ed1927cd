"""tasks.request.direct: a route of the model behind a task, asked through the platform."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.default_world import TASK_ID

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller

    Refused = Callable[[Response, int], str]

METHOD = "tasks.request.direct"


@pytest.mark.parametrize(
    "command",
    ["is_deployed", "is_running", "is_ready", "get_session_info", "get_custom_inference_settings", "get_deploy_info",
     "get_output_classes_and_tags", "get_status", "get_tracking_settings"],
)  # fmt: skip
def test_a_command_answers_what_its_route_answers(fake: Caller, command: str) -> None:
    direct = fake.platform(METHOD, {"taskId": TASK_ID, "command": command, "context": {}, "state": {}})
    assert (direct.status_code, direct.json()) == (200, fake.ask(command))


def test_the_state_is_passed_on(fake: Caller) -> None:
    asked: dict[str, Any] = {"taskId": TASK_ID, "command": "inference_image_id", "state": {"image_id": 171250}}
    assert fake.platform(METHOD, asked).json() == fake.ask("inference_image_id", image_id=171250)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"command": "is_deployed"}, 400),
        ({"taskId": 999, "command": "is_deployed"}, 404),
        ({"taskId": TASK_ID}, 400),
        ({"taskId": TASK_ID, "command": ["is_deployed"]}, 400),
        ({"taskId": TASK_ID, "command": "no_such_route"}, 404),
        ({"taskId": TASK_ID, "command": "track"}, 501),
        ({"taskId": TASK_ID, "command": "run_speedtest"}, 400),
        ({"taskId": TASK_ID, "command": "livez"}, 405),
        ({"taskId": TASK_ID, "command": "inference_image"}, 422),
        ({"taskId": TASK_ID, "command": "inference_image_id"}, 400),
        ({"taskId": TASK_ID, "command": "inference_image_id", "state": [1]}, 400),
        ({"taskId": TASK_ID, "command": "inference_image_id", "state": {"image_id": 999}}, 404),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused(fake: Caller, refused: Refused, fields: dict[str, Any], status: int) -> None:
    assert refused(fake.platform(METHOD, fields), status)


def test_a_task_whose_model_is_gone_is_404(fake: Caller, refused: Refused) -> None:
    fake.server.fake.models.clear()
    assert "serves no model" in refused(fake.platform(METHOD, {"taskId": TASK_ID, "command": "is_deployed"}), 404)
