"""What one server of a Redis does, no other one undoes. By raw HTTP."""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from modeldouble_server import CannotServe, Server
from modeldouble_server.changes import carry_out
from modeldouble_server.forgetting import served_prefix
from modeldouble_server.ledger import Ledger, ledger_prefix

from .conftest import Started
from .redis_server import RedisServer

_PATIENCE = 20.0
_PICTURE = 17551748


@pytest.fixture
def two(redis: RedisServer) -> Iterator[tuple[Server, Server]]:
    with Server(redis=redis.url) as one, Server(redis=redis.url) as other:
        yield one, other


def admin(server: Server, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    answer = requests.request(method, f"{server.server_address}/__admin/{path}", json=body, timeout=_PATIENCE)
    assert answer.ok, answer.text
    return answer.json()


def platform(server: Server, method: str, token: str, **body: Any) -> Any:
    url = f"{server.server_address}/public/api/v3/{method}"
    answer = requests.post(url, headers={"x-api-key": token}, json=body, timeout=_PATIENCE)
    assert answer.ok, answer.text
    return answer.json()


def post(server: Server, route: str, **state: Any) -> requests.Response:
    return requests.post(f"{server.session_url}/{route}", json={"state": state}, timeout=_PATIENCE)


def test_a_world_of_a_tenant_is_not_begun_anew_by_the_next_server(two: tuple[Server, Server]) -> None:
    token = admin(two[0], "POST", "models", {"name": "Mine"})["api_token"]
    [team] = platform(two[0], "teams.list", token)["entities"]
    [workspace, *_] = platform(two[0], "workspaces.list", token, teamId=team["id"])["entities"]
    [project, *_] = platform(two[0], "projects.list", token, workspaceId=workspace["id"])["entities"]
    meta = {"classes": [], "tags": [{"name": "kept", "value_type": "none", "color": "#000000"}]}
    platform(two[0], "projects.meta.update", token, id=project["id"], meta=meta)
    for server in (two[1], two[0]):
        told = platform(server, "projects.meta", token, id=project["id"])
        assert [one["name"] for one in told["tags"]] == ["kept"]


def test_models_of_tests_live_in_their_process_alone(two: tuple[Server, Server]) -> None:
    mine, others = two[0].add_model(), two[1].add_model()
    image_id = mine.add_image(mine.picture("a.png"), "a.png")
    found = [platform(two[0], "images.info", mine.api_token, id=image_id)["name"]]
    assert found == ["a.png"]
    missing = requests.post(
        f"{two[1].server_address}/public/api/v3/images.info", headers={"x-api-key": others.api_token},
        json={"id": image_id}, timeout=_PATIENCE,
    )  # fmt: skip
    assert missing.status_code == 404
    admin(two[0], "GET", "models")
    assert requests.post(f"{mine.session_url}/get_session_info", json={"state": {}}, timeout=_PATIENCE).ok
    for model in (mine, others):
        model.close()


def test_a_model_of_a_test_can_be_taken_away_over_the_admin_api(two: tuple[Server, Server]) -> None:
    mine = two[0].add_model()
    numbers = {one["id"] for one in admin(two[0], "GET", "models")["models"]}
    [number] = numbers - {one["id"] for one in admin(two[1], "GET", "models")["models"]}
    admin(two[0], "DELETE", f"models/{number}")
    gone = requests.post(f"{mine.session_url}/get_session_info", json={"state": {}}, timeout=_PATIENCE)
    assert gone.status_code == 404
    mine.close()


def test_a_batch_thaws_a_model_for_all(two: tuple[Server, Server]) -> None:
    assert post(two[0], "freeze_model").json()["message"] == "Model is frozen."
    assert post(two[1], "inference_batch_ids", batch_ids=[_PICTURE, _PICTURE]).ok
    assert post(two[0], "freeze_model").json()["message"] == "Model is frozen."


def test_a_model_that_is_deployed_on_one_server_is_there_on_all(two: tuple[Server, Server]) -> None:
    admin(two[0], "POST", "models/1/faults", {"fault": "not_deployed"})
    assert [post(one, "is_deployed").json()["deployed"] for one in two] == [False, False]
    files = {"checkpoint": "/a.pt"}
    params = {"model_source": "Custom models", "model_files": files, "model_info": {}, "device": "cpu"}
    deployed = post(two[0], "deploy_from_api", deploy_params=params)
    assert deployed.ok, deployed.text
    assert [post(one, "is_deployed").json()["deployed"] for one in two] == [True, True]


def test_a_server_that_starts_while_redis_is_full_says_so(own_redis: Started) -> None:
    redis = own_redis("--maxmemory", "1", "--maxmemory-policy", "noeviction")
    with pytest.raises(CannotServe, match="is full"):
        Server(redis=redis.url).start()


@pytest.mark.parametrize(("changes", "asked"), [(0, False), (0, True), (1, True)])
def test_a_redis_that_was_emptied_is_noticed_also_when_as_much_was_changed_since(
    redis: RedisServer, changes: int, asked: bool
) -> None:
    with Server(redis=redis.url) as one:
        for _ in range(changes):
            admin(one, "POST", "models/1/clock", {"advance": 1})
        assert not asked or post(one, "get_session_info").ok
        redis.say("FLUSHALL")
        with Server(redis=redis.url) as other:
            for _ in range(changes):
                admin(other, "POST", "models/1/clock", {"advance": 2})
            # From then on, it looks again.
            time.sleep(0.06)
            answers = [post(one, "get_session_info"), post(one, "get_inference_progress", inference_request_uuid="a")]
            answers.append(platform_of(one, "teams.list"))
            assert [answer.status_code for answer in answers] == [503] * 3
            assert all("has lost what it held; start the servers anew" in answer.text for answer in answers)
            assert post(other, "get_session_info").ok


def platform_of(server: Server, method: str) -> requests.Response:
    url = f"{server.server_address}/public/api/v3/{method}"
    return requests.post(url, headers={"x-api-key": server.api_token}, json={}, timeout=_PATIENCE)


def ledger_of(redis: RedisServer) -> list[str]:
    return [one for one in redis.say("KEYS", "*ledger*change:*").decode().split() if "change:" in one]


def test_what_is_refused_is_no_change_that_lies_in_redis(two: tuple[Server, Server], redis: RedisServer) -> None:
    assert post(two[0], "get_session_info").ok
    before = ledger_of(redis)
    assert post(two[0], "deploy_from_api", deploy_params={"model_source": "x" * 100_000}).status_code == 400
    assert post(two[0], "freeze_model").json()["message"] == "Model is frozen."
    for _ in range(3):
        assert post(two[1], "freeze_model").json()["message"] == "Model is already frozen."
    assert len(ledger_of(redis)) == len(before) + 1


def looks_once(server: Server) -> None:
    """To the model's ledger no time passes, so that it takes what it has seen for what there is."""
    fake = server.fake
    model = fake.models[server.session_token]
    prefix = f"{served_prefix(fake.born)}{ledger_prefix(server.session_token)}"
    model.ledger = Ledger(partial(carry_out, model), fake.store, prefix, clock=lambda: 0.0, begins=True)


def test_a_job_that_a_stub_of_this_moment_answers_is_whole_on_every_server(two: tuple[Server, Server]) -> None:
    given = {"when": {}, "predict": [{"class": "dog", "box": [1, 2, 3, 4]}]}
    looks_once(two[1])
    assert post(two[1], "get_session_info").ok
    requests.post(f"{two[0].server_address}/__admin/models/1/stubs", json=given, timeout=_PATIENCE)
    started = post(two[0], "inference_video_id_async", videoId=18635803, framesCount=2).json()
    frames, deadline = list[Any](), time.monotonic() + _PATIENCE
    while len(frames) < 2 and time.monotonic() < deadline:
        told = post(two[1], "pop_inference_results", inference_request_uuid=started["inference_request_uuid"]).json()
        assert told["exception"] is None
        frames += told["pending_results"]
    titles = [one["classTitle"] for frame in frames for one in frame["annotation"]["objects"]]
    assert titles == ["dog", "dog"]


def test_a_stub_of_a_scenario_answers_so_many_times_on_all_servers_together(redis: RedisServer, tmp_path: Path) -> None:
    scenario = tmp_path / "stubbed.yaml"
    scenario.write_text(
        "models:\n  - preset: detection\n    stubs:\n"
        "      - {when: {}, predict: [{class: dog, box: [1, 2, 3, 4]}], times: 2,"
        " then: [{predict: [{class: cat, box: [1, 2, 3, 4]}]}]}\n"
    )
    with Server(redis=redis.url, scenario=scenario) as one, Server(redis=redis.url, scenario=scenario) as other:
        said = [post(server, "inference_image_id", image_id=_PICTURE).json() for server in (one, other, other, one)]
    titles = [answer["annotation"]["objects"][0]["classTitle"] for answer in said]
    assert titles == ["dog", "dog", "cat", "cat"]


def stubbed(tmp_path: Path, name: str) -> Path:
    scenario = tmp_path / "mine.yaml"
    rule = "{when: {}, predict: [{class: NAME, box: [1, 2, 3, 4]}]}".replace("NAME", name)
    scenario.write_text(f"models:\n  - preset: detection\n    stubs: [{rule}]\n")
    return scenario


def test_what_was_changed_of_models_of_one_scenario_is_nothing_to_those_of_another(
    redis: RedisServer, tmp_path: Path
) -> None:
    seen = []
    for name in ("dog", "cat", "dog"):
        with Server(redis=redis.url, scenario=stubbed(tmp_path, name)) as server:
            answer = post(server, "inference_image_id", image_id=_PICTURE).json()
            seen.append([one["classTitle"] for one in answer["annotation"]["objects"]])
            if len(seen) == 1:
                admin(server, "DELETE", "models/1/stubs/1")
    # Once the rule of the first is taken back, it stays so for whoever serves the same.
    assert seen[:2] == [["dog"], ["cat"]]
    assert seen[2] != ["dog"]
