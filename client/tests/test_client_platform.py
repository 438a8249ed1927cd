"""The platform: credentials, tasks, images."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from modeldouble import (
    AnswerLost,
    Api,
    BadArgument,
    HttpTransport,
    MissingCredentials,
    NotFound,
    Session,
    WrongTask,
    WrongToken,
)
from modeldouble.platform import read_env_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Json, Reply, RoughServer

TOKEN = "t" * 128


@pytest.fixture
def api(rough: RoughServer) -> Iterator[Api]:
    made = Api(rough.url, TOKEN, transport=HttpTransport(sleep=lambda seconds: None))
    yield made
    made.close()


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))

    def put(**values: str) -> None:
        for name in ("SERVER_ADDRESS", "API_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return put


def test_a_task_is_looked_up_with_the_key_in_the_header(rough: RoughServer, api: Api, reply: type[Reply]) -> None:
    rough.on("tasks.info", reply({"id": 27, "meta": {"sessionToken": "abc"}}))
    session = Session(api, task_id=27)
    assert rough.paths == ["/public/api/v3/tasks.info", "/net/abc/get_session_info"]
    assert rough.received[0].headers["x-api-key"] == TOKEN
    assert rough.received[0].json == {"id": 27}
    assert "x-api-key" not in rough.received[1].headers
    session.close()


def test_the_token_goes_along_only_where_the_platform_is_needed(
    rough: RoughServer, api: Api, reply: type[Reply], predict: Callable[..., Json]
) -> None:
    rough.on("inference_image_id", reply(predict()))
    rough.on("inference_image", reply(predict()))
    session = Session(api, session_url=rough.url)
    session.inference_image_id(5)
    session.inference_image(b"\xff\xd8\xff")
    assert [TOKEN.encode() in one.body for one in rough.received] == [False, True, False]


@pytest.mark.parametrize(
    ("status", "value"),
    [(404, {"error": "no"}), (400, {"error": "no"}), (200, {"meta": {}}), (200, {"meta": None}), (200, {})],
)
def test_a_task_that_serves_no_model(
    rough: RoughServer, api: Api, reply: type[Reply], status: int, value: Json
) -> None:
    rough.on("tasks.info", reply(value, status))
    with pytest.raises(WrongTask, match="serving app") as caught:
        Session(api, task_id=27)
    assert caught.value.task_id == 27


def test_a_wrong_token(rough: RoughServer, api: Api, reply: type[Reply]) -> None:
    rough.on("tasks.info", reply({"error": f"token {TOKEN} is unknown"}, 401))
    with pytest.raises(WrongToken, match="Is the token right") as caught:
        Session(api, task_id=27)
    assert TOKEN not in f"{caught.value} {vars(caught.value)} {api!r}"


def test_an_image_is_saved_when_it_is_whole(rough: RoughServer, api: Api, reply: type[Reply], tmp_path: Path) -> None:
    rough.on("images.download", reply(b"JPEG" * 50_000, way="cut"), reply("", 503), reply(b"JPEG" * 50_000))
    api.image.download_path(5, path=tmp_path / "new" / "x.jpg")
    assert (tmp_path / "new" / "x.jpg").read_bytes() == b"JPEG" * 50_000
    assert os.listdir(tmp_path / "new") == ["x.jpg"]


@pytest.mark.parametrize(("way", "status", "error"), [("whole", 404, NotFound), ("cut", 200, AnswerLost)])
def test_a_failed_download_leaves_nothing(
    rough: RoughServer, api: Api, reply: type[Reply], tmp_path: Path, way: str, status: int, error: type[Exception]
) -> None:
    (tmp_path / "x.jpg").write_bytes(b"before")
    rough.on("images.download", reply(b"{}" * 50_000, status, way=way))
    with pytest.raises(error):
        api.image.download_path(5, tmp_path / "x.jpg")
    assert os.listdir(tmp_path) == ["x.jpg"]
    assert (tmp_path / "x.jpg").read_bytes() == b"before"


def test_credentials_come_from_the_environment(env: Callable[..., None], tmp_path: Path) -> None:
    (tmp_path / "supervisely.env").write_text("SERVER_ADDRESS=http://file\nAPI_TOKEN=filetoken\n")
    env(SERVER_ADDRESS="host:80/", API_TOKEN="token")
    assert (Api().server_address, Api.from_env().token) == ("http://host:80", "token")


def test_or_else_from_the_file(env: Callable[..., None], tmp_path: Path) -> None:
    env()
    lines = "# mine\nexport SERVER_ADDRESS = 'https://file/'\nAPI_TOKEN=\"filetoken\"\n\nnonsense\n"
    (tmp_path / "supervisely.env").write_text(lines)
    assert (Api().server_address, Api().token) == ("https://file", "filetoken")


def test_but_never_half_from_each(env: Callable[..., None], tmp_path: Path) -> None:
    (tmp_path / "supervisely.env").write_text("SERVER_ADDRESS=http://file\nAPI_TOKEN=filetoken\n")
    env(SERVER_ADDRESS="http://stranger")
    with pytest.raises(MissingCredentials, match="together") as caught:
        Api()
    assert caught.value.variable == "API_TOKEN"


def test_no_credentials_anywhere(env: Callable[..., None], tmp_path: Path) -> None:
    env()
    with pytest.raises(MissingCredentials, match=r"supervisely\.env"):
        Api()
    assert read_env_file(tmp_path / "none") == {}


@pytest.mark.parametrize("arguments", [("http://h", None), (None, "t"), ("http://h", "a b"), ("http://h", "a\n")])
def test_credentials_that_cannot_work(arguments: tuple[str | None, str | None]) -> None:
    with pytest.raises(BadArgument):
        Api(*arguments)
