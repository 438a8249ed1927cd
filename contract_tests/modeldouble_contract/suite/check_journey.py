"""The journey of an application, made by the client library on the target."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from modeldouble_contract.brought import Brought
from modeldouble_contract.finding import not_checked
from modeldouble_contract.journeys.tour import Tour
from modeldouble_contract.judge import Judge
from modeldouble_contract.judging import frames_are
from modeldouble_contract.level import must
from modeldouble_contract.objects import Meta, threshold_name
from modeldouble_contract.plan import Plan

_PLACE = "journeys"
_FRAMES = 5


@pytest.fixture(scope="session")
def tour(plan: Plan, settings: Mapping[str, Any]) -> Tour:
    return Tour(plan.target, plan.server_address, plan.api_token, plan.task_id, settings, plan.patience * 2)


@must()
def test_the_client_learns_what_the_model_is(
    tour: Tour, judge: Judge, info: Mapping[str, Any], meta: Meta, defaults: Mapping[str, Any]
) -> None:
    told, names, settings = tour.describe()
    judge.require(
        list(names) == list(meta.shapes) and dict(settings) == dict(defaults) and set(told) == set(info),
        "journey.describe",
        expected=f"classes {list(meta.shapes)}, settings {dict(defaults)}, session info with {sorted(info)}",
        got=f"classes {names}, settings {settings}, session info with {sorted(told)}", place=_PLACE,
    )  # fmt: skip


@must(asks=4)
def test_the_client_infers_files_alone_and_together(tour: Tour, judge: Judge, brought: Brought, tmp_path: Path) -> None:
    some = brought.pictures[-2:]
    paths = [tmp_path / one.file.name for one in some]
    for path, picture in zip(paths, some, strict=True):
        path.write_bytes(picture.file.content)
    alone, together = tour.files([str(path) for path in paths])
    sizes = [(one.height, one.width) for one in some]
    found = [[one.img_size for one in answers] for answers in (alone, together)]
    judge.require(
        found == [sizes, sizes], "journey.files", expected=f"pictures of {sizes}", got=str(found), place=_PLACE
    )


@must(asks=1)
def test_the_client_changes_a_setting_and_changes_it_back(
    tour: Tour, judge: Judge, brought: Brought, defaults: Mapping[str, Any], settings: Mapping[str, Any], tmp_path: Path
) -> None:
    name = threshold_name(defaults)
    if name is None:
        not_checked("the default settings have no confidence threshold", "name it as others do, if it has one")
    picture, path = brought.pictures[-1], tmp_path / "picture.jpg"
    path.write_bytes(picture.file.content)
    told, prediction, after = tour.settings(name, 0.5, str(path))
    judge.require(
        (told[name], prediction.img_size, dict(after)) == (0.5, (picture.height, picture.width), dict(settings)),
        "journey.settings", expected=f"{name} 0.5 for a picture of {picture.height} x {picture.width}, then as before",
        got=f"{dict(told)}, a picture of {prediction.img_size}, then {dict(after)}", place=_PLACE,
    )  # fmt: skip


@must(asks=1)
def test_the_client_infers_a_picture_by_url(tour: Tour, judge: Judge, plan: Plan) -> None:
    if plan.image_url is None:
        not_checked("no URL of a picture was given", "give one that the target can fetch with --image-url")
    found = tour.url(plan.image_url)
    judge.require(min(found.img_size) > 0, "journey.url", expected="a picture", got=str(found.img_size), place=_PLACE)


@must(asks=8)
def test_the_client_infers_pictures_by_id(tour: Tour, judge: Judge, plan: Plan) -> None:
    if not plan.image_id:
        not_checked("no ids of pictures were given", "give some with --image-id")
    ids = list(plan.image_id[:4])
    alone, together = tour.ids(ids)
    found = [[one.img_size for one in answers] for answers in (alone, together)]
    judge.require(
        found[0] == found[1], "journey.ids", expected=f"the same pictures both ways, {found[0]}", got=str(found[1]),
        place=_PLACE,
    )  # fmt: skip


@must(asks=4)
def test_the_client_iterates_a_video(tour: Tour, judge: Judge, video_id: int) -> None:
    found = tour.video(video_id, 1, 4)
    judge.require(
        frames_are(judge, found, range(1, _FRAMES)), "journey.video", expected="frames 1 to 4, in this order",
        got=f"frames {[one.get('frame_index') for one in found]}", place=_PLACE,
    )  # fmt: skip


@must(asks=4)
def test_the_client_gets_a_video_at_once(tour: Tour, judge: Judge, video_id: int) -> None:
    frames = tour.at_once(video_id, 4)
    judge.require(len(frames) == 4, "journey.video-at-once", expected="4 frames", got=str(len(frames)), place=_PLACE)


@must(asks=16)
def test_the_client_stops_a_video_in_the_middle(tour: Tour, judge: Judge, video_id: int) -> None:
    seen = tour.stopped(video_id)
    judge.require(
        len(seen) == 3, "journey.stop", expected="the loop ends at the stop", got=f"{len(seen)} frames", place=_PLACE
    )
