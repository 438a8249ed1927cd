"""The face of the asynchronous client: what it asks, and what it gives back."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble import (
    Api,
    BadArgument,
    BadImage,
    BadSettings,
    DeadlineExceeded,
    Misuse,
    NotAServingApp,
    ResultsLost,
    ServerFailed,
    Session,
    UnknownClass,
    WrongTask,
)
from modeldouble.aio import AsyncSession

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.aio.conftest import AsyncPaper
    from tests.conftest import Json, Reply, RoughServer

    Connect = Callable[..., Awaitable[AsyncSession]]
    Predict = Callable[..., Json]

PICTURE = b"\xff\xd8\xff" + bytes(1000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "a.jpg").write_bytes(PICTURE)
    return tmp_path / "a.jpg"


def test_it_has_every_method_of_the_synchronous_one() -> None:
    public = {name for name in vars(Session) if not name.startswith("_")}
    assert public <= {name for name in dir(AsyncSession) if not name.startswith("_")}


@pytest.mark.parametrize(
    ("call", "route", "more"),
    [
        (lambda session, path: session.inference_image_path(path), "inference_image", {}),
        (lambda session, path: session.inference_image(PICTURE), "inference_image", {}),
        (lambda session, path: session.inference_image_id(5), "inference_image_id", {"image_id": 5}),
        (lambda session, path: session.inference_image_url("http://x/"), "inference_image_url", {"image_url": "http://x/"}),
    ],
)  # fmt: skip
async def test_one_picture_is_one_typed_prediction(
    rough: RoughServer, connect: Connect, predict: Predict, reply: type[Reply], path: Path, call: Any, route: str,
    more: Json,
) -> None:  # fmt: skip
    rough.on(route, reply(predict()))
    found = await call(await connect(), path)
    assert found == predict()
    assert [label.obj_class.name for label in found.labels] == ["car"]
    if more:
        assert rough.last(route).state == {"settings": {}, **more}


async def test_batches_are_one_request_and_keep_equal_names_apart(
    rough: RoughServer, connect: Connect, predict: Predict, reply: type[Reply], path: Path
) -> None:
    session = await connect()
    for route in ("inference_batch", "inference_batch_ids"):
        rough.on(route, reply([predict(), predict()]))
    assert await session.inference_image_paths([path, path]) == [predict()] * 2
    assert b'filename="a.jpg"' in rough.last("inference_batch").body
    assert b'filename="a-2.jpg"' in rough.last("inference_batch").body
    assert await session.inference_image_ids([5, 6]) == [predict()] * 2
    assert (await session.inference_image_paths([]), await session.inference_image_ids([])) == ([], [])


async def test_an_empty_answer_to_a_batch_is_a_loss(rough: RoughServer, connect: Connect, reply: type[Reply]) -> None:
    rough.on("inference_batch_ids", reply([]))
    with pytest.raises(ResultsLost, match="one by one") as caught:
        await (await connect()).inference_image_ids([5, 6])
    assert caught.value.missing == [0, 1]


async def test_a_whole_video_at_once(rough: RoughServer, connect: Connect, predict: Predict, reply: Any) -> None:
    rough.on("inference_video_id", reply({"ann": [predict(0), predict(1)], "video_ann": None}))
    frames = await (await connect()).inference_video_id(7, 0, 2, "backward")
    assert [frame["frame_index"] for frame in frames] == [0, 1]
    assert rough.last("inference_video_id").state["direction"] == "backward"


async def test_settings_are_checked_kept_and_sent(
    rough: RoughServer, connect: Connect, predict: Predict, reply: type[Reply]
) -> None:
    rough.on("inference_image_id", reply(predict()))
    session = await connect(inference_settings={"conf_thres": 0.5})
    assert await session.update_inference_settings(iou_thres=0.7) == {"conf_thres": 0.5, "iou_thres": 0.7}
    with pytest.raises(BadSettings, match="conf_tres"):
        await session.update_inference_settings(conf_tres=0.1)
    await session.inference_image_id(5)
    assert rough.last("inference_image_id").state["settings"] == session.inference_settings
    assert await session.set_inference_settings(None) == {}
    assert rough.routes().count("get_custom_inference_settings") == 1


async def test_a_task_is_looked_up_on_the_platform(rough: RoughServer, reply: type[Reply]) -> None:
    rough.on("tasks.info", reply({"id": 27, "meta": {"sessionToken": "abc"}}))
    api = Api(rough.url, "t" * 128)
    async with AsyncSession(api, task_id=27):
        assert rough.paths[:2] == ["/public/api/v3/tasks.info", "/net/abc/get_session_info"]
    assert rough.last("tasks.info").headers["x-api-key"] == "t" * 128
    assert rough.last("tasks.info").json == {"id": 27}


async def test_the_deadline_of_the_api_bounds_the_look_up(async_paper: AsyncPaper, reply: type[Reply]) -> None:
    async_paper.paper.script.on("public/api/v3/tasks.info", reply({"id": 27, "meta": {"sessionToken": "abc"}}))
    api = Api("http://paper", "hunter2", deadline=9.0)
    await AsyncSession.connect(api, task_id=27, transport=async_paper, deadline=30.0)
    assert [deadline for _, deadline in async_paper.deadlines] == [1009.0, 1030.0, 1030.0]


@pytest.mark.parametrize(("value", "status"), [({"id": 27, "status": "finished", "meta": {}}, 200), ({}, 404)])
async def test_a_task_that_serves_no_model(rough: RoughServer, reply: type[Reply], value: Json, status: int) -> None:
    rough.on("tasks.info", reply(value, status))
    with pytest.raises(WrongTask) as caught:
        await AsyncSession.connect(Api(rough.url, "secret"), task_id=27)
    assert caught.value.task_id == 27


async def test_the_token_goes_only_where_the_platform_is_needed(
    rough: RoughServer, connect: Connect, predict: Predict, reply: type[Reply]
) -> None:
    for route in ("inference_image_id", "inference_image"):
        rough.on(route, reply(predict()))
    session = await connect(api=Api("http://platform", "hunter2"))
    await session.inference_image_id(5)
    await session.inference_image(PICTURE)
    told = [one.route for one in rough.received if b"hunter2" in one.body or "hunter2" in str(one.headers)]
    assert told == ["inference_image_id"]


async def test_early_apps_are_shown_the_token_with_every_request(rough: RoughServer, reply: type[Reply]) -> None:
    wanted = reply({"detail": {"title": "Oops", "message": "KeyError('API_TOKEN')"}}, 500)
    rough.on("get_session_info", wanted, wanted, wanted, wanted, wanted, reply({"app_name": "early"}))
    rough.on("get_session_info", lambda request: reply({}) if "api_token" in request.json else wanted)
    async with AsyncSession(Api("http://platform", "hunter2"), session_url=rough.url) as session:
        await session.get_model_project_meta()
    assert rough.last("get_output_classes_and_tags").json["api_token"] == "hunter2"


async def test_what_is_no_serving_app_is_told_at_the_door_and_nothing_stays_open(
    async_paper: AsyncPaper, on_paper: Connect, reply: type[Reply]
) -> None:
    async_paper.paper.script.on("get_session_info", reply("hello"))
    with pytest.raises(NotAServingApp):
        await on_paper()
    with pytest.raises(NotAServingApp):
        async with AsyncSession(session_url="http://paper", transport=async_paper):
            pass
    # It came as an argument, so it is somebody else's to close.
    assert not async_paper.closed


async def test_a_session_that_is_not_connected_says_how_to(path: Path) -> None:
    with pytest.raises(Misuse, match="async with"):
        await AsyncSession(session_url="http://nowhere").inference_image_path(path)


@pytest.mark.parametrize("where", [{}, {"task_id": 1, "session_url": "http://x"}, {"task_id": 1}])
def test_where_the_app_is_is_checked_at_once(where: dict[str, Any]) -> None:
    with pytest.raises(BadArgument):
        AsyncSession(**where)


async def test_bad_arguments_are_refused_before_anything_is_sent(rough: RoughServer, connect: Connect) -> None:
    session = await connect()
    before = len(rough.received)
    for call in (
        session.inference_image_id(0),
        session.inference_image_ids(["x"]),  # type: ignore[list-item]
        session.inference_image_url("ftp://x"),
        session.inference_video_id(1, -1),
        session.inference_video_id_async(1, frames_direction="up"),
    ):
        with pytest.raises(BadArgument):
            await call
    with pytest.raises(BadImage):
        await session.inference_image_path("none.jpg")
    assert len(rough.received) == before


async def test_the_deadline_bounds_retries(async_paper: AsyncPaper, on_paper: Connect, reply: type[Reply]) -> None:
    session = await on_paper(deadline=1.0)
    async_paper.paper.script.on("get_session_info", reply("", 503))
    with pytest.raises(ServerFailed):
        await session.get_session_info()
    assert 0 < sum(async_paper.paper.slept) < 1.0


async def test_one_deadline_holds_for_all_that_connecting_asks(async_paper: AsyncPaper, on_paper: Connect) -> None:
    async_paper.paper.seconds_each = 12.0
    await on_paper(inference_settings={"conf_thres": 0.5}, deadline=30.0)
    ends = {deadline for _, deadline in async_paper.deadlines}
    assert (ends, len(async_paper.deadlines)) == ({1030.0}, 3)


async def test_a_class_that_the_meta_lacks_is_known_once_the_meta_was_asked_for_anew(
    rough: RoughServer, connect: Connect, predict: Predict, reply: type[Reply]
) -> None:
    session = await connect()
    rough.on("inference_image_id", reply(predict(title="bus")))
    found = await session.inference_image_id(5)
    with pytest.raises(UnknownClass):
        _ = found.labels
    bus = {"title": "bus", "shape": "rectangle", "color": "#00FF00"}
    rough.on(
        "get_output_classes_and_tags",
        reply({"classes": [bus], "tags": [{"name": "confidence", "value_type": "any_number"}]}),
    )
    await session.get_model_meta()
    assert found.labels[0].obj_class.name == "bus"


async def test_calls_run_at_once_on_one_session(async_paper: AsyncPaper, on_paper: Connect) -> None:
    session = await on_paper()
    await asyncio.gather(*[session.get_session_info() for _ in range(20)])
    assert async_paper.most_under_way == 20


async def test_a_deadline_that_has_passed_sends_nothing(rough: RoughServer, connect: Connect) -> None:
    session = await connect(deadline=20.0)
    session._deadline = 0.0
    with pytest.raises(DeadlineExceeded):
        await session.get_session_info()
    assert len(rough.received) == 2


def test_without_aiohttp_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['aiohttp'] = None; import modeldouble.aio"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert "MissingExtra" in done.stderr
    assert "pip install 'modeldouble[async]'" in done.stderr
