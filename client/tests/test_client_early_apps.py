"""Apps of early 2023 want an API token with every request, also where they have no use for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modeldouble import Api, MissingCredentials, Session

if TYPE_CHECKING:
    from tests.conftest import Json, Plan, Received, Reply, RoughServer

TOKEN = "t" * 128
# As 6.69.58 answers a body without a token.
WANTS = {"detail": {"title": "Oops!", "message": "ValueError('API_TOKEN env variable is undefined, https://...')"}}


@pytest.fixture
def early(rough: RoughServer, reply: type[Reply]) -> RoughServer:
    def answer(good: Json) -> Plan:
        def play(request: Received) -> Reply:
            return reply(good) if request.json.get("api_token") == TOKEN else reply(WANTS, 500)

        return play

    rough.on("get_session_info", answer({"app_name": "early"}))
    rough.on("get_custom_inference_settings", answer({"settings": {"conf_thres": 0.5}}))
    return rough


def test_the_token_then_goes_with_every_request(early: RoughServer) -> None:
    session = Session(Api(early.url, TOKEN), session_url=early.url)
    assert session.get_default_inference_settings() == {"conf_thres": 0.5}
    assert [one.route for one in early.received] == [*["get_session_info"] * 2, "get_custom_inference_settings"]


def test_without_an_api_it_is_said_what_to_give(early: RoughServer) -> None:
    with pytest.raises(MissingCredentials, match="give an Api"):
        Session(session_url=early.url)
    assert [one.route for one in early.received] == ["get_session_info"]


def test_other_apps_see_no_token_where_they_need_none(rough: RoughServer, reply: type[Reply]) -> None:
    rough.on("get_session_info", reply({"app_name": "new"}))
    Session(Api(rough.url, TOKEN), session_url=rough.url)
    assert "api_token" not in rough.last("get_session_info").json
