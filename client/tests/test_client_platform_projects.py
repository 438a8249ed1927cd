"""Projects and datasets: created once, under a free name, with a meta."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble import (
    Api,
    BadAnswer,
    BadArgument,
    CreateUncertain,
    NameTaken,
    NotFound,
    ProjectMeta,
    Refused,
    ServerFailed,
    WrongToken,
)
from modeldouble.platform.creating import free_name

from .little_platform import LittlePlatform, connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Json, Reply, RoughServer

CAR: Json = {"title": "car", "shape": "rectangle", "color": "#00FF00"}
SIDE: Json = {"name": "side", "value_type": "any_string", "color": "#FF0000"}
META: Json = {"classes": [CAR], "tags": [SIDE]}


@pytest.fixture
def platform(rough: RoughServer, reply: type[Reply]) -> LittlePlatform:
    return LittlePlatform(rough, reply)


@pytest.fixture
def api(rough: RoughServer, platform: LittlePlatform) -> Iterator[Api]:
    made = connect(rough)
    yield made
    made.close()


def test_a_project_and_a_dataset_in_it(platform: LittlePlatform, api: Api) -> None:
    project = api.project.create(662, "mine", description="text")
    dataset = api.dataset.create(project.id, "first")
    assert platform.bodies("projects.add") == [
        {"workspaceId": 662, "name": "mine", "description": "text", "type": "images"}
    ]
    assert platform.bodies("datasets.add") == [{"projectId": project.id, "name": "first", "description": ""}]
    assert platform.rough.routes() == ["projects.add", "datasets.add"]
    assert (api.project.get_info_by_id(project.id), api.project.get_list(662)) == (project, [project])
    assert (api.dataset.get_info_by_id(dataset.id), api.dataset.get_list(project.id)) == (dataset, [dataset])
    assert (project.workspace_id, project.type, dataset.project_id) == (662, "images", project.id)


def test_the_type_may_be_a_member_of_an_enumeration(platform: LittlePlatform, api: Api) -> None:
    class Kind(Enum):
        VIDEOS = "videos"

    kind: Any = Kind.VIDEOS
    assert api.project.create(662, "mine", kind).type == "videos"


def test_nested_datasets_are_listed_when_asked_for(platform: LittlePlatform, api: Api) -> None:
    api.dataset.get_list(5, recursive=True)
    body = {"projectId": 5, "recursive": True, "filter": [], "sort": "id", "sort_order": "asc"}
    assert platform.bodies("datasets.list") == [body]


def test_a_taken_name_is_told_with_its_id(platform: LittlePlatform, api: Api) -> None:
    project = api.project.create(662, "mine")
    with pytest.raises(NameTaken, match="mine") as caught:
        api.project.create(662, "mine")
    assert (caught.value.id, caught.value.name) == (project.id, "mine")
    assert len(platform.kept["projects"]) == 1


def test_an_id_that_the_platform_does_not_tell_is_looked_up(
    platform: LittlePlatform, api: Api, reply: type[Reply]
) -> None:
    project = api.project.create(662, "mine")
    platform.first("projects.add", reply({"error": "no", "details": {"type": "NONUNIQUE"}}, 409))
    with pytest.raises(NameTaken) as caught:
        api.project.create(662, "mine")
    assert (caught.value.id, caught.value.name) == (project.id, "mine")


@pytest.mark.parametrize("status", [400, 409])
def test_another_refusal_stays_what_it_is(platform: LittlePlatform, api: Api, reply: type[Reply], status: int) -> None:
    platform.first("projects.add", reply({"error": "too many projects", "details": []}, status))
    with pytest.raises(Refused, match="too many") as caught:
        api.project.create(662, "mine", change_name_if_conflict=True)
    assert not isinstance(caught.value, NameTaken)


def test_the_next_free_name_is_taken_instead(platform: LittlePlatform, api: Api) -> None:
    names = [api.project.create(662, "mine", change_name_if_conflict=True).name for _ in range(3)]
    assert names == ["mine", "mine_001", "mine_002"]
    datasets = [api.dataset.create(5, "first", change_name_if_conflict=True).name for _ in range(2)]
    assert datasets == ["first", "first_001"]


def test_a_free_name_costs_one_look(platform: LittlePlatform, api: Api) -> None:
    api.project.create(662, "mine", change_name_if_conflict=True)
    assert platform.rough.routes() == ["projects.list", "projects.add"]
    assert platform.bodies("projects.list")[0]["filter"] == [{"field": "name", "operator": "=", "value": "mine"}]


def test_a_name_that_another_takes_meanwhile(platform: LittlePlatform, api: Api, reply: type[Reply]) -> None:
    conflict = {"error": "no", "details": [{"type": "NONUNIQUE", "errors": [{"name": "mine", "id": 1}]}]}
    platform.first("projects.add", reply(conflict, 400))
    assert api.project.create(662, "mine", change_name_if_conflict=True).name == "mine_001"
    platform.rough.on("projects.add", reply(conflict, 400))
    with pytest.raises(NameTaken):
        api.project.create(662, "other", change_name_if_conflict=True)
    assert len(platform.bodies("projects.add")) == 12


@pytest.mark.parametrize(
    ("taken", "free"), [([], "a"), (["a"], "a_001"), (["a", "a_001", "a_003"], "a_002"), (["a_001"], "a")]
)
def test_free_names_are_counted_as_the_official_client_does(taken: list[str], free: str) -> None:
    assert free_name("a", taken) == free
    assert free_name("a", ["a", *(f"a_{number:03d}" for number in range(1, 1000))]) == "a_1000"


@pytest.mark.parametrize("part", ["project", "dataset"])
def test_a_lost_answer_is_uncertain_and_nothing_is_created_twice(platform: LittlePlatform, api: Api, part: str) -> None:
    platform.loses(f"{part}s.add")
    with pytest.raises(CreateUncertain, match="get_list") as caught:
        getattr(api, part).create(662, "mine", change_name_if_conflict=True)
    assert (caught.value.what, caught.value.names) == (part, ("mine",))
    assert len(platform.kept[f"{part}s"]) == len(platform.bodies(f"{part}s.add")) == 1


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        ({}, 500, CreateUncertain),
        ({}, 504, CreateUncertain),
        ([], 200, CreateUncertain),
        ({}, 501, ServerFailed),
        ({}, 401, WrongToken),
        ({}, 404, NotFound),
        ({"name": "mine"}, 200, BadAnswer),
    ],
)
def test_how_a_creation_may_fail(
    platform: LittlePlatform, api: Api, reply: type[Reply], answer: Any, status: int, error: type[Exception]
) -> None:
    platform.rough.on("projects.add", reply(answer, status))
    with pytest.raises(error):
        api.project.create(662, "mine")
    assert len(platform.bodies("projects.add")) == 1


def test_a_refusal_before_any_work_is_repeated(platform: LittlePlatform, api: Api, reply: type[Reply]) -> None:
    platform.first("projects.add", reply({}, 429))
    assert api.project.create(662, "mine").name == "mine"


@pytest.mark.parametrize("name", ["", None, "a\n"])
def test_what_is_no_name_is_not_sent(platform: LittlePlatform, api: Api, name: Any) -> None:
    with pytest.raises(BadArgument, match="dataset name"):
        api.dataset.create(5, name)
    assert platform.rough.received == []


@pytest.mark.parametrize("meta", [META, ProjectMeta.from_json(META)])
def test_a_meta_comes_back_with_ids(platform: LittlePlatform, api: Api, meta: Any) -> None:
    stored = api.project.update_meta(5, meta)
    assert [one.sly_id for one in (*stored.obj_classes, *stored.tag_metas)] == [1, 1]
    assert platform.bodies("projects.meta.update") == [{"id": 5, "meta": META}]
    assert ProjectMeta.from_json(api.project.get_meta(5)) == stored
    assert "projects.settings.update" not in platform.rough.routes()


def test_old_platforms_answer_an_update_with_success_only(
    platform: LittlePlatform, api: Api, reply: type[Reply]
) -> None:
    api.project.update_meta(5, META)
    platform.rough.on("projects.meta.update", reply({"success": True}))
    assert api.project.update_meta(5, META).obj_classes[0].sly_id == 1


def test_a_meta_that_groups_images_brings_its_settings(platform: LittlePlatform, api: Api) -> None:
    view = {"enabled": True, "tagName": "side", "tagId": None, "isSynced": False}
    api.project.update_meta(5, {**META, "projectSettings": {"multiView": view}})
    grouping = {"groupImages": True, "groupImagesByTagId": 1, "groupImagesSync": False}
    assert platform.bodies("projects.settings.update") == [{"id": 5, "settings": grouping}]
    api.project.update_meta(5, {**META, "projectSettings": {"multiView": {**view, "enabled": False}}})
    assert len(platform.bodies("projects.settings.update")) == 1


def test_metas_that_are_none(platform: LittlePlatform, api: Api, reply: type[Reply]) -> None:
    with pytest.raises(BadArgument):
        api.project.update_meta(5, {"classes": []})
    with pytest.raises(NotFound):
        api.project.get_meta(99)
    platform.rough.on("projects.meta", reply({"classes": None, "tags": []}))
    with pytest.raises(BadAnswer, match="classes"):
        api.project.get_meta(5)
