"""Refusals in dialects: what the releases answer, byte for byte, beside what the fake answers by default."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.default_world import PICTURES_PROJECT_ID, VIDEO_ID
from modeldouble_server.scene import Answer, Query

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller, Start

OLD, MIDDLE, SWALLOWING, NEW = "6.69.57", "6.73.100", "6.73.467", "6.74.51"
PLAIN = (500, "text/plain; charset=utf-8", "Internal Server Error")
RIDER = 171250
NO_UUID = "Error: 'inference_request_uuid' is required."
NO_OBJECT = {"detail": "Settings is not json object", "success": False, "message": "Settings is not json object"}
PROGRESS, CLEAR = "get_inference_progress", "clear_inference_request"


class Fails:
    """A predictor that raises."""

    def predict(self, query: Query) -> Answer:
        """Nothing."""
        raise ValueError("out of memory")


def seen(answer: Response) -> tuple[int, str, Any]:
    """Status, content type and body."""
    kind = answer.headers["Content-Type"]
    return answer.status_code, kind, answer.json() if "json" in kind else answer.text


def crashed(answer: Response, message: str) -> bool:
    """The answer is the JSON of an exception that nobody caught."""
    body = {"detail": {"title": "Oops! Something went wrong", "message": message}}
    return seen(answer) == (500, "application/json", body)


def failing(start: Start, dialect: str) -> Caller:
    """A fake whose model raises."""
    fake = start(dialect=dialect)
    model = fake.server.fake.root_model
    assert model is not None
    model.spec = model.spec._replace(predictor=Fails())
    return fake


MISTAKES: list[tuple[str, Any]] = [
    ("inference_image_id", {}),
    ("inference_image_id", {"image_id": "x"}),
    ("inference_image_id", {"image_id": 999}),
    ("inference_image_id", {"image_id": RIDER, "settings": []}),
    ("inference_image_id", {"image_id": RIDER, "settings": {"conf_thres": "abc"}}),
    ("inference_batch_ids", {"batch_ids": [RIDER, 999]}),
    (PROGRESS, {"inference_request_uuid": "f" * 32}),
    (PROGRESS, {"inference_request_uuid": ""}),
    ("stop_inference", {"inference_request_uuid": "f" * 32}),
]


@pytest.mark.parametrize(("route", "state"), MISTAKES)
def test_a_callers_mistake_is_a_4xx_by_default_and_plain_text_500_in_new_releases(
    start: Start, route: str, state: Any
) -> None:
    assert start().post(route, state).status_code in (400, 404)
    assert seen(start(dialect=NEW).post(route, state)) == PLAIN
    assert seen(start(dialect=MIDDLE).post(route, state)) == PLAIN


@pytest.mark.parametrize(("route", "state"), MISTAKES)
@pytest.mark.parametrize("options", [{"dialect": OLD}, {"dialect": NEW, "mode": "production"}])
def test_the_same_mistake_is_json_with_a_title_in_2023_and_in_production(
    start: Start, route: str, state: Any, options: dict[str, str]
) -> None:
    status, kind, body = seen(start(**options).post(route, state))
    assert (status, kind, body["detail"]["title"]) == (500, "application/json", "Oops! Something went wrong")


@pytest.mark.parametrize("body", ["{", "[]", ""])
def test_what_is_no_json_object_is_a_500_on_routes_that_read_none_too(start: Start, body: str) -> None:
    assert seen(start(dialect=NEW).text("get_session_info", body)) == PLAIN


def test_another_content_type_is_not_looked_at_where_no_body_is_needed(start: Start) -> None:
    assert start().text("get_session_info", "x", "text/plain").status_code == 400
    fake = start(dialect=NEW)
    assert fake.text("get_session_info", "x", "text/plain").json() == fake.ask("get_session_info")
    assert seen(fake.text("inference_image_id", "{}", "text/plain")) == PLAIN


@pytest.mark.parametrize("state", [None, [], 5])
def test_a_state_that_is_no_object_is_400_where_pictures_are_inferred_and_500_where_jobs_are_polled(
    start: Start, state: Any
) -> None:
    fake = start(dialect=NEW)
    body = json.dumps({"state": state, "context": {}})
    assert seen(fake.text("inference_image_id", body)) == (400, "application/json", NO_OBJECT)
    assert seen(fake.text(PROGRESS, body)) == PLAIN
    assert seen(start(dialect=MIDDLE).text("inference_image_id", body)) == PLAIN


@pytest.mark.parametrize("dialect", [OLD, MIDDLE, NEW])
def test_a_missing_uuid_is_a_message_and_success_only_where_the_job_is_ended(start: Start, dialect: str) -> None:
    fake = start(dialect=dialect)
    for state in ({}, {"inference_request_uuid": None}):
        assert seen(fake.post(PROGRESS, state)) == (400, "application/json", {"message": NO_UUID})
        assert fake.post("stop_inference", state).json() == {"message": NO_UUID, "success": False}
    assert set(start().post(PROGRESS).json()) == {"detail", "message", "success"}


def test_clearing_what_is_unknown_is_done_already_in_new_releases_and_a_500_in_old_ones(start: Start) -> None:
    for uuid in ("f" * 32, "", 5):
        assert start(dialect=NEW).ask(CLEAR, inference_request_uuid=uuid) == {"success": True}
        assert start(dialect=OLD).post(CLEAR, inference_request_uuid=uuid).status_code == 500
    assert crashed(start(dialect=OLD).post(CLEAR, inference_request_uuid="ab"), "KeyError('ab')")


@pytest.mark.parametrize("state", [{}, {"videoId": "x"}, {"videoId": 999}, {"videoId": VIDEO_ID, "settings": []}])
def test_a_synchronous_video_that_fails_is_no_frames_in_new_releases(start: Start, state: Any) -> None:
    assert start().post("inference_video_id", state).status_code in (400, 404)
    assert start(dialect=NEW).ask("inference_video_id", state) == {"ann": []}
    assert start(dialect=MIDDLE).post("inference_video_id", state).status_code == 500


@pytest.mark.parametrize(
    ("route", "dialect"),
    [
        ("inference_image_id_async", MIDDLE), ("inference_image_id_async", NEW), ("inference_video_id_async", OLD),
        ("inference_video_id_async", MIDDLE), ("inference_video_id_async", NEW), ("inference_batch_ids_async", NEW),
    ],
)  # fmt: skip
@pytest.mark.parametrize("state", [{}, {"image_id": RIDER, "videoId": VIDEO_ID, "images_ids": [1], "settings": []}])
def test_a_mistake_in_a_start_is_a_job_that_failed(start: Start, route: str, dialect: str, state: Any) -> None:
    assert start().post(route, state).status_code == 400
    fake = start(dialect=dialect)
    poll = fake.poll(PROGRESS, fake.start(route, **state))
    assert poll.get("exception", "none in 2023")
    assert not poll["is_inferring"]


def test_a_project_is_looked_up_before_the_start_until_the_rewrite(start: Start) -> None:
    route = "inference_project_id_async"
    assert seen(start(dialect=MIDDLE).post(route, projectId=999)) == PLAIN
    assert seen(start(dialect=MIDDLE).post(route)) == PLAIN
    assert "inference_request_uuid" in start(dialect=NEW).ask(route, projectId=999)
    assert "inference_request_uuid" in start(dialect=MIDDLE).ask(route, projectId=PICTURES_PROJECT_ID)


def test_a_model_that_raises_is_an_empty_batch_in_new_releases(start: Start, rider: bytes) -> None:
    assert failing(start, NEW).upload("inference_batch", rider).json() == []
    assert seen(failing(start, NEW).upload("inference_image", rider)) == PLAIN
    assert crashed(failing(start, OLD).upload("inference_batch", rider), "ValueError('out of memory')")
    assert failing(start, NEW).ask("inference_video_id", videoId=VIDEO_ID) == {"ann": []}


def test_a_batch_of_ids_swallowed_every_error_for_a_while(start: Start) -> None:
    for state in ({"batch_ids": [999]}, {}, {"batch_ids": [RIDER], "settings": []}):
        assert start(dialect=SWALLOWING).ask("inference_batch_ids", state) == []
        assert seen(start(dialect="6.73.561").post("inference_batch_ids", state)) == PLAIN
    assert failing(start, SWALLOWING).ask("inference_batch_ids", batch_ids=[RIDER]) == []


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "get_session_info", 405, "Method Not Allowed"),
        ("POST", "livez", 405, "Method Not Allowed"),
        ("POST", "nope", 404, "Not Found"),
        ("POST", "nope/", 404, "Not Found"),
        ("POST", "/net/{token}//get_session_info", 404, "Not Found"),
    ],
)
def test_a_wrong_path_or_method_is_a_detail_only(start: Start, method: str, path: str, status: int, text: str) -> None:
    fake = start(dialect=NEW)
    answer = fake.send(method, path.format(token=fake.server.session_token))
    assert seen(answer) == (status, "application/json", {"detail": text})
    assert answer.headers.get("Allow") == {"get_session_info": "POST", "livez": "GET"}.get(path)


def test_no_release_answers_head(start: Start) -> None:
    assert start().send("HEAD", "livez").status_code == 200
    assert start(dialect=NEW).send("HEAD", "livez").status_code == 405


def test_a_trailing_slash_leads_to_the_bare_path_of_a_route_that_the_release_has(start: Start) -> None:
    assert start(dialect=NEW).send("POST", "get_status/").status_code == 307
    assert start(dialect=OLD).send("POST", "get_status/").status_code == 404


@pytest.mark.parametrize(
    ("route", "last_without", "first_with"),
    [
        (CLEAR, "6.69.52", "6.69.53"),
        ("is_deployed", "6.73.49", "6.73.50"),
        ("get_model_meta", "6.73.357", "6.73.358"),
        ("get_tracking_settings", "6.73.457", "6.73.458"),
    ],
)
def test_a_route_is_404_before_the_release_that_brought_it(
    start: Start, route: str, last_without: str, first_with: str
) -> None:
    state = {"inference_request_uuid": None}
    assert start(dialect=last_without).post(route, state).json() == {"detail": "Not Found"}
    assert start(dialect=first_with).post(route, state).status_code in (200, 400)


def test_a_token_must_have_128_characters_until_6_73_219(start: Start) -> None:
    body = json.dumps({"state": {}, "context": {}, "api_token": "short"})
    for dialect, status in ((None, 200), (NEW, 200), (OLD, 500), ("6.73.218", 500), ("6.73.219", 200)):
        assert start(dialect=dialect).text("get_session_info", body).status_code == status


@pytest.mark.parametrize(
    "body",
    [{}, {"state": {}, "api_token": "t" * 128}, {"state": {}, "context": {}},
     {"state": None, "context": {}, "api_token": "t" * 128}],
)  # fmt: skip
@pytest.mark.parametrize("route", ["get_session_info", "nope"])
def test_servers_of_2023_check_a_body_before_its_route(start: Start, body: Any, route: str) -> None:
    assert start(dialect=OLD).text(route, json.dumps(body)).status_code == 500
    assert start(dialect="6.69.65").text(route, json.dumps(body)).status_code == 500
    assert start(dialect="6.69.66").text("get_session_info", json.dumps(body)).status_code == 200
    assert start(dialect=OLD).send("POST", "get_session_info").status_code == 200


def test_a_missing_token_is_told_in_the_words_by_which_clients_know_it(start: Start) -> None:
    body = json.dumps({"state": {}, "context": {}, "api_token": None})
    told = start(dialect=OLD).text("get_session_info", body)
    assert crashed(told, "ValueError('API_TOKEN env variable is undefined')")


def test_the_platform_is_the_same_in_every_dialect(start: Start) -> None:
    for dialect in (None, OLD, NEW):
        assert start(dialect=dialect).platform("images.info", {"id": 999}).status_code == 404


def test_a_refusal_of_the_fakes_own_limits_stays_the_fakes(start: Start) -> None:
    deep = "[" * 100 + "]" * 100
    body = f'{{"state": {{"image_id": {deep}}}, "context": {{}}}}'
    assert "nested deeper" in start(dialect=NEW).text("inference_image_id", body).json()["detail"]


def test_a_route_asked_for_through_the_platform_answers_in_the_dialect_too(start: Start) -> None:
    fake = start(dialect=NEW)
    answer = fake.platform("tasks.request.direct", {"taskId": 27209, "command": PROGRESS, "state": {}})
    assert seen(answer) == (400, "application/json", {"message": NO_UUID})
