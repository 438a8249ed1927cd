"""The typed client: its methods are the routes, its errors are typed, and it shows no token."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.admin import Admin, AdminError, Unreachable
from modeldouble_server.admin import __all__ as public
from modeldouble_server.admin.client import _LASTING
from modeldouble_server.administration.document import document
from modeldouble_server.default_world import DATA, VIDEO_ID
from modeldouble_server.faults.kinds import KINDS, Stage

if TYPE_CHECKING:
    from .conftest import Caller, Start

BOX = {"class": "person", "box": [1, 2, 30, 40]}
RIDER = DATA / "world" / "171250.jpg"
SEEN = {"when": {"image": "a.jpg"}, "predict": [BOX]}


@pytest.fixture
def admin(fake: Caller) -> Iterator[Admin]:
    """A client of the fake."""
    with Admin(fake.server.server_address) as made:
        yield made


def test_it_costs_neither_aiohttp_nor_yaml() -> None:
    code = "import sys, modeldouble_server.admin; print(sorted({'aiohttp', 'yaml', 'jsonschema'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == "[]\n"


def test_what_is_public_is_sorted() -> None:
    assert public == sorted(public)


def test_it_finds_models_by_their_numbers(admin: Admin, fake: Caller) -> None:
    assert [(one.id, one.name) for one in admin.models()] == [(1, "Serve YOLOv5")]
    assert admin.model().details() == fake.ask("GET", "models/1")
    assert admin.model(1).session_url == fake.server.session_url


def test_it_makes_and_takes_away_a_model(admin: Admin) -> None:
    model = admin.add_model("pose", name="Mine", pace=0.5)
    assert (model.id, model.name, model.details()["pace"]) == (2, "Mine", 0.5)
    model.delete()
    with pytest.raises(AdminError, match="not served") as caught:
        model.details()
    assert caught.value.status == 404


@pytest.mark.parametrize(("given", "statuses"), [
    ((), [503, 200, 200]), ((502,), [502, 200, 200]), (("html",), [502, 200, 200]),
])  # fmt: skip
def test_the_next_call_fails_if_nothing_is_said(admin: Admin, fake: Caller, given: Any, statuses: list[int]) -> None:
    assert admin.model().fail(*given) == 1
    assert [fake.post("get_session_info").status_code for _ in range(3)] == statuses


@pytest.mark.parametrize(("options", "statuses"), [
    ({"calls": 2}, [200, 503, 200]), ({"calls": range(2, 4)}, [200, 503, 503]), ({"times": None}, [503, 503, 503]),
    ({"times": 2}, [503, 503, 200]), ({"route": "inference_*"}, [200, 200, 200]),
    ({"probability": 1.0}, [503, 503, 503]),
])  # fmt: skip
def test_calls_fail_as_they_are_told_to(
    admin: Admin, fake: Caller, options: dict[str, Any], statuses: list[int]
) -> None:
    admin.model().fail(503, **options)
    assert [fake.post("get_session_info").status_code for _ in range(3)] == statuses


def test_states_of_the_app_last() -> None:
    assert set(_LASTING) == {name for name, kind in KINDS.items() if kind.stage is Stage.STATE}


def test_faults_are_told_and_taken_back(admin: Admin) -> None:
    model = admin.model()
    first, second = model.fail("reset", calls=3), model.order({"fault": "empty"})["number"]
    assert [one["fault"] for one in model.faults()["faults"]] == ["reset", "empty"]
    model.remove_fault(first)
    assert [one["number"] for one in model.faults()["faults"]] == [second]
    model.clear_faults()
    assert model.faults() == {"faults": [], "fired": {}}


def test_stubs_are_added_told_and_taken_away(admin: Admin, fake: Caller) -> None:
    model = admin.model()
    made = model.add_stub(SEEN)
    assert model.stubs() == [made]
    assert len(model.unused()) == 1
    fake.infer()
    assert (model.stubs()[0]["uses"], model.unused(), model.misses()) == (1, [], [])
    model.remove_stub(made["number"])
    model.add_stub(SEEN)
    model.clear_stubs()
    assert model.stubs() == []


def test_time_and_latency_are_set(admin: Admin) -> None:
    model = admin.model()
    assert model.advance(60) == model.clock() == {"now": 1_700_000_060.0, "ahead": 60.0}
    assert model.set_latency({"fixed": 0})["label"] == model.latency()["label"] == "synthetic"
    assert model.set_latency(None) == {"label": None, "document": None}


def test_journals_are_read_and_forgotten(admin: Admin, fake: Caller) -> None:
    model = admin.model()
    fake.infer()
    fake.post("no_such_route")
    fake.platform("users.me")
    assert [one["route"] for one in model.journal(route="inference_*", fault=False)] == ["inference_image"]
    assert [one["status"] for one in model.journal(since=1, most=5)] == [404]
    assert [one["name"] for one in model.received()] == ["a.jpg"]
    assert [one["route"] for one in admin.journal(status=200)] == ["platform/users.me"]
    model.clear_journal()
    admin.clear_journal()
    assert model.journal() == admin.journal() == []


def test_the_server_is_told(admin: Admin) -> None:
    assert admin.server()["counts"]["models"] == 1
    assert admin.openapi() == document()
    assert "modeldouble_models 1.0" in admin.metrics()


def test_a_reset_is_a_reset(admin: Admin) -> None:
    model = admin.model()
    before = model.details()
    model.fail()
    model.add_stub(SEEN)
    model.advance(5)
    model.reset()
    assert model.details() == before


def test_a_refusal_has_status_and_text(admin: Admin) -> None:
    with pytest.raises(AdminError) as caught:
        admin.model().advance(-1)
    assert (caught.value.status, caught.value.text) == (400, "advance: is -1; give a number of at least 0, such as 60")
    assert not isinstance(caught.value, Unreachable)


def test_a_refused_scrape_is_an_error(start: Start) -> None:
    with Admin(start(admin_token="own").server.server_address, "wrong") as admin, pytest.raises(AdminError) as caught:
        admin.metrics()
    assert caught.value.status == 401


def test_nobody_there_is_unreachable(start: Start) -> None:
    server = start().server
    server.stop()
    with Admin(server.server_address) as admin, pytest.raises(Unreachable, match="modeldouble serve") as caught:
        admin.models()
    assert caught.value.status == 0


def test_what_is_no_fake_is_an_error_with_a_remedy(fake: Caller) -> None:
    with Admin(f"{fake.server.server_address}/elsewhere") as admin, pytest.raises(AdminError) as caught:
        admin.models()
    assert caught.value.status == 404


@pytest.mark.parametrize("url", ["127.0.0.1:27209", "ftp://x", "", "http://", "http://x?y", "http://x#y"])
def test_an_address_that_is_none_is_a_value_error(url: str) -> None:
    with pytest.raises(ValueError, match=r"url is .*give the server's address"):
        Admin(url)


@pytest.mark.parametrize("number", ["1/reset", 0, True, None])
def test_a_number_is_no_path(admin: Admin, number: Any) -> None:
    with pytest.raises(ValueError, match="whole number"):
        admin.model(number)


def test_what_is_no_json_is_a_value_error(admin: Admin) -> None:
    with pytest.raises(ValueError, match="no JSON"):
        admin.model().advance(float("nan"))


def test_the_token_is_sent_and_never_shown(start: Start) -> None:
    server = start(admin_token="an-admin-token").server
    with Admin(server.server_address + "/", token="an-admin-token") as admin:
        [model] = admin.models()
        assert (repr(admin), repr(model)) == (f"Admin('{server.server_address}')", "Model(1, 'Serve YOLOv5')")
        assert model.details()["session_url"] == server.session_url


def test_an_address_with_a_password_is_not_shown() -> None:
    with pytest.raises(ValueError, match="url is") as caught:
        Admin("ftp://me:hidden@host")
    assert "hidden" not in str(caught.value)


def test_neither_proxies_nor_password_files_come_between(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    server = start(admin_token="own").server
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password other\n", "utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with Admin(server.server_address, "own") as admin:
        assert len(admin.models()) == 1


def test_a_look_is_told_as_it_is(admin: Admin, fake: Caller) -> None:
    model = admin.model()
    body: Any = {"image_id": 171250, "settings": {"conf": 0.3}}
    assert model.look(image_id=171250, settings={"conf": 0.3}) == fake.ask("POST", "models/1/looks", body)
    assert [one["frame"] for one in model.look(video_id=VIDEO_ID, start=7, count=2)["frames"]] == [7, 8]
    assert [one["frame"] for one in model.look(video_id=VIDEO_ID)["frames"]] == [0]
    assert fake.ask("GET", "models/1/received")["count"] == 0


def test_a_look_at_a_picture_sends_it_under_its_name(admin: Admin) -> None:
    model = admin.model()
    model.add_stub(SEEN)
    told = model.look(RIDER.read_bytes(), name="a.jpg")
    assert (told["by"], told["size"], len(told["frames"][0]["objects"])) == ("stub 1", [1280, 1600], 1)
    refused = model.look(RIDER.read_bytes())["refused"]
    assert refused is not None
    assert "image='picture'" in refused


@pytest.mark.parametrize("asked", [{}, {"image_id": 171250, "video_id": VIDEO_ID}, {"picture": b"x", "image_id": 1}])
def test_a_look_at_nothing_or_at_two_things_is_refused(admin: Admin, asked: dict[str, Any]) -> None:
    with pytest.raises(AdminError) as caught:
        admin.model().look(**asked)
    assert caught.value.status == 400


def test_jobs_are_told_and_stopped(admin: Admin, fake: Caller) -> None:
    model = admin.model()
    uuids = [fake.post("inference_video_id_async", video_id=VIDEO_ID).json()["inference_request_uuid"] for _ in "ab"]
    assert model.jobs() == fake.ask("GET", "models/1/jobs")
    assert len(model.jobs(1)["jobs"]) == 1
    model.stop_job(uuids[1])
    assert {one["uuid"]: one["stopped"] for one in model.jobs()["jobs"]} == {uuids[0]: False, uuids[1]: True}


@pytest.mark.parametrize("uuid", ["x", "../../faults", "a/b?c#d"])
def test_a_job_that_is_not_there_is_not_stopped(admin: Admin, uuid: str) -> None:
    with pytest.raises(AdminError) as caught:
        admin.model().stop_job(uuid)
    assert caught.value.status == 404


def test_media_and_commands_are_told(admin: Admin, fake: Caller) -> None:
    model = admin.model()
    assert model.media() == fake.ask("GET", "models/1/media")
    fake.post("get_session_info")
    assert model.curl(1) == fake.ask("GET", "models/1/journal/1/curl")["curl"]
    with pytest.raises(AdminError, match="not in the journal"):
        model.curl(2)
    with pytest.raises(ValueError, match="whole number"):
        model.curl("1/curl/..")  # type: ignore[arg-type]
