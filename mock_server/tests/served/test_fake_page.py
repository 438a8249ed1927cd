"""What a browser sees at the root, and clients that only look whether it redirects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.latency.reading import read_latency
from modeldouble_server.page import page

if TYPE_CHECKING:
    from tests.served.conftest import Caller, Start

TOKENS: dict[str, Any] = {"api_token": "a-secret", "session_token": "another-secret"}


@pytest.mark.parametrize("path", ["/", "", "/?ping=1", "//"])
def test_the_root_is_a_page_and_never_a_redirect(fake: Caller, path: str) -> None:
    answer = fake.http.get(f"{fake.server.server_address}{path}", timeout=20, allow_redirects=False)
    assert answer.status_code in ((200,) if path != "//" else (200, 404))
    assert "Location" not in answer.headers


def test_a_browser_gets_another_page_and_is_told_that_it_depends_on_it(fake: Caller) -> None:
    answers = [fake.send("GET", "/", headers={"Accept": accept}) for accept in ("text/html, */*;q=0.1", "*/*")]
    assert ["/__page/page.js" in answer.text for answer in answers] == [True, False]
    assert {answer.headers["Vary"] for answer in answers} == {"Accept"}
    assert [answer.headers["Cross-Origin-Opener-Policy"] for answer in answers[:1]] == ["same-origin"]


def test_a_file_of_the_page_is_not_a_route_of_the_model(fake: Caller) -> None:
    assert fake.send("GET", "/__page/page.js").headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert fake.send("GET", "/__page/none.js").status_code == 404
    assert len(fake.server.fake.models[fake.server.session_token].journal) == 0


def test_the_page_names_what_is_served(fake: Caller) -> None:
    answer = fake.send("GET", "/")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Serve YOLOv5" in answer.text


def test_the_page_runs_no_script_and_loads_nothing(fake: Caller) -> None:
    answer = fake.send("GET", "/")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "<script" not in answer.text


def test_the_page_gives_no_token_away(start: Start) -> None:
    fake = start(**TOKENS)
    assert "secret" not in fake.send("GET", "/").text


def test_head_is_the_page_without_its_body(fake: Caller) -> None:
    answer = fake.send("HEAD", "/")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) == len(fake.send("GET", "/").content)


def test_other_methods_have_no_page(fake: Caller) -> None:
    assert [fake.send(method, "/").status_code for method in ("POST", "PUT", "DELETE")] == [404, 404, 404]


def test_a_page_without_a_model_names_none() -> None:
    text = page(None).text
    assert text is not None
    assert "playing" not in text


def test_a_name_of_a_model_is_escaped(fake: Caller) -> None:
    model = fake.server.fake.root_model
    assert model is not None
    spec = model.spec._replace(info={**model.spec.info, "app_name": "<script>alert(1)</script>"})
    text = page(fake.server.fake.add_model("evil", spec, model.world)).text
    assert text is not None
    assert "&lt;script&gt;" in text
    assert "<script" not in text


def test_times_without_a_card_are_called_synthetic(fake: Caller) -> None:
    assert "synthetic" not in fake.send("GET", "/").text
    model = fake.server.fake.models[fake.server.session_token]
    model.spec = model.spec._replace(latency=read_latency(0.0, None))
    assert "<b>synthetic</b>" in fake.send("GET", "/").text
