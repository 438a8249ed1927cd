"""Lists in pages, and what is asked by the way: tasks, applications, users, teams, workspaces."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.default_world import IMAGES, TASK_ID
from modeldouble_server.limits import Limits
from modeldouble_server.platform.methods import METHODS
from modeldouble_server.platform.reference import reference

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller, Start

    Refused = Callable[[Response, int], str]
    Png = Callable[..., bytes]

RIDER = 171250
LISTS: dict[str, dict[str, Any]] = {
    "tasks.list": {"workspaceId": 661},
    "apps.list": {"teamId": 440, "filter": [{"field": "moduleId", "operator": "=", "value": 1}]},
    "apps.tasks.list": {"teamId": 440, "appId": 1, "sort": "startedAt", "sort_order": "desc"},
    "ecosystem.list": {"categories": ["serve"], "categoriesOperation": "or"},
    "projects.list": {"workspaceId": 661},
    "datasets.list": {"projectId": 17001},
    "images.list": {"datasetId": 53001},
    "videos.list": {"datasetId": 53002},
    "annotations.list": {"datasetId": 53001},
    "teams.list": {},
    "workspaces.list": {"teamId": 440},
}


@pytest.mark.parametrize("method", LISTS)
@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_every_list_has_the_four_keys_of_a_page(fake: Caller, method: str, verb: str) -> None:
    page = fake.platform(method, LISTS[method], verb).json()
    assert list(page) == ["total", "perPage", "pagesCount", "entities"]
    assert page["total"] == len(page["entities"]) > 0
    assert page["pagesCount"] == 1


@pytest.mark.parametrize("method", LISTS)
def test_small_pages_give_everything_once(start: Start, fake: Caller, method: str) -> None:
    small = start(limits=Limits(per_page=1, images_per_page=1))
    whole = fake.tell(method, **LISTS[method])["entities"]
    first = small.tell(method, **LISTS[method])
    pages = [small.tell(method, **LISTS[method], page=at + 1, per_page=1) for at in range(first["pagesCount"])]
    assert (first["perPage"], pages[0], len(pages)) == (1, first, len(whole))
    got = [one for page in pages for one in page["entities"]]
    assert [{**one, "fullStorageUrl": 0} for one in got] == [{**one, "fullStorageUrl": 0} for one in whole]


def test_pages_may_follow_each_other_by_a_token(fake: Caller) -> None:
    asked: dict[str, Any] = {"datasetId": 53001, "pagination_mode": "token", "per_page": 3}
    first = fake.tell("images.list", **asked)
    second = fake.tell("images.list", **asked, after=first["after"])
    assert (first["total"], len(first["entities"]), second["after"]) == (4, 3, None)
    assert [one["id"] for one in first["entities"] + second["entities"]] == sorted(IMAGES)


def test_images_of_a_project_are_listed_across_its_datasets(fake: Caller, png: Png) -> None:
    outer = fake.dataset()
    at = {"projectId": outer["projectId"]}
    inner = fake.tell("datasets.add", **at, name="inner", parentId=outer["id"])
    ids = [*fake.put(inner, png()), *fake.put(outer, png())]
    for asked in ({**at, "datasetId": None}, {"datasetId": outer["id"], "recursive": True}):
        assert [one["id"] for one in fake.tell("images.list", **asked)["entities"]] == ids
    assert [one["id"] for one in fake.tell("images.list", datasetId=outer["id"])["entities"]] == ids[1:]


def test_an_id_of_another_dataset_is_not_listed(fake: Caller) -> None:
    by_id = [{"field": "id", "operator": "in", "value": [RIDER]}]
    assert fake.tell("images.list", datasetId=fake.dataset()["id"], filter=by_id)["total"] == 0


def test_filters_of_another_kind_are_501(fake: Caller, refused: Refused) -> None:
    fields = {"datasetId": 53001, "filters": [{"type": "images_tag"}]}
    assert "send filter" in refused(fake.platform("images.list", fields), 501)


def test_a_filter_of_too_many_values_is_400(start: Start, refused: Refused) -> None:
    fields = {"datasetId": 53001, "filter": [{"field": "id", "operator": "in", "value": [1, 2, 3]}]}
    assert "more than 2" in refused(start(limits=Limits(ids=2)).platform("images.list", fields), 400)


@pytest.mark.parametrize(
    ("method", "fields", "expected"),
    [
        ("users.me", {}, {"login": "modeldouble", "role": "admin"}),
        ("teams.info", {"id": 440}, {"id": 440, "role": "admin"}),
        ("workspaces.info", {"id": 662}, {"teamId": 440, "name": "Empty Workspace"}),
        ("tasks.info", {"id": TASK_ID}, {"status": "started", "type": "app"}),
        ("projects.info", {"id": 17001}, {"type": "images", "datasetsCount": 1, "imagesCount": 4}),
        ("projects.info", {"id": 17002}, {"type": "videos", "itemsCount": 1}),
        ("datasets.info", {"id": 53002}, {"itemsCount": 1, "imagesCount": 0}),
    ],
)
def test_infos_have_what_official_clients_read(fake: Caller, method: str, fields: Any, expected: Any) -> None:
    assert expected.items() <= fake.tell(method, **fields).items()


def test_an_application_leads_to_its_task(fake: Caller) -> None:
    [app] = fake.tell("apps.list", teamId=440)["entities"]
    [task] = fake.tell("apps.tasks.list", teamId=440, appId=app["id"])["entities"]
    [module] = fake.tell("ecosystem.list")["entities"]
    assert (task["id"], app["moduleId"], task["meta"]["app"]["id"]) == (TASK_ID, module["id"], app["id"])
    assert [one["id"] for one in app["tasks"]] == [TASK_ID]
    assert fake.tell("apps.tasks.list", teamId=440, appId=9)["entities"] == []


def test_data_of_a_task_are_null(fake: Caller, refused: Refused) -> None:
    answer = fake.tell("tasks.data.get", taskId=TASK_ID, fields=["autoRestartInfo"])
    assert answer == {"result": {"autoRestartInfo": None}}
    assert refused(fake.platform("tasks.data.get", {"taskId": TASK_ID, "fields": [{}]}), 400)


def test_a_refusal_has_the_platforms_keys(fake: Caller) -> None:
    body = fake.platform("images.info", {"id": 9}).json()
    assert body["error"] == body["detail"] == body["details"]["message"]


def test_frames_may_be_asked_for_by_a_form(fake: Caller) -> None:
    form = {"videoId": 18635803, "frames": [2, 5]}
    answer = fake.platform("videos.bulk.download-frame", verb="GET", data=form)
    assert (answer.status_code, answer.content.count(b'form-data; name="')) == (200, 2)


def test_a_form_is_not_sent_to_those_who_ask_for_its_head(fake: Caller) -> None:
    query = {"datasetId": 53001, "imageIds": [RIDER]}
    answer = fake.platform("images.bulk.download", verb="HEAD", params=query)
    assert (answer.status_code, answer.content) == (200, b"")


def test_an_unwieldy_body_is_413(start: Start, refused: Refused) -> None:
    fake = start(limits=Limits(json_bytes=100))
    assert "100 bytes" in refused(fake.platform("projects.add", {"name": "x" * 200}), 413)


def test_the_page_of_methods_is_current() -> None:
    page = Path(__file__).parents[3] / "docs" / "platform.md"
    assert page.read_text(encoding="utf-8") == reference()
    assert all((handler.__doc__ or "").strip().endswith(".") for handler in METHODS.values())
