"""What servers say about bad input arrives as a typed error that names the remedy, at once and without a second try."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble import (
    BadAnswer,
    EmptyAnswer,
    HtmlAnswer,
    JobFailed,
    ModelDoubleError,
    NotFound,
    Redirected,
    Refused,
    ServerFailed,
    Session,
    WrongToken,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import JobPlay, Reply, RoughServer

    Connect = Callable[..., Session]


def said(text: str) -> dict[str, Any]:
    return {"detail": text, "message": text, "success": False}


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    (tmp_path / "x.jpg").write_bytes(b"\xff\xd8\xff but truncated")
    return tmp_path / "x.jpg"


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (400, "files: unsupported format; send a JPEG or PNG"),
        (400, "image: 20000 x 20000 pixels, at most 100 megapixels"),
        (400, "settings: not a JSON object"),
        (400, "settings.conf_thres: 'abc' is not a number"),
        (400, "files: 5 given, at most 4 (max_batch_size)"),
        (413, "the body is larger than 64 MB"),
        (422, "files: field required"),
    ],
)
def test_a_refused_upload(
    rough: RoughServer, connect: Connect, reply: type[Reply], picture: Path, status: int, text: str
) -> None:
    rough.on("inference_image", reply(said(text), status))
    with pytest.raises(Refused) as caught:
        connect().inference_image_path(picture)
    assert (caught.value.status, caught.value.route) == (status, "inference_image")
    assert text in caught.value.reason
    assert text in str(caught.value)
    assert rough.routes() == ["inference_image"]


@pytest.mark.parametrize(
    ("call", "route"),
    [
        ("inference_image_id", "inference_image_id"),
        ("inference_video_id", "inference_video_id"),
        ("inference_video_id_async", "inference_video_id_async"),
    ],
)
def test_an_unknown_id(rough: RoughServer, connect: Connect, reply: type[Reply], call: str, route: str) -> None:
    rough.on(route, reply(said("id: 999 does not exist"), 404))
    with pytest.raises(NotFound, match="999 does not exist"):
        getattr(connect(), call)(999)
    assert rough.routes() == [route]


def test_an_unknown_id_in_a_batch_fails_the_batch(rough: RoughServer, connect: Connect, reply: type[Reply]) -> None:
    rough.on("inference_batch_ids", reply(said("image_ids: 999 does not exist"), 404))
    with pytest.raises(NotFound, match="999"):
        connect().inference_image_ids([5, 999])


def test_an_unknown_video_given_to_a_job_fails_the_job(
    rough: RoughServer, connect: Connect, play: type[JobPlay]
) -> None:
    made = play(rough)
    failure = {"type": "KeyError", "message": "video 999", "traceback": ""}
    made.extra = {"stage": "Error", "finished": True, "exception": failure, "pending_results": 0}
    with pytest.raises(JobFailed, match="video 999") as caught:
        connect().inference_video_id_async(999)
    assert caught.value.job == made.uuids[0]


def test_a_start_that_was_refused_is_certain(rough: RoughServer, connect: Connect, reply: type[Reply]) -> None:
    for status, error in ((400, Refused), (401, WrongToken), (501, ServerFailed)):
        rough.on("inference_video_id_async", reply(said("no"), status))
        with pytest.raises(error):
            connect().inference_video_id_async(7)


@pytest.mark.parametrize("uuid", [None, 5, ""])
def test_a_start_without_a_uuid_is_uncertain(
    rough: RoughServer, connect: Connect, reply: type[Reply], uuid: Any
) -> None:
    rough.on("inference_video_id_async", reply({"inference_request_uuid": uuid}))
    with pytest.raises(ModelDoubleError, match="may be running"):
        connect().inference_video_id_async(7)


def test_stopping_a_job_that_the_server_forgot_is_no_error(
    rough: RoughServer, connect: Connect, play: type[JobPlay], reply: type[Reply]
) -> None:
    play(rough)
    job = connect().inference_video_id_async(7)
    rough.on("stop_inference", reply(said("no such job"), 404))
    assert job.stop() == {}
    assert list(job) == []


def test_a_job_that_cannot_be_stopped_ends_here_all_the_same(
    rough: RoughServer, connect: Connect, play: type[JobPlay], reply: type[Reply]
) -> None:
    play(rough)
    job = connect().inference_video_id_async(7)
    rough.on("stop_inference", reply("", 500))
    with pytest.raises(ServerFailed):
        job.stop()
    assert list(job) == []
    assert rough.routes()[-1] == "clear_inference_request"


@pytest.mark.parametrize(
    ("value", "status", "headers", "error"),
    [
        (b"<html>login</html>", 200, {}, HtmlAnswer),
        (b"", 204, {}, EmptyAnswer),
        (b"", 302, {"Location": "http://login/"}, Redirected),
        (b'{"settings": 5}', 200, {}, BadAnswer),
        (b'{"settings": "a: ["}', 200, {}, BadAnswer),
        (b"[", 200, {}, BadAnswer),
    ],
)
def test_a_server_that_changes_its_mind_after_the_connection(
    rough: RoughServer,
    connect: Connect,
    reply: type[Reply],
    value: bytes,
    status: int,
    headers: dict[str, str],
    error: type[Exception],
) -> None:
    rough.on("get_custom_inference_settings", reply(value, status, headers))
    with pytest.raises(error):
        connect().get_default_inference_settings()


def test_a_redirect_is_told_and_not_followed(
    rough: RoughServer, connect: Connect, reply: type[Reply], picture: Path
) -> None:
    rough.on("inference_image", reply(b"", 307, {"Location": f"{rough.url}/elsewhere"}))
    with pytest.raises(Redirected) as caught:
        connect().inference_image_path(picture)
    assert caught.value.location == f"{rough.url}/elsewhere"
    assert rough.routes() == ["inference_image"]


@pytest.mark.parametrize("meta", [{}, [], {"classes": 5, "tags": []}, {"classes": [5], "tags": []}, {"classes": []}])
def test_a_meta_that_is_none(rough: RoughServer, connect: Connect, reply: type[Reply], meta: Any) -> None:
    rough.on("get_output_classes_and_tags", reply(meta))
    with pytest.raises(BadAnswer, match="get_output_classes_and_tags"):
        connect().get_model_meta()


def test_a_long_answer_is_not_repeated_in_the_error(rough: RoughServer, connect: Connect, reply: type[Reply]) -> None:
    rough.on("inference_image_id", reply({"other": "x" * 5000}))
    with pytest.raises(BadAnswer) as caught:
        connect().inference_image_id(5)
    assert len(str(caught.value)) < 500
    assert json.dumps(caught.value.value)
