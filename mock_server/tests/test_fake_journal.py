"""The journal: what it keeps, how much of it, and what it must never show."""

from __future__ import annotations

import json
import threading
from sys import getsizeof
from typing import TYPE_CHECKING, Any

import pytest
import requests

from modeldouble_server import Server
from modeldouble_server.journal import Entry, Journal
from modeldouble_server.redaction import Secrets
from modeldouble_server.scene import Origin, Query, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modeldouble_server import ServedModel

TOKEN = "0123456789abcdef" * 4


def journal(**limits: int) -> Journal:
    """A journal of a model whose token is known."""
    return Journal(lambda: 5.0, lambda: Secrets([TOKEN]), **limits)


def query(name: str | None = None, url: str | None = None, **sent: Any) -> Query:
    """A picture that was asked about."""
    return Query(Subject("ab" * 32, 640, 480), {}, sent, Origin("inference_image", name, url=url))


def test_the_newest_entries_are_kept() -> None:
    kept = journal(most=3)
    for at in range(5):
        kept.add("POST", f"route{at}", 200, 0.1)
    assert [(one.number, one.route) for one in kept] == [(3, "route2"), (4, "route3"), (5, "route4")]
    assert (len(kept), kept.kept) == (5, 3)


def deep(value: object) -> int:
    """Bytes of a value and what it holds."""
    return getsizeof(value) + (sum(map(deep, value)) if isinstance(value, tuple) else 0)


@pytest.mark.parametrize("letter", ["x", "Я", "🙂"])
def test_the_bytes_that_are_counted_are_those_that_are_taken(letter: str) -> None:
    kept = journal(most_bytes=400_000)
    for at in range(500):
        name, wide = f"{at}{letter * 300}", letter * 5000
        queries = [query(name, setting=wide)] * 60
        kept.add("POST", name, 200, 0.1, queries=queries, stubs=range(100), job=wide, fault=wide, error=wide)
    assert 300_000 < kept.held_bytes <= 400_000
    assert sum(map(deep, kept)) <= 1.05 * kept.held_bytes


def test_entries_are_found_by_what_they_are() -> None:
    kept = journal()
    kept.add("POST", "inference_image", 200, 0.1, job="a")
    kept.add("POST", "inference_batch", 503, 0.1, fault="status(status=503), order 1, call 1")
    kept.add("POST", "is_ready", 0, 0.1, fault="reset(when=lost), order 2, call 1")
    asked: list[dict[str, Any]] = [
        {"route": "inference_*"}, {"status": 503}, {"fault": True}, {"fault": False}, {"fault": "reset"}, {"job": "a"},
        {"since": 2}, {"most": 1}, {"most": 0}, {"route": "*", "fault": True, "most": 1},
    ]  # fmt: skip
    found = [[one.number for one in kept.entries(**one)] for one in asked]
    assert found == [[1, 2], [2], [2, 3], [1], [3], [1], [3], [3], [], [3]]


@pytest.mark.parametrize(
    "noted",
    [
        {"route": TOKEN}, {"route": f"net/{TOKEN}/x"}, {"route": "x" * 180 + TOKEN},
        {"queries": [query(f"{TOKEN}.png")]}, {"queries": [query("x" * 170 + TOKEN)]},
        {"queries": [query(url=f"http://h/net/{TOKEN}/a.png")]}, {"queries": [query(url="http://h/?token=hidden5678")]},
        {"queries": [query(url=f"http://h/net/{TOKEN}/a.png", link=f"http://h/net/{TOKEN}/x")]},
        {"queries": [query(api_token="hidden5678")]}, {"queries": [query(deep={"a": [TOKEN]})]},
        {"error": f"image {TOKEN!r} is none"}, {"job": TOKEN}, {"fault": f"html(location={TOKEN})"},
    ],
)  # fmt: skip
def test_no_secret_is_shown(noted: dict[str, Any]) -> None:
    kept = journal()
    kept.add("POST", noted.pop("route", "inference_image"), 200, 0.1, **noted)
    text = json.dumps([one.told() for one in kept]) + repr(list(kept))
    assert TOKEN[:16] not in text
    assert "hidden5678" not in text


def test_threads_lose_no_entry() -> None:
    kept = journal(most=10_000)

    def fill() -> None:
        for _ in range(500):
            kept.add("POST", "inference_image", 200, 0.1)
            kept.entries(most=1)

    threads = [threading.Thread(target=fill) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one.number for one in kept] == list(range(1, 2001))


@pytest.fixture
def model() -> Iterator[ServedModel]:
    with Server() as server, server.add_model() as made:
        yield made


def send(model: ServedModel, route: str, **options: Any) -> requests.Response:
    """A request by plain HTTP."""
    with requests.Session() as http:
        http.trust_env = False
        return http.post(f"{model.session_url}/{route}", timeout=20, **options)


