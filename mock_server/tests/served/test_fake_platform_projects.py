"""Projects and datasets: made, listed, counted, once per name."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.limits import Limits

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller, Start

    Refused = Callable[[Response, int], str]
    Png = Callable[..., bytes]


WORKSPACE = 662
BAD_NAMES: list[Any] = [
    "",
    " ",
    None,
    7,
    "a/b",
    "../../x",
    "a\\b",
    "..",
    ".",
    "a\x00b",
    "a\nb",
    "\ud800",
    "x" * 256,
    "é" * 128,
    [],
]


def project(fake: Caller, name: str = "Demo", **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = fake.tell("projects.add", name=name, workspaceId=WORKSPACE, **fields)
    return made


def names(fake: Caller, method: str, **fields: Any) -> list[str]:
    return [one["name"] for one in fake.tell(method, **fields)["entities"]]


def test_workspace_662_is_empty_at_the_start(fake: Caller) -> None:
    page = fake.tell("projects.list", workspaceId=WORKSPACE)
    assert page == {"total": 0, "perPage": 500, "pagesCount": 0, "entities": []}


def test_a_project_has_what_the_official_client_reads(fake: Caller) -> None:
    made = project(fake, description="d", readme="r", customData={"a": 1}, settings={"groupImages": True})
    assert (made["name"], made["type"], made["workspaceId"], made["teamId"]) == ("Demo", "images", WORKSPACE, 440)
    assert (made["description"], made["readme"], made["customData"]) == ("d", "r", {"a": 1})
    assert made["settings"]["groupImages"] is True
    assert made["createdAt"] == "2023-11-14T22:13:20.000Z"
    assert fake.tell("projects.info", id=made["id"]) == made


def test_ids_of_new_entities_are_beyond_all_that_are_there(fake: Caller) -> None:
    assert [project(fake, str(at))["id"] for at in range(3)] == [17003, 17004, 17005]


def test_a_taken_name_is_nonunique_and_names_its_owner(fake: Caller, refused: Refused) -> None:
    first = project(fake)
    answer = fake.platform("projects.add", {"name": "Demo", "workspaceId": WORKSPACE})
    assert "taken" in refused(answer, 400)
    [detail] = answer.json()["details"]
    assert (detail["type"], detail["errors"]) == ("NONUNIQUE", [{"name": "Demo", "id": first["id"]}])
    assert names(fake, "projects.list", workspaceId=WORKSPACE) == ["Demo"]


def test_a_name_is_taken_in_its_own_workspace_only(fake: Caller) -> None:
    project(fake, "Pictures")
    assert names(fake, "projects.list", workspaceId=WORKSPACE) == ["Pictures"]


def test_a_project_is_found_by_its_name(fake: Caller) -> None:
    assert project(fake, "one") != project(fake, "two")
    by_name = [{"field": "name", "operator": "=", "value": "two"}]
    asked = {"fields": ["id", "title"], "sort": "name", "workspaceId": WORKSPACE}
    assert names(fake, "projects.list", filter=by_name, **asked) == ["two"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_cannot_be_a_file_is_400(fake: Caller, refused: Refused, name: object) -> None:
    made = fake.dataset()
    assert "name is " in refused(fake.platform("projects.add", {"name": name, "workspaceId": WORKSPACE}), 400)
    assert "name is " in refused(fake.platform("datasets.add", {"name": name, "projectId": made["projectId"]}), 400)


@pytest.mark.parametrize("name", ["ünï cödé", "日本", "x" * 255, "a.b c", "🙂", "...", "'\";<b>"])
def test_any_other_name_is_kept(fake: Caller, name: str) -> None:
    made = fake.dataset(project=name, dataset=name)
    assert fake.tell("projects.info", id=made["projectId"])["name"] == name
    assert fake.tell("datasets.info", id=made["id"])["name"] == name


@pytest.mark.parametrize(
    "fields",
    [{"type": "x"}, {"type": 7}, {"workspaceId": None}, {"description": 7}, {"customData": []}, {"settings": "x"}],
    ids=str,
)
def test_a_project_of_bad_fields_is_400_and_not_made(fake: Caller, refused: Refused, fields: dict[str, Any]) -> None:
    assert refused(fake.platform("projects.add", {"name": "Demo", "workspaceId": WORKSPACE, **fields}), 400)
    assert names(fake, "projects.list", workspaceId=WORKSPACE) == []


@pytest.mark.parametrize("method", ["projects.add", "projects.list"])
def test_a_workspace_that_is_not_there_is_404(fake: Caller, refused: Refused, method: str) -> None:
    assert refused(fake.platform(method, {"name": "x", "workspaceId": 1}), 404)


def test_a_project_counts_what_is_in_it(fake: Caller, png: Png) -> None:
    made = fake.dataset()
    fake.put(made, png(), png(color=1))
    found = fake.tell("projects.info", id=made["projectId"])
    assert (found["datasetsCount"], found["imagesCount"], found["itemsCount"]) == (1, 2, 2)
    assert fake.tell("projects.list", workspaceId=WORKSPACE)["entities"] == [found]


def test_settings_are_changed_one_by_one(fake: Caller) -> None:
    made = project(fake)
    fake.tell("projects.settings.update", id=made["id"], settings={"groupImagesSync": True})
    changed = fake.tell("projects.info", id=made["id"])["settings"]
    assert changed == {"groupImages": False, "groupImagesByTagId": None, "groupImagesSync": True}


def test_a_dataset_has_what_the_official_client_reads(fake: Caller) -> None:
    made = fake.dataset()
    assert (made["name"], made["parentId"], made["itemsCount"], made["workspaceId"]) == ("ds", None, 0, WORKSPACE)
    assert fake.tell("datasets.info", id=made["id"]) == made
    # Official clients use a dataset as a key, which a dict in it forbids.
    assert made["customData"] is None


def test_a_datasets_name_is_taken_once_in_its_parent(fake: Caller, refused: Refused) -> None:
    made = fake.dataset()
    again = {"projectId": made["projectId"], "name": "ds"}
    answer = fake.platform("datasets.add", again)
    assert refused(answer, 400)
    assert answer.json()["details"][0]["errors"] == [{"name": "ds", "id": made["id"]}]
    assert fake.tell("datasets.add", **again, parentId=made["id"])["parentId"] == made["id"]


def test_datasets_in_datasets_are_listed_when_asked_for(fake: Caller) -> None:
    made = fake.dataset()
    at = {"projectId": made["projectId"]}
    inner = fake.tell("datasets.add", **at, name="inner", parentId=made["id"])
    fake.tell("datasets.add", **at, name="innermost", parentId=inner["id"])
    by_parent = [{"field": "parentId", "operator": "=", "value": made["id"]}]
    assert names(fake, "datasets.list", **at) == ["ds"]
    assert names(fake, "datasets.list", **at, recursive=True) == ["ds", "inner", "innermost"]
    assert names(fake, "datasets.list", **at, filter=by_parent) == ["inner"]


def test_a_parent_of_another_project_is_400(fake: Caller, refused: Refused) -> None:
    made = fake.dataset()
    fields = {"projectId": made["projectId"], "name": "x", "parentId": 53001}
    assert "parentId is 53001" in refused(fake.platform("datasets.add", fields), 400)


def test_worlds_are_bounded(start: Start, refused: Refused) -> None:
    fake = start(limits=Limits(entities=1))
    made = fake.dataset()
    assert "the limit is 1" in refused(fake.platform("projects.add", {"name": "x", "workspaceId": WORKSPACE}), 400)
    assert "the limit is 1" in refused(
        fake.platform("datasets.add", {"name": "x", "projectId": made["projectId"]}), 400
    )


def test_names_taken_at_once_are_taken_by_one(fake: Caller) -> None:
    with ThreadPoolExecutor(8) as pool:
        fields = {"name": "Demo", "workspaceId": WORKSPACE}
        answers = list(pool.map(lambda _: fake.platform("projects.add", fields).status_code, range(16)))
    assert sorted(answers) == [200, *[400] * 15]
