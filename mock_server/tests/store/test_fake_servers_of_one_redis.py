"""Servers that are given the same Redis are one: worlds, uploads, jobs, tenants, changes. By raw HTTP."""

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from modeldouble_server import CannotServe, Server
from modeldouble_server.default_world import WORKSPACE_ID

from .conftest import Started
from .redis_server import RedisServer

Json = dict[str, Any]
Serve = Callable[..., Server]
VIDEO = 18635803
_PATIENCE = 20.0


@pytest.fixture
def serve(redis: RedisServer) -> Iterator[Serve]:
    """Starts servers of the Redis, which are ended."""
    with ExitStack() as running:
        yield lambda url=redis.url, **options: running.enter_context(Server(redis=url, **options))


@pytest.fixture
def two(serve: Serve) -> tuple[Server, Server]:
    return serve(), serve()


def post(server: Server, route: str, base: str | None = None, **state: Any) -> requests.Response:
    return requests.post(f"{base or server.session_url}/{route}", json={"state": state}, timeout=_PATIENCE)


def platform(server: Server, method: str, token: str = "", **more: Any) -> requests.Response:
    headers = {"x-api-key": token or server.api_token}
    return requests.post(f"{server.server_address}/public/api/v3/{method}", headers=headers, timeout=_PATIENCE, **more)


def admin(server: Server, method: str, path: str, body: Json | None = None) -> Any:
    answer = requests.request(method, f"{server.server_address}/__admin/{path}", json=body, timeout=_PATIENCE)
    assert answer.ok, answer.text
    return answer.json()


def started(server: Server, frames: int = 9) -> str:
    asked: Json = {"videoId": VIDEO, "framesCount": frames}
    uuid: str = post(server, "inference_video_id_async", **asked).json()["inference_request_uuid"]
    return uuid


def test_a_job_of_one_is_popped_from_both_and_no_frame_twice(two: tuple[Server, Server]) -> None:
    uuid, frames = started(two[0]), []
    for at in range(2000):
        told = post(two[at % 2], "pop_inference_results", inference_request_uuid=uuid).json()
        frames += [one["frame_index"] for one in told["pending_results"]]
        if len(frames) >= 9:
            break
    assert frames == list(range(9))


def test_a_job_is_stopped_by_another_server(two: tuple[Server, Server]) -> None:
    uuid = started(two[0], 10)
    assert post(two[1], "stop_inference", inference_request_uuid=uuid).status_code == 200
    told = post(two[0], "get_inference_progress", inference_request_uuid=uuid).json()
    assert told["cancel_inference"] is True or told["is_inferring"] is False


def png(color: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (color, 0, 0)).save(out, "PNG")
    return out.getvalue()


def test_an_upload_to_one_is_downloaded_from_the_other(two: tuple[Server, Server]) -> None:
    project = platform(two[0], "projects.add", json={"workspaceId": 662, "name": "Shared"}).json()
    dataset = platform(two[1], "datasets.add", json={"projectId": project["id"], "name": "one"}).json()
    sent = platform(two[0], "images.bulk.upload", files={"0-file": ("0", png(7))}).json()
    images = [{"title": "a.png", "hash": sent[0]["hash"]}]
    added = platform(two[1], "images.bulk.add", json={"datasetId": dataset["id"], "images": images}).json()
    assert platform(two[0], "images.download", json={"id": added[0]["id"]}).content == png(7)


def test_ids_of_both_are_different(two: tuple[Server, Server]) -> None:
    made = [platform(two[at % 2], "projects.add", json={"workspaceId": 662, "name": f"{at}"}) for at in range(6)]
    assert len({one.json()["id"] for one in made}) == 6


def test_what_was_put_in_is_there_when_all_were_ended(serve: Serve) -> None:
    first = serve()
    project = platform(first, "projects.add", json={"workspaceId": 662, "name": "Kept"}).json()
    first.stop()
    assert platform(serve(), "projects.info", json={"id": project["id"]}).json()["name"] == "Kept"


