"""Journals over the admin API: a model's, filtered, and the server's own; and what a model was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Caller

JOURNAL = "models/1/journal"


@pytest.fixture
def asked(fake: Caller) -> Caller:
    """A fake whose model was asked five times, and failed once."""
    fake.ask("POST", "models/1/faults", {"route": "get_model_meta", "status": 502, "times": 1}, 201)
    fake.post("get_session_info")
    fake.post("get_model_meta")
    fake.infer("street.jpg")
    fake.post("inference_video_id_async", videoId=18635803)
    fake.post("no_such_route")
    return fake


@pytest.mark.parametrize(("query", "numbers"), [
    ("", [1, 2, 3, 4, 5]), ("most=2", [4, 5]), ("since=3", [4, 5]), ("route=get_*", [1, 2]), ("status=404", [5]),
    ("fault=true", [2]), ("fault=false", [1, 3, 4, 5]), ("route=inference*&since=3", [4]), ("job=none", []),
])  # fmt: skip
def test_entries_are_chosen_by_the_query(asked: Caller, query: str, numbers: list[int]) -> None:
    told = asked.ask("GET", f"{JOURNAL}?{query}")
    assert [one["number"] for one in told["entries"]] == numbers
    assert (told["count"], told["kept"]) == (5, 5)


def test_an_entry_tells_content_fault_job_and_reason(asked: Caller) -> None:
    _, failed, picture, video, lost = asked.ask("GET", JOURNAL)["entries"]
    assert (failed["status"], failed["fault"].partition("(")[0]) == (502, "status")
    [content] = picture["contents"]
    assert (content["name"], content["width"], content["height"]) == ("street.jpg", 1280, 1600)
    assert asked.ask("GET", f"{JOURNAL}?job={video['job']}")["entries"] == [video]
    assert "no_such_route" in lost["error"]


def test_a_journal_is_forgotten(asked: Caller) -> None:
    assert asked.ask("DELETE", JOURNAL) == {"removed": 5}
    assert asked.ask("GET", JOURNAL) == {"entries": [], "count": 0, "kept": 0}


def test_what_the_model_was_asked_is_told(asked: Caller) -> None:
    told = asked.ask("GET", "models/1/received")
    assert [one["route"] for one in told["calls"]] == ["inference_image", "inference_video_id_async"]
    assert (told["calls"][1]["frames"], told["calls"][1]["video_id"]) == ([0, 10, 1], 18635803)
    assert asked.ask("GET", "models/1/received?most=1")["calls"] == told["calls"][1:]
    assert asked.ask("GET", "models/1/received?since=1")["calls"] == told["calls"][1:]


def test_the_servers_own_journal_has_platform_requests_and_unknown_tokens(fake: Caller) -> None:
    fake.platform("users.me")
    fake.platform("no.such.method")
    fake.http.post(f"{fake.server.server_address}/net/nobodys-token/get_session_info", timeout=20)
    told = fake.ask("GET", "journal")["entries"]
    assert [(one["route"], one["status"]) for one in told] == [
        ("platform/users.me", 200), ("platform/no.such.method", 501), ("unknown/get_session_info", 404),
    ]  # fmt: skip
    assert "session token" in told[2]["error"]
    assert "nobodys-token" not in str(told)


def test_the_servers_own_journal_has_a_platform_request_that_was_too_large(fake: Caller) -> None:
    headers = {"x-api-key": fake.server.api_token, "Content-Type": "application/json"}
    url = f"{fake.server.server_address}/public/api/v3/users.me"
    fake.http.post(url, data=b" " * 9_000_000, headers=headers, timeout=20)
    assert [one["status"] for one in fake.ask("GET", "journal")["entries"]] == [413]


def test_the_servers_own_journal_has_neither_models_nor_the_admin_api(asked: Caller) -> None:
    assert asked.ask("GET", "journal")["entries"] == []


def test_the_servers_own_journal_is_forgotten_alone(asked: Caller) -> None:
    asked.platform("users.me")
    assert asked.ask("DELETE", "journal") == {"removed": 1}
    assert asked.ask("GET", "journal")["count"] == 0
    assert asked.ask("GET", JOURNAL)["count"] == 5


def test_a_name_that_utf8_does_not_have_can_be_told(fake: Caller) -> None:
    body = b'--XX\r\nContent-Disposition: form-data; name="files"; filename="\xff\xfe.jpg"\r\n\r\nx\r\n--XX--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=XX"}
    fake.http.post(f"{fake.server.session_url}/inference_image", data=body, headers=headers, timeout=20)
    for path in (JOURNAL, "models/1/received", "models/1"):
        assert fake.send("GET", path).status_code == 200


def test_settings_that_were_sent_are_told_without_secrets(fake: Caller) -> None:
    fake.post("inference_image_id", image_id=171250, settings={"api_token": "hidden-value", "conf_thres": 0.5})
    told = fake.ask("GET", "models/1/received")["calls"][0]["settings"]
    assert told == {"api_token": "***", "conf_thres": 0.5}
    assert "hidden-value" not in fake.send("GET", JOURNAL).text + fake.send("GET", "models/1").text