def upload(model: ServedModel, content: bytes, name: str = "a.png", **settings: Any) -> Entry:
    """Upload a picture, and give the entry of it."""
    form: list[tuple[str, Any]] = [("files", (name, content)), ("settings", (None, json.dumps({"settings": settings})))]
    send(model, "inference_image", files=form)
    return model.journal()[-1]


def test_an_entry_tells_what_was_asked_and_what_became_of_it(model: ServedModel) -> None:
    picture = model.picture("a.png", (64, 48))
    model.when(image="a.png").predict("person", box=(1, 2, 30, 40))
    entry = upload(model, picture.read_bytes(), conf_thres=0.3)
    [content] = entry.contents
    assert (entry.method, entry.route, entry.status) == ("POST", "inference_image", 200)
    assert entry.settings == '{"conf_thres": 0.3}'
    assert (content.name, content.width, content.height, len(content.sha256)) == ("a.png", 64, 48, 64)
    assert (entry.stubs, entry.pictures, entry.fault, entry.error) == ((1,), 1, None, None)
    assert (entry.duration > 0, (entry.received or 0) > picture.stat().st_size) == (True, True)


def test_an_entry_tells_the_fault_the_refusal_and_the_job(model: ServedModel) -> None:
    model.fail("reset", route="is_running", when="before")
    with pytest.raises(requests.ConnectionError):
        send(model, "is_running")
    send(model, "nonsense")
    uuid = send(model, "inference_video_id_async", json={"state": {"video_id": model.add_video(3)}}).json()
    send(model, "pop_inference_results", json={"state": uuid})
    reset, missing, start, pop = model.journal()
    assert (reset.status, reset.fault) == (0, "reset(when=before), order 1, call 1")
    assert (missing.status, "route 'nonsense' does not exist" in str(missing.error)) == (404, True)
    assert start.job == pop.job == uuid["inference_request_uuid"]


@pytest.mark.parametrize("dialect", [None, "6.74.51", "6.69.57"])
def test_a_refusal_and_an_exception_say_why_in_every_dialect(dialect: str | None) -> None:
    with Server(dialect=dialect) as server, server.add_model() as model:
        token = {"api_token": "x" * 128, "context": {}}
        send(model, "inference_image_id", json={"state": {"image_id": 999}, **token})
        model.fail("raise", message="no GPU")
        send(model, "inference_image_id", json={"state": {"image_id": model.add_image(model.picture())}, **token})
        refused, raised = model.journal()
    assert "999 does not exist" in str(refused.error)
    assert (raised.error, (raised.fault or "")[:5]) == ("RuntimeError: no GPU", "raise")


def test_a_wrong_token_is_not_shown_where_it_is_refused() -> None:
    with Server(dialect="6.69.57") as server, server.add_model() as model:
        send(model, "get_session_info", json={"state": {}, "context": {}, "api_token": "mine-and-real"})
        [entry] = model.journal()
    assert (entry.status, entry.error) == (500, "api_token is refused")


def test_no_byte_of_a_picture_and_no_token_of_the_model_is_kept(model: ServedModel) -> None:
    session_token = model.session_url.rpartition("/")[2]
    content = model.picture("b.png").read_bytes()
    upload(model, content, f"{session_token}.png", url=f"http://h/{model.api_token}/net/{session_token}/x")
    upload(model, content, f"{model.api_token}.png")
    upload(model, b"secret-bytes-that-are-no-picture")
    text = repr([one.told() for one in model.journal()]) + repr(vars(model._model.journal))
    assert [one for one in (session_token, model.api_token, "secret-bytes") if one in repr(model.journal())] == []
    assert [at for at in range(0, len(content) - 16, 16) if repr(content[at : at + 16])[2:-1] in text] == []


def test_a_reset_forgets_one_models_journal_and_no_others(model: ServedModel) -> None:
    with model._server.add_model() as other:
        for one in (model, other):
            send(one, "get_session_info")
        model.reset()
        assert (len(model.journal()), len(other.journal())) == (0, 1)
    send(model, "get_session_info")
    assert [one.number for one in model.journal()] == [1]


def test_a_journal_of_no_entries_counts_them_and_looks_at_nothing() -> None:
    unread: Any = None
    kept = Journal(unread, unread, most=0)
    kept.add("POST", TOKEN, 200, 0.1, queries=[query("a.jpg")], job="abc")
    assert (list(kept), len(kept), kept.kept, kept.held_bytes) == ([], 1, 0, 0)


def test_what_is_counted_is_given_back_when_the_oldest_go() -> None:
    kept = journal(most=1)
    kept.add("POST", "inference_image", 200, 0.1, queries=[query("a.jpg")] * 3, stubs=[1, 2])
    kept.add("POST", "get_session_info", 200, 0.1)
    assert kept.held_bytes == 500 + getsizeof("get_session_info") + getsizeof("")
