"""A run judges a target apart from whatever project it is called in."""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import modeldouble_contract
import modeldouble_server
from modeldouble_contract.finding import Finding
from modeldouble_contract.journeys.tour import Tour
from modeldouble_contract.options import TOKEN
from modeldouble_contract.outcome import BROKEN, NOT_CHECKED, VIOLATION, Outcome, Result
from modeldouble_contract.plan import Plan
from modeldouble_contract.preflight import CannotCheck
from modeldouble_contract.run import run

from .scripted import Reply, scripted

POISON = {
    "PYTEST_ADDOPTS": "--no-such-option", "PYTEST_PLUGINS": "no_such_plugin", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "0",
    TOKEN: "of somebody else",
}  # fmt: skip
IMAGES, VIDEO = (171250, 17551748), 18635803


@pytest.fixture(scope="module")
def fake() -> Iterator[Any]:
    with modeldouble_server.serve() as server:
        yield server


@pytest.fixture(scope="module")
def judged(fake: Any) -> Outcome:
    """The fake, with everything that an author can bring."""
    return run(Plan(
        fake.session_url, fake.api_token, server_address=fake.server_address, task_id=27209, image_id=IMAGES,
        video_id=VIDEO,
    ))  # fmt: skip


def wrong(outcome: Outcome) -> list[tuple[str, str]]:
    return [(one.check, one.outcome) for one in outcome.results if one.outcome in (VIOLATION, BROKEN)]


def test_the_fake_keeps_the_protocol(judged: Outcome) -> None:
    assert wrong(judged) == []
    assert judged.status() == 0
    assert judged.planned == len(judged.results)


def test_no_more_is_asked_for_than_was_announced(judged: Outcome) -> None:
    assert 100 < judged.asked <= judged.announced


def test_what_is_judged_is_named_and_its_token_is_not(judged: Outcome) -> None:
    assert judged.target.endswith("/net/$SESSION_TOKEN")
    assert judged.info["task type"] == "object detection"
    assert judged.release.endswith(" or later")


def test_titles_are_sentences_of_their_own(judged: Outcome) -> None:
    titles = [one.title for one in judged.results]
    assert len(set(titles)) == len(titles)
    assert [one for one in titles if "_" in one.partition(" (")[0] or len(one.split()) < 4] == []


def few(url: str, **more: Any) -> Outcome:
    """A run that ends at its first finding."""
    return run(Plan(url, patience=2.0, deadline=20.0), first=True, **more)


def test_an_environment_made_for_another_pytest_is_kept_away_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in POISON.items():
        monkeypatch.setenv(name, value)
    before = {**os.environ}
    with scripted({"get_session_info": {}}) as app:
        assert few(app.url).status() == 1
    assert {**os.environ} == before
    assert b"of somebody else" not in b"".join(one.body for one in app.asked)


def test_who_hears_of_a_run_hears_each_check() -> None:
    heard: list[Result] = []
    ahead: list[tuple[int, int]] = []
    with scripted({"get_session_info": {}}) as app:
        outcome = few(app.url, progress=heard.append, began=lambda *counts: ahead.append(counts))
    assert tuple(heard) == outcome.results
    assert ahead == [(outcome.planned, outcome.announced)]
    assert outcome.results[-1].outcome == VIOLATION
    assert len(outcome.results) < outcome.planned


def test_junit_is_written_by_pytest(tmp_path: Path) -> None:
    with scripted({"get_session_info": {}}) as app:
        few(app.url, junit=tmp_path / "j.xml")
    suite = ElementTree.parse(tmp_path / "j.xml").getroot()[0]
    assert suite.get("name") == "modeldouble contract"
    assert {one.get("name"): one.get("value") for one in suite.iter("property")}["level"] == "must"


