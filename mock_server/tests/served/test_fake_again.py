"""What comes back when a server is started again on its folder, and what does not."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from modeldouble_server import serve
from modeldouble_server.default_world import PICTURES_DATASET_ID, TASK_ID, VIDEO_ID, WORKSPACE_ID
from modeldouble_server.limits import Limits
from modeldouble_server.picture_file import drawn
from modeldouble_server.refusal import CannotServe
from modeldouble_server.server import Server

Json = dict[str, Any]
Again = Callable[..., Server]


@pytest.fixture
def again(tmp_path: Path) -> Again:
    return lambda **more: serve(data_dir=tmp_path / "data", **more)


def ask(server: Server, method: str, **body: Any) -> Any:
    headers = {"x-api-key": server.api_token}
    return requests.post(f"{server.server_address}/public/api/v3/{method}", json=body, headers=headers, timeout=10)


def model(server: Server, route: str, **state: Any) -> Json:
    answer = requests.post(f"{server.session_url}/{route}", json={"state": state}, timeout=10)
    found: Json = answer.json()
    return found


def test_a_picture_is_there_again_with_its_bytes_and_its_annotation(again: Again) -> None:
    content = drawn("a.png", (64, 48))
    with again() as server:
        image_id = server.add_image(content, "a.png")
        sent = {"imageId": image_id, "annotation": {"description": "mine", "objects": [], "tags": []}}
        assert ask(server, "annotations.bulk.add", datasetId=PICTURES_DATASET_ID, annotations=[sent]).ok
    with again() as server:
        assert ask(server, "images.download", id=image_id).content == content
        assert ask(server, "annotations.info", imageId=image_id).json()["annotation"]["description"] == "mine"
        assert server.add_image(drawn("b.png", (64, 48)), "b.png") == image_id + 1


def test_facts_of_a_picture_are_found_again_from_its_content(again: Again) -> None:
    with again() as server:
        image_id = server.add_image(drawn("a.png", (64, 48)), "a.png")
    with again() as server:
        known = ask(server, "images.info", id=image_id).json()["hash"]
        wanted = {"title": "copy.png", "hash": known}
        [added] = ask(server, "images.bulk.add", datasetId=PICTURES_DATASET_ID, images=[wanted]).json()
        assert (added["width"], added["height"]) == (64, 48)


def test_the_default_world_is_there_once_and_as_users_left_it(again: Again) -> None:
    sent = {"imageId": 171250, "annotation": {"description": "mine", "objects": [], "tags": []}}
    with again() as server:
        assert ask(server, "annotations.bulk.add", datasetId=PICTURES_DATASET_ID, annotations=[sent]).ok
        before = ask(server, "projects.list", workspaceId=WORKSPACE_ID).json()
    with again() as server:
        assert ask(server, "projects.list", workspaceId=WORKSPACE_ID).json() == before
        assert ask(server, "annotations.info", imageId=171250).json()["annotation"]["description"] == "mine"


def test_a_job_goes_on_and_its_results_come_once(again: Again) -> None:
    with again() as server:
        job = model(server, "inference_video_id_async", videoId=VIDEO_ID)["inference_request_uuid"]
        server.clock.advance(0.1)
        first = model(server, "pop_inference_results", inference_request_uuid=job)["pending_results"]
    with again() as server:
        server.clock.advance(10.0)
        rest = model(server, "pop_inference_results", inference_request_uuid=job)["pending_results"]
    assert len(first) >= 5
    assert len(first) + len(rest) == 10


def test_a_tenants_world_is_of_one_run(again: Again, tmp_path: Path) -> None:
    with again() as server:
        added = server.add_model()
        added.add_image(drawn("a.png", (64, 48)), "a.png")
    database = sqlite3.connect(tmp_path / "data" / "state.sqlite")
    assert database.execute("SELECT key FROM entry WHERE key LIKE 'tenant:%'").fetchall() == []
    database.close()


def test_other_tokens_open_the_same_world(again: Again) -> None:
    with again() as server:
        image_id = server.add_image(drawn("a.png", (64, 48)), "a.png")
    with again(api_token="other", session_token="another") as server:
        assert ask(server, "images.info", id=image_id).json()["name"] == "a.png"
        assert ask(server, "tasks.info", id=TASK_ID).json()["meta"]["sessionToken"] == "another"


def test_an_app_that_ran_elsewhere_has_ended(again: Again) -> None:
    with again() as server:
        task_id = server.add_app("http://127.0.0.1:9")
        assert ask(server, "tasks.info", id=task_id).json()["status"] == "started"
    with again() as server:
        told = [ask(server, "tasks.info", id=one).json()["status"] for one in (task_id, TASK_ID)]
        assert told == ["finished", "started"]


def test_a_full_world_is_413_also_after_a_start(again: Again) -> None:
    content = drawn("a.png", (64, 48))
    with again() as server:
        server.add_image(content, "a.png")
    with again(limits=Limits(held_bytes=len(content) + 1)) as server:
        form = [("0-file", ("b.png", drawn("b.png", (64, 48)), "image/png"))]
        answer = requests.post(
            f"{server.server_address}/public/api/v3/images.bulk.upload",
            files=form, headers={"x-api-key": server.api_token}, timeout=10,
        )  # fmt: skip
        assert (answer.status_code, "at most" in answer.json()["error"]) == (413, True)


def test_a_second_server_on_the_folder_does_not_start(again: Again) -> None:
    with again(), pytest.raises(CannotServe, match="in use by another server"):
        again().start()


def test_pictures_of_a_folder_are_found_again_where_they_are(again: Again, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.png").write_bytes(drawn("a.png", (64, 48)))
    with again() as server:
        server.add_project(tmp_path / "mine", image_ids=4711)
    with again() as server:
        assert ask(server, "images.download", id=4711).content == drawn("a.png", (64, 48))
    assert not list((tmp_path / "data").glob("contents/*/*"))


SCENARIO: Json = {
    "platform": {
        "projects": [
            {
                "name": "Streets",
                "project_id": 800,
                "datasets": [
                    {
                        "name": "day",
                        "dataset_id": 900,
                        "pictures": [{"name": "a.png", "size": [64, 48], "image_id": 1000}, {"name": "b.png"}],
                    }
                ],
            }
        ]
    },
    "urls": {"http://example.com/a.png": {"size": [64, 48]}},
}


@pytest.fixture
def play(again: Again, tmp_path: Path) -> Callable[[Json], Server]:
    def played(scenario: Json) -> Server:
        (tmp_path / "scenario.yaml").write_text(json.dumps(scenario))
        return again(scenario=tmp_path / "scenario.yaml")

    return played


def names(server: Server, dataset_id: int) -> list[tuple[int, str]]:
    listed = ask(server, "images.list", datasetId=dataset_id).json()["entities"]
    return [(one["id"], one["name"]) for one in listed]


def test_a_scenario_is_put_once(play: Callable[[Json], Server]) -> None:
    seen = []
    for _ in range(3):
        with play(SCENARIO) as server:
            found = ask(server, "projects.info", id=800).json()
            seen.append((names(server, 900), names(server, PICTURES_DATASET_ID), found["imagesCount"]))
            assert ask(server, "images.download", id=1000).ok
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0][0]) == 2


def test_a_scenario_that_is_the_same_leaves_what_users_changed(play: Callable[[Json], Server]) -> None:
    with play(SCENARIO) as server:
        assert ask(server, "projects.settings.update", id=800, settings={"mine": 1}).ok
    with play(SCENARIO) as server:
        assert ask(server, "projects.info", id=800).json()["settings"]["mine"] == 1


def test_a_scenario_that_changed_wins_and_what_users_added_stays(play: Callable[[Json], Server]) -> None:
    changed = json.loads(json.dumps(SCENARIO))
    pictures = changed["platform"]["projects"][0]["datasets"][0]["pictures"]
    pictures[:] = [{"name": "a.png", "size": [32, 16], "image_id": 1000}, {"name": "c.png", "image_id": 1002}]
    with play(SCENARIO) as server:
        content = ask(server, "images.info", id=1000).json()["hash"]
        [mine] = ask(server, "images.bulk.add", datasetId=900, images=[{"title": "m.png", "hash": content}]).json()
    with play(changed) as server:
        assert ask(server, "images.info", id=1000).json()["width"] == 32
        assert ask(server, "images.info", id=mine["id"]).json()["width"] == 64
        assert {one for _, one in names(server, 900)} == {"a.png", "b.png", "c.png", "m.png"}
        assert ask(server, "projects.info", id=800).json()["imagesCount"] == 4


def test_a_project_of_a_scenario_keeps_its_id(play: Callable[[Json], Server]) -> None:
    with play(SCENARIO):
        pass
    changed = json.loads(json.dumps(SCENARIO))
    changed["platform"]["projects"][0]["project_id"] = 801
    with pytest.raises(CannotServe, match="has the id 800 from an earlier start, not 801; give another name"):
        play(changed).start()


def test_an_id_that_a_user_took_is_not_taken_over(play: Callable[[Json], Server]) -> None:
    changed = json.loads(json.dumps(SCENARIO))
    with play(SCENARIO) as server:
        mine = server.add_image(drawn("m.png", (64, 48)), "m.png")
    changed["platform"]["projects"][0]["datasets"][0]["pictures"][1] = {"name": "c.png", "image_id": mine}
    with pytest.raises(CannotServe, match=f"image id {mine} is taken"):
        play(changed).start()
