"""Who may ask: programs of this machine, or whoever has the token; never a web page of another site."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
import requests

from modeldouble_server import CannotServe, Server
from modeldouble_server.administration.guard import Guard
from modeldouble_server.default_world import API_TOKEN, SESSION_TOKEN
from modeldouble_server.redaction import known_secrets

if TYPE_CHECKING:
    from .conftest import Caller, Start

TOKEN = "an-admin-token-of-our-own"
OWN: dict[str, Any] = {"api_token": "a" * 128, "session_token": "s" * 32}


def both(caller: Caller, headers: dict[str, str]) -> set[int]:
    """The statuses of the admin API and of /metrics."""
    url = caller.server.server_address
    found = [requests.get(f"{url}/{path}", headers=headers, timeout=20) for path in ("__admin/models", "metrics")]
    return {one.status_code for one in found}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:1", "localhost:27209", "LOCALHOST", "[::1]:80", "127.9.9.9"])
def test_names_of_this_machine_are_let_in(fake: Caller, host: str) -> None:
    assert both(fake, {"Host": host}) == {200}


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.1", "[::2]", "", "a@127.0.0.1"],
)  # fmt: skip
def test_a_name_that_a_page_was_loaded_from_is_refused(fake: Caller, host: str) -> None:
    assert both(fake, {"Host": host}) == {403}


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://localhost", ""])
def test_a_page_of_another_origin_is_refused(fake: Caller, origin: str) -> None:
    assert both(fake, {"Origin": origin}) == {403}


@pytest.mark.parametrize(("site", "goal", "status"), [
    ("cross-site", "image", 403), ("same-site", "empty", 403), ("cross-site", "iframe", 403), ("CROSS-SITE", "", 403),
    ("same-origin", "empty", 200), ("none", "document", 200), ("cross-site", "document", 200),
])  # fmt: skip
def test_what_a_page_of_another_site_embeds_is_refused(fake: Caller, site: str, goal: str, status: int) -> None:
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Dest": goal}
    assert both(fake, headers) == {status}
    assert fake.send("HEAD", "models/1/live", headers=headers).status_code == status


def test_a_page_of_another_origin_cannot_reset(fake: Caller) -> None:
    assert "Origin" in fake.refused(403, "POST", "models/1/reset", headers={"Origin": "http://evil.example"})


def test_its_own_origin_is_let_in(fake: Caller) -> None:
    assert both(fake, {"Origin": fake.server.server_address}) == {200}


def test_no_preflight_is_answered(fake: Caller) -> None:
    headers = {"Origin": "http://evil.example", "Access-Control-Request-Method": "PUT"}
    answer = fake.send("OPTIONS", "models/1/latency", headers=headers)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("given", [
    "", TOKEN, f"Basic {TOKEN}", "Bearer", "Bearer ", "Bearer x", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}",
    "Bearer \xe9",
])  # fmt: skip
def test_without_the_token_it_is_a_401_also_on_loopback(start: Start, given: str) -> None:
    caller = start(admin_token=TOKEN)
    assert both(caller, {"Authorization": given}) == {401}


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_with_the_token_any_host_is_let_in(start: Start, scheme: str) -> None:
    assert both(start(admin_token=TOKEN), {"Authorization": f"{scheme} {TOKEN}", "Host": "fake.example"}) == {200}


def test_a_401_says_what_is_wanted(start: Start) -> None:
    answer = start(admin_token=TOKEN).send("GET", "models")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "MODELDOUBLE_ADMIN_TOKEN" in answer.json()["detail"]


def test_off_loopback_both_are_switched_off_without_a_token(start: Start) -> None:
    caller = start(host="0.0.0.0", **OWN)
    caller.server.host = "127.0.0.1"
    assert "MODELDOUBLE_ADMIN_TOKEN" in caller.refused(404, "GET", "models")
    assert both(caller, {}) == {404}
    assert caller.post("get_session_info").status_code == 200


def test_off_loopback_the_token_opens_them(start: Start) -> None:
    caller = start(host="0.0.0.0", admin_token=TOKEN, **OWN)
    caller.server.host = "127.0.0.1"
    assert both(caller, {}) == {401}
    assert both(caller, {"Authorization": f"Bearer {TOKEN}"}) == {200}


@pytest.mark.parametrize("token", [API_TOKEN, SESSION_TOKEN, "with blank", OWN["api_token"]])
def test_a_token_that_opens_something_else_or_fits_nowhere_is_refused(token: str) -> None:
    with pytest.raises(CannotServe, match="MODELDOUBLE_ADMIN_TOKEN"):
        Server(admin_token=token, **OWN)


def test_an_empty_token_is_none() -> None:
    with Server(admin_token="") as server:
        assert requests.get(f"{server.server_address}/__admin/", timeout=20).status_code == 200


def test_the_bound_host_is_let_in_by_its_name() -> None:
    guard = Guard("fake.internal", False, None)
    assert guard.is_own("FAKE.internal:80")
    assert not guard.is_own("other.internal")


def test_the_token_is_a_secret_wherever_it_stands(start: Start) -> None:
    caller = start(admin_token=TOKEN)
    caller.infer(f"{TOKEN} of.jpg")
    caller.http.get(f"{caller.server.server_address}/net/nobody/{TOKEN}", timeout=20)
    caller.http.headers["Authorization"] = f"Bearer {TOKEN}"
    for path in ("models/1/journal", "models/1/received", "journal", "models/1"):
        assert TOKEN not in caller.send("GET", path).text
    assert "*** of.jpg" in caller.send("GET", "models/1/journal").text


def test_the_environments_token_is_a_secret() -> None:
    assert known_secrets({"MODELDOUBLE_ADMIN_TOKEN": TOKEN}).cut(f"a {TOKEN} b") == "a *** b"


def test_the_log_does_not_have_it(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        both(start(admin_token=TOKEN), {"Authorization": f"Bearer {TOKEN}"})
    assert TOKEN not in caplog.text


def test_the_token_is_a_secret_of_models_that_come_later_too(start: Start) -> None:
    caller = start(admin_token=TOKEN)
    with caller.server.add_model() as model:
        caller.infer(f"{TOKEN} of.jpg", model.session_url)
        assert [one.contents[0].name for one in model.journal()] == ["*** of.jpg"]
