"""Models over the admin API: told, made, reset, taken away, and never one by what is done to another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .conftest import Caller, Start

BOX = {"class": "person", "box": [1, 2, 30, 40]}
SCENARIO = """
models:
  - name: First
    stubs: [{when: {image: a.jpg}, once: true, predict: [{class: person, box: [1, 2, 30, 40]}]}]
    faults: [{route: get_session_info, status: 503, times: 1}]
  - name: Second
    task_id: 5
"""


def lines(caller: Caller) -> list[tuple[int, str, str]]:
    """Id, name and kind of the models."""
    return [(one["id"], one["name"], one["kind"]) for one in caller.ask("GET", "models")["models"]]


def disturbed(caller: Caller, model_id: int) -> dict[str, Any]:
    """A model to which everything was done that a reset undoes."""
    path = f"models/{model_id}"
    url = caller.ask("GET", path)["session_url"]
    caller.post("inference_video_id_async", url, videoId=18635803)
    caller.post("inference_image_id", url, image_id=171250, settings={"unknown": 1})
    caller.ask("POST", f"{path}/stubs", {"when": {"image": "b.jpg"}, "predict": [BOX]}, 201)
    caller.infer("c.jpg", url)
    caller.ask("POST", f"{path}/faults", {"route": "get_model_meta"}, 201)
    caller.ask("POST", f"{path}/clock", {"advance": 5})
    caller.ask("PUT", f"{path}/latency", {"fixed": 0})
    found: dict[str, Any] = caller.ask("GET", path)
    return found


def test_the_default_model_is_number_one_and_the_operators(fake: Caller) -> None:
    assert lines(fake) == [(1, "Serve YOLOv5", "operator")]


def test_the_list_shows_nothing_that_opens_a_model(fake: Caller) -> None:
    fake.ask("POST", "models", {}, 201)
    told = fake.send("GET", "models").text
    assert fake.server.session_token not in told
    assert not [one for one in fake.server.fake.models if one in told]


def test_one_model_tells_how_it_is_reached(fake: Caller) -> None:
    told = fake.ask("GET", "models/1")
    assert (told["session_url"], told["server_address"]) == (fake.server.session_url, fake.server.server_address)
    assert (told["task_id"], told["pace"], told["preparation"], told["latency"]) == (27209, 0.02, 0.0, None)
    assert told["session_info"] == fake.post("get_session_info").json()


def test_the_operators_api_token_is_never_told(fake: Caller) -> None:
    answer = fake.send("GET", "models/1")
    assert answer.json()["api_token"] is None
    assert fake.server.api_token not in answer.text


def test_the_address_is_the_one_that_the_caller_used(fake: Caller) -> None:
    told = fake.ask("GET", "models/1", headers={"Host": f"localhost:{fake.server.port}"})
    assert told["session_url"].startswith(f"http://localhost:{fake.server.port}/net/")


def test_a_model_is_made_as_it_was_ordered(fake: Caller) -> None:
    given = {"preset": "pose", "name": "Mine", "classes": ["cat"], "settings": {"deep": 3}, "seed": 5, "pace": 0.5}
    told = fake.ask("POST", "models", {**given, "preparation": 2, "max_batch_size": 4, "latency": 0}, 201)
    assert (told["id"], told["name"], told["kind"], told["latency"]) == (2, "Mine", "tenant", "synthetic")
    assert (told["pace"], told["preparation"], told["session_info"]["max_batch_size"]) == (0.5, 2.0, 4)
    meta = fake.post("get_output_classes_and_tags", told["session_url"]).json()
    assert [one["title"] for one in meta["classes"]] == ["cat"]
    settings = fake.post("get_custom_inference_settings", told["session_url"]).json()["settings"]
    assert settings["deep"] == 3


def test_a_model_that_was_made_has_a_world_of_its_own(fake: Caller) -> None:
    told = fake.ask("POST", "models", {}, 201)
    url = f"{told['server_address']}/public/api/v3/projects.add"
    body = {"name": "Mine", "workspaceId": 662}
    assert fake.http.post(url, json=body, headers={"x-api-key": told["api_token"]}, timeout=20).status_code == 200
    assert fake.platform("projects.list", workspaceId=662).json()["total"] == 0


@pytest.mark.parametrize(("body", "text"), [
    ({"preset": "yolo"}, "preset: is 'yolo'"), ({"presett": "pose"}, "did you mean 'preset'"),
    ({"classes": "cat"}, "classes: is 'cat'; give a list"), ({"classes": []}, "classes: is []"),
    ({"classes": ["cat", "cat"]}, "none twice"), ({"pace": -1}, "pace: is -1; give a number of at least 0"),
    ({"max_batch_size": 0}, "max_batch_size"), ({"latency": "x"}, "latency"), ({"latency": {"fxed": 1}}, "fixed"),
    ({"latency": {"profile": "/etc/passwd"}}, "no file is read here"), ({"latency": {"recording": "x"}}, "no file"),
    ({"predictor": "os:system"}, "predictor"), ({"spec": {}}, "spec"), ({"info": {}}, "info"), ({"name": ""}, "name"),
])  # fmt: skip
def test_a_model_that_cannot_be_is_a_400_and_leaves_none(fake: Caller, body: dict[str, Any], text: str) -> None:
    assert text in fake.refused(400, "POST", "models", body)
    assert len(lines(fake)) == 1


def test_models_are_bounded(start: Start) -> None:
    from modeldouble_server import Limits

    caller = start(limits=Limits(models=2))
    caller.ask("POST", "models", {}, 201)
    assert "limit" in caller.refused(400, "POST", "models", {})


def test_a_models_of_a_test_is_there_as_well_and_can_be_taken_away(fake: Caller) -> None:
    with fake.server.add_model("pose") as model:
        assert lines(fake)[1][2] == "tenant"
        assert fake.ask("GET", "models/2")["session_url"] == model.session_url
        assert fake.ask("DELETE", "models/2") == {"removed": 1}
        assert fake.post("get_session_info", model.session_url).status_code == 404
    assert len(lines(fake)) == 1


def test_a_number_is_never_given_twice(fake: Caller) -> None:
    fake.ask("POST", "models", {}, 201)
    fake.ask("DELETE", "models/2")
    assert fake.ask("POST", "models", {}, 201)["id"] == 3


def test_the_world_of_a_model_that_was_taken_away_is_gone(fake: Caller) -> None:
    told = fake.ask("POST", "models", {}, 201)
    fake.ask("DELETE", f"models/{told['id']}")
    assert told["api_token"] not in fake.server.fake.worlds
    assert fake.server.fake.console.tenants == {}


def test_an_operators_model_stays(fake: Caller) -> None:
    assert "/reset" in fake.refused(409, "DELETE", "models/1")
    assert len(lines(fake)) == 1


def test_jobs_are_told_by_state(fake: Caller) -> None:
    fake.post("inference_video_id_async", videoId=18635803)
    assert fake.ask("GET", "models/1")["jobs"]["running"] == 1
    fake.ask("POST", "models/1/clock", {"advance": 60})
    jobs = fake.ask("GET", "models/1")["jobs"]
    assert (jobs["running"], jobs["finished"]) == (0, 1)


def test_a_reset_undoes_everything(fake: Caller) -> None:
    before = fake.ask("GET", "models/1")
    changed = disturbed(fake, 1)
    assert changed["counts"] == {"requests": 3, "received": 3, "stubs": 1, "faults": 1, "misses": 1}
    assert sum(changed["jobs"].values()) == 1
    assert changed["deviations"]
    assert fake.ask("POST", "models/1/reset") == before == fake.ask("GET", "models/1")
    assert fake.ask("GET", "models/1/clock")["ahead"] == 0


def test_a_reset_of_one_touches_nothing_of_the_other(fake: Caller) -> None:
    ids = [fake.ask("POST", "models", {"pace": 1}, 201)["id"] for _ in range(2)]
    first, other = (disturbed(fake, one) for one in ids)
    assert {**first, "id": 0, "session_url": "", "api_token": ""} == {
        **other, "id": 0, "session_url": "", "api_token": "",
    }  # fmt: skip
    kept = {
        path: fake.send("GET", f"models/{ids[1]}/{path}").json() for path in ("stubs", "faults", "journal", "clock")
    }
    fake.ask("POST", f"models/{ids[0]}/reset")
    assert fake.ask("GET", f"models/{ids[1]}") == other
    assert {path: fake.send("GET", f"models/{ids[1]}/{path}").json() for path in kept} == kept


def test_a_reset_restarts_what_a_scenario_says(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(SCENARIO, "utf-8")
    caller = start(scenario=file)
    for _ in range(2):
        assert [caller.post("get_session_info").status_code for _ in range(2)] == [503, 200]
        [stub] = caller.ask("GET", "models/1/stubs")["stubs"]
        assert (stub["uses"], stub["live"], stub["number"]) == (0, True, 1)
        caller.infer("a.jpg")
        assert caller.ask("GET", "models/1/stubs")["stubs"][0]["live"] is False
        caller.ask("POST", "models/1/stubs", {"when": {"image": "b.jpg"}, "predict": []}, 201)
        caller.ask("POST", "models/1/reset")


def test_two_models_of_a_scenario_have_clocks_of_their_own(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(SCENARIO, "utf-8")
    caller = start(scenario=file)
    caller.ask("POST", "models/1/clock", {"advance": 60})
    assert [caller.ask("GET", f"models/{one}/clock")["ahead"] for one in (1, 2)] == [60, 0]
    assert [one[1] for one in lines(caller)] == ["First", "Second"]


def test_the_servers_clock_goes_on_for_all(fake: Caller) -> None:
    fake.ask("POST", "models", {}, 201)
    fake.server.clock.advance(30)
    assert {fake.ask("GET", f"models/{one}/clock")["now"] for one in (1, 2)} == {1_700_000_030.0}