@pytest.mark.parametrize(("plan", "told"), [
    ({"sdk": "newest"}, "name one of the official SDK"), ({"image": ("/nowhere",)}, "--image /nowhere cannot be read"),
    ({"settings": "/nowhere"}, "--settings /nowhere"), ({"video": "/nowhere"}, "--video /nowhere"),
])  # fmt: skip
def test_a_plan_that_cannot_be_carried_out_is_refused_before_anything_is_asked(plan: dict[str, Any], told: str) -> None:
    with scripted({"get_session_info": {}}) as app, pytest.raises(CannotCheck, match=told):
        run(Plan(app.url, **plan))
    assert app.asked == []


def test_an_id_that_the_platform_does_not_know_is_refused(fake: Any) -> None:
    with pytest.raises(CannotCheck, match="--image-id 5"):
        run(Plan(fake.session_url, fake.api_token, server_address=fake.server_address, image_id=(5,)))


def test_where_there_is_nothing_to_judge_nothing_runs() -> None:
    with scripted({"get_session_info": Reply(b"<html>", kind="text/html")}) as app, pytest.raises(CannotCheck):
        few(app.url)
    assert app.routes() == ["get_session_info"]


def test_a_model_that_is_too_slow_for_the_run_is_not_a_wrong_one(fake: Any) -> None:
    outcome = run(Plan(fake.session_url, deadline=2.0))
    last = outcome.results[-1]
    assert (last.outcome, last.reason.partition("; ")[2]) == (NOT_CHECKED, "give the run more time with --deadline")
    assert len(outcome.of(VIOLATION)) <= 1


def test_a_suite_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    package = Path(modeldouble_contract.__file__).parent
    copy = shutil.copytree(package, tmp_path / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "suite" / "check_broken.py").write_text("import no_such_module\n", encoding="utf-8")
    imports = "import sys; from modeldouble_contract.run import run; from modeldouble_contract.plan import Plan"
    text = f"{imports}; run(Plan(sys.argv[1]))"
    with scripted({"get_session_info": {}}) as app:
        command = [sys.executable, "-c", text, app.url]
        done = subprocess.run(
            command, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, timeout=60
        )
    assert "CannotCheck: the suite cannot be read; reinstall modeldouble" in done.stderr
    assert "no_such_module" in done.stderr


def tour(url: str, **more: Any) -> Tour:
    given: dict[str, Any] = {
        "server_address": None,
        "api_token": None,
        "task_id": None,
        "settings": {},
        "deadline": 20.0,
    }
    return Tour(url, **{**given, **more})


def test_a_step_that_the_client_cannot_take_is_a_finding() -> None:
    with scripted({}) as app, pytest.raises(Finding) as raised:
        tour(app.url)
    assert raised.value.code == "journey.connect"
    assert raised.value.facts["error"] in raised.value.got


def test_a_tour_goes_through_the_platform_by_task_id(fake: Any) -> None:
    found = tour("http://127.0.0.1:9", server_address=fake.server_address, api_token=fake.api_token, task_id=27209)
    info, names, settings = found.describe()
    assert info["app_name"] == "Serve YOLOv5"
    assert "person" in names
    assert "conf_thres" in settings


def test_a_tour_sees_pictures_and_videos(fake: Any) -> None:
    found = tour(fake.session_url, settings={"conf_thres": 0.5})
    alone, together = found.ids(IMAGES)
    assert [one.img_size for one in alone] == [one.img_size for one in together] == [(1600, 1280), (800, 1067)]
    assert [one["frame_index"] for one in found.video(VIDEO, 1, 3)] == [1, 2, 3]
    assert len(found.at_once(VIDEO, 3)) == 3
    assert len(found.stopped(VIDEO)) == 3


def test_a_tour_changes_a_setting_and_fetches_a_picture(fake: Any, tmp_path: Path) -> None:
    found = tour(fake.session_url, settings={"conf_thres": 0.5})
    picture = tmp_path / "picture.png"
    Image.new("RGB", (30, 20)).save(picture)
    told, prediction, after = found.settings("conf_thres", 0.9, str(picture))
    assert (dict(told), prediction.img_size, dict(after)) == ({"conf_thres": 0.9}, (20, 30), {"conf_thres": 0.5})
    assert min(found.url("http://pictures.example/street.jpg").img_size) > 0