def test_a_tenant_of_one_is_served_by_the_other(two: tuple[Server, Server]) -> None:
    told = admin(two[0], "POST", "models", {"name": "Mine", "classes": ["cat"]})
    token = told["session_url"].rpartition("/")[2]
    elsewhere = f"{two[1].server_address}/net/{token}"
    assert post(two[1], "get_session_info", elsewhere).json()["app_name"] == "Mine"
    assert platform(two[1], "workspaces.list", told["api_token"], json={"teamId": 440}).status_code in (200, 404)
    admin(two[1], "DELETE", f"models/{told['id']}")
    assert post(two[0], "get_session_info", told["session_url"]).status_code == 404


def test_a_stub_and_a_fault_of_one_are_the_others(two: tuple[Server, Server]) -> None:
    admin(two[0], "POST", "models/1/stubs", {"when": {}, "predict": [{"class": "dog", "box": [1, 2, 3, 4]}]})
    objects = post(two[1], "inference_image_id", image_id=17551748).json()["annotation"]["objects"]
    assert [one["classTitle"] for one in objects] == ["dog"]
    admin(two[1], "POST", "models/1/faults", {"status": 503, "times": 1, "route": "get_session_info"})
    statuses = [post(two[at % 2], "get_session_info").status_code for at in range(4)]
    assert statuses == [503, 200, 200, 200]


def test_a_frozen_model_is_thawed_for_all(two: tuple[Server, Server]) -> None:
    assert post(two[0], "freeze_model").json()["message"] == "Model is frozen."
    assert post(two[1], "freeze_model").json()["message"] == "Model is already frozen."
    post(two[1], "inference_image_id", image_id=17551748)
    assert post(two[0], "freeze_model").json()["message"] == "Model is frozen."


def test_servers_with_other_prefixes_share_nothing(serve: Serve, redis: RedisServer) -> None:
    one, other = serve(), serve(f"{redis.url}?prefix=other")
    assert post(other, "get_inference_progress", inference_request_uuid=started(one)).status_code == 404


def test_many_that_start_at_once_come_to_one_world(redis: RedisServer, tmp_path: Path) -> None:
    scenario = tmp_path / "mine.yaml"
    datasets = "datasets: [{name: d, pictures: [{name: s, count: 3}]}]"
    scenario.write_text(f"platform:\n  projects:\n    - name: Streets\n      {datasets}\n")
    servers = [Server(redis=redis.url, scenario=scenario) for _ in range(3)]
    with ThreadPoolExecutor(3) as threads, ExitStack() as running:
        for server in servers:
            running.callback(server.stop)
        list(threads.map(Server.start, servers))
        named = [platform(one, "projects.list", json={"workspaceId": WORKSPACE_ID}).json() for one in servers]
    assert named[0] == named[1] == named[2]
    assert [one["name"] for one in named[0]["entities"]].count("Streets") == 1


def test_a_store_that_is_gone_is_a_503_that_names_it_and_work_goes_on_when_it_is_back(own_redis: Started) -> None:
    redis = own_redis("--appendonly", "yes")
    with Server(redis=redis.url) as server:
        uuid = started(server)
        redis.kill()
        for answer in (
            post(server, "get_inference_progress", inference_request_uuid=uuid),
            post(server, "inference_video_id_async", videoId=VIDEO),
            platform(server, "projects.add", json={"workspaceId": 662, "name": "Lost"}),
        ):
            assert (answer.status_code, f"127.0.0.1:{redis.port}" in answer.text) == (503, True), answer.text
        redis.start()
        assert post(server, "get_inference_progress", inference_request_uuid=uuid).status_code == 200


def test_a_folder_and_a_redis_are_one_too_many(redis: RedisServer, tmp_path: Path) -> None:
    with pytest.raises(CannotServe, match="give one of them"):
        Server(redis=redis.url, data_dir=tmp_path)


def test_a_redis_that_is_not_there_is_told_at_the_start() -> None:
    with pytest.raises(CannotServe, match=r"redis://127\.0\.0\.1:1"), Server(redis="redis://127.0.0.1:1/0"):
        pass
