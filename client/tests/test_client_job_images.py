"""Jobs over images and over projects: results that no frame number tells apart."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble import BadArgument, ResultsLost, Session, StartUncertain

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import JobPlay, Reply, RoughServer

    Connect = Callable[..., Session]

STARTS: dict[str, Callable[[Session], Any]] = {
    "inference_batch_ids_async": lambda session: session.inference_image_ids_async([5, 6, 7, 8]),
    "inference_project_id_async": lambda session: session.inference_project_id_async(3),
}


@pytest.fixture
def images(rough: RoughServer, play: type[JobPlay]) -> JobPlay:
    """A job over four images, whose results have ids and no frame numbers."""
    made = play(rough, "newest", frames=4, per_pop=3)
    made.frames = [{**frame, "frame_index": None, "image_id": 5 + at} for at, frame in enumerate(made.frames)]
    for route in STARTS:
        rough.on(route, made.start)
    return made


@pytest.mark.parametrize("route", STARTS)
def test_every_image_comes_and_the_job_is_cleared(
    rough: RoughServer, connect: Connect, images: JobPlay, route: str
) -> None:
    job = STARTS[route](connect())
    assert len(job) == 4
    assert [one["image_id"] for one in job] == [5, 6, 7, 8]
    assert rough.routes()[-1] == "clear_inference_request"
    assert route in rough.routes()


@pytest.mark.parametrize("route", STARTS)
def test_an_image_that_never_came_is_told(connect: Connect, images: JobPlay, route: str) -> None:
    job = STARTS[route](connect())
    images.left[images.uuids[0]].pop()
    with pytest.raises(ResultsLost) as lost:
        list(job)
    assert (lost.value.received, lost.value.announced, lost.value.missing) == (3, 4, None)


@pytest.mark.parametrize("route", STARTS)
def test_a_start_is_never_repeated(
    rough: RoughServer, connect: Connect, images: JobPlay, reply: type[Reply], route: str
) -> None:
    session = connect()
    rough.on(route, reply({"detail": "no"}, 500))
    with pytest.raises(StartUncertain, match=route):
        STARTS[route](session)
    assert rough.routes().count(route) == 1


def test_what_is_sent_names_ids_project_and_datasets(rough: RoughServer, connect: Connect, images: JobPlay) -> None:
    session = connect()
    list(session.inference_image_ids_async([5, 6, 7, 8]))
    list(session.inference_project_id_async(3, [1, 2]))
    sent = [one.state for one in rough.received if one.route in STARTS]
    assert sent == [
        {"settings": {}, "images_ids": [5, 6, 7, 8]},
        {"settings": {}, "projectId": 3, "dataset_ids": [1, 2]},
    ]


def test_without_datasets_the_whole_project_is_meant(rough: RoughServer, connect: Connect, images: JobPlay) -> None:
    list(connect().inference_project_id_async(3))
    [sent] = [one.state for one in rough.received if one.route in STARTS]
    assert "dataset_ids" not in sent


@pytest.mark.parametrize("ids", [[0], [-1], ["5"], [True], [5.5]])
def test_an_id_that_is_none_is_refused_before_sending(rough: RoughServer, connect: Connect, ids: list[Any]) -> None:
    session = connect()
    for start in (session.inference_image_ids_async, lambda given: session.inference_project_id_async(3, given)):
        with pytest.raises(BadArgument):
            start(ids)
    assert not set(rough.routes()) & set(STARTS)


def test_the_log_does_not_call_images_a_video(
    connect: Connect, images: JobPlay, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="modeldouble"):
        list(connect().inference_image_ids_async([5, 6, 7, 8]))
    assert caplog.messages[0] == "The data is preparing on the server, this may take a while..."


def test_leaving_the_loop_ends_the_job(rough: RoughServer, connect: Connect, images: JobPlay) -> None:
    for _ in connect().inference_image_ids_async([5, 6, 7, 8]):
        break
    assert images.uuids[0] in images.stopped & images.cleared
