"""An app without a model answers as real ones were seen to: 6.74.51 and 6.73.100 in both modes, and 6.72.50."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.dialect.service import UNDEPLOYED, UNDEPLOYED_TITLE

if TYPE_CHECKING:
    from .conftest import Start, Wire

CRASH = b"Internal Server Error"
PRODUCTION = {"detail": {"title": UNDEPLOYED_TITLE, "message": UNDEPLOYED}}


def undeployed(start: Start, dialect: str | None, mode: str | None = None) -> Wire:
    """A model that is not there."""
    wire = start(dialect=dialect, mode=mode)
    wire.model.fail("not_deployed")
    return wire


@pytest.mark.parametrize("dialect", [None, "6.74.51"])
def test_what_an_app_says_of_itself_works_and_it_is_not_ready(start: Start, dialect: str | None) -> None:
    wire = undeployed(start, dialect)
    assert wire.json("is_running")["running"] is True
    assert wire.json("is_deployed") == {"deployed": False, "description:": "Model is ready to receive requests"}
    status = wire.json("get_status")
    assert (status["is_deployed"], status["progress"]) == (False, {"message": "Ready", "current": 0, "total": 1})
    assert "Failed to freeze model" in wire.json("freeze_model")["message"]
    for route in ("get_custom_inference_settings", "get_output_classes_and_tags", "get_deploy_settings"):
        assert wire.ask(route).status == 200
    ready = wire.ask("is_ready")
    assert (ready.status, json.loads(ready.body)["detail"]) == (503, "Service not ready")


GUARDED = ("get_session_info", "get_tracking_settings", "get_deploy_info")


@pytest.mark.parametrize(
    ("dialect", "mode", "body"),
    [(None, None, PRODUCTION), ("6.74.51", "production", PRODUCTION), ("6.74.51", "development", None)],
)
def test_what_needs_the_model_is_an_exception(start: Start, dialect: str | None, mode: str | None, body: Any) -> None:
    wire = undeployed(start, dialect, mode)
    image = wire.model.add_image(wire.model.picture())
    seen = [*map(wire.ask, GUARDED), wire.state("inference_image_id", image_id=image)]
    assert [one.status for one in seen] == [500] * 4
    assert [one.body if body is None else json.loads(one.body) for one in seen] == [body or CRASH] * 4


def test_newer_releases_swallow_it_where_they_swallow_every_exception(start: Start) -> None:
    wire = undeployed(start, "6.74.51")
    assert wire.upload(wire.model.picture("a.png").read_bytes(), "inference_batch").body == b"[]"
    assert wire.state("inference_video_id", videoId=wire.model.add_video(3)).body == b'{"ann":[]}'


@pytest.mark.parametrize("dialect", [None, "6.74.51", "6.73.100"])
def test_a_job_fails(start: Start, dialect: str | None) -> None:
    wire = undeployed(start, dialect)
    uuid = wire.json("inference_video_id_async", videoId=wire.model.add_video(3))["inference_request_uuid"]
    told = wire.json("pop_inference_results", inference_request_uuid=uuid)
    assert told["pending_results"] == []
    assert UNDEPLOYED in (told["exception"] if dialect == "6.73.100" else told["exception"]["message"])


def test_before_the_guard_only_the_model_knows(start: Start) -> None:
    wire = undeployed(start, "6.72.50")
    assert wire.ask("get_session_info").status == 200
    token = {"api_token": "x" * 128}
    body = json.dumps({"state": {"image_id": wire.model.add_image(wire.model.picture())}, "context": {}, **token})
    seen = wire.ask("inference_image_id", body.encode())
    assert (seen.status, b"AttributeError" in seen.body) == (500, True)
    assert wire.ask("is_ready").status == 404


def test_routes_keep_their_methods(start: Start) -> None:
    wire = undeployed(start, "6.74.51")
    assert wire.ask("get_session_info", b"", method="GET").status == 405
    assert wire.ask("nonsense").status == 404


def test_a_model_that_is_deployed_is_there(start: Start) -> None:
    wire = undeployed(start, None)
    given = {"model_source": "Custom models", "model_files": {"checkpoint": "/a.pt"}, "model_info": {}, "device": "cpu"}
    assert wire.state("deploy_from_api", deploy_params=3).status == 400
    assert wire.ask("get_session_info").status == 500
    deployed = wire.state("deploy_from_api", deploy_params=given)
    assert (deployed.status, wire.ask("get_session_info").status) == (200, 200), deployed
