"""What a session asks: arguments checked, the request built, and how its answer is read. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from modeldouble import wire
from modeldouble.address import address
from modeldouble.arguments import several
from modeldouble.course import Course, T
from modeldouble.errors import (
    AnswerLost,
    BadAnswer,
    BadArgument,
    EmptyAnswer,
    MissingCredentials,
    ResultsLost,
    ServerFailed,
    StartUncertain,
    TimedOut,
)
from modeldouble.pictures import Picture
from modeldouble.server import FOREVER, Read, Server
from modeldouble.values import FrameRange, whole_number
from modeldouble.wire import Ask, Json

if TYPE_CHECKING:
    from modeldouble.platform import Api

Question = tuple[Ask, Read[T]]
"""A request, and what reads its answer."""


def picture(picture: Picture, settings: Json) -> Question[Json]:
    return each(settings)(picture)


def each(settings: Json) -> Callable[[Picture], Question[Json]]:
    """Return what makes the question for a picture, of which many are asked with the same settings."""
    state = wire.state_part(settings)
    read = partial(wire.read_prediction, "inference_image")
    return lambda picture: (wire.ask_image(picture, state), read)


def pictures(pictures: list[Picture], settings: Json) -> Question[list[Json]]:
    return _batch(wire.ask_images(pictures, wire.state_part(settings)), len(pictures))


def image_id(image_id: int, settings: Json, token: str | None) -> Question[Json]:
    ask = wire.ask_image_id(whole_number("image_id", image_id, 1), settings, token)
    return ask, partial(wire.read_prediction, ask.route)


def image_ids(numbers: list[int], settings: Json, token: str | None) -> Question[list[Json]]:
    return _batch(wire.ask_image_ids(numbers, settings, token), len(numbers))


def image_url(url: str, settings: Json) -> Question[Json]:
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise BadArgument("url", url, "give an address that begins with http:// or https://")
    ask = wire.ask_image_url(url, settings)
    return ask, partial(wire.read_prediction, ask.route)


def video(video_id: int, frames: FrameRange, settings: Json, token: str | None) -> Question[list[Json]]:
    return wire.ask_video(whole_number("video_id", video_id, 1), frames, settings, token), wire.read_video


def video_start(video_id: int, frames: FrameRange, settings: Json, token: str | None) -> Ask:
    return wire.ask_video_start(whole_number("video_id", video_id, 1), frames, settings, token)


def image_ids_start(image_ids: Iterable[int], settings: Json, token: str | None) -> Ask:
    return wire.ask_image_ids_start(numbers("image_ids", image_ids), settings, token)


def project_start(project_id: int, dataset_ids: Iterable[int] | None, settings: Json, token: str | None) -> Ask:
    number = whole_number("project_id", project_id, 1)
    datasets = None if dataset_ids is None else numbers("dataset_ids", dataset_ids)
    return wire.ask_project_start(number, datasets, settings, token)


def numbers(field: str, values: Iterable[int], alone: str = "") -> list[int]:
    """Return ids as whole numbers, or refuse them. `alone` is the call for one of them."""
    return [whole_number(field, value, 1) for value in several(field, values, alone)]


def place(api: Api | None, task_id: int | None, session_url: str | None) -> str | int:
    """Return where the app is: its address, or the number of the task that an `api` is to look up."""
    if (task_id is None) == (session_url is None):
        raise BadArgument("task_id, session_url", (task_id, session_url), "give exactly one of the two")
    if session_url is not None:
        return address("session_url", session_url)
    if api is None:
        raise BadArgument("api", None, "a task_id is looked up on the platform: give an Api, or a session_url instead")
    return whole_number("task_id", task_id, 1)


def greeting(server: Server, token: str | None, end: float = FOREVER) -> Course[None]:
    """See that a serving app answers; early ones do so only to those who show a token with every request."""
    ask, read = wire.ask_session_info(), wire.read_session_info
    try:
        yield from server.call(ask, read, end)
    except MissingCredentials:
        if token is None:
            raise
        server.token = token
        yield from server.call(ask, read, end)


def starting(server: Server, ask: Ask, frames: FrameRange, deadline: float) -> Course[str]:
    """Start a job and return its uuid. Never repeated when it may have been carried out."""
    try:
        return (yield from server.call(ask, partial(wire.read_start, ask.route), deadline))
    except (AnswerLost, TimedOut, BadAnswer, EmptyAnswer, ServerFailed) as error:
        if isinstance(error, ServerFailed) and error.status in (429, 501):
            raise
        remedy = "It was not repeated, because the job may be running. Look at the server before starting it again"
        data: dict[str, Any] = {"missing": frames.asked, "unexpected": [], "announced": frames.length}
        text = f"the start of the job was not confirmed: {error}. {remedy}"
        raise StartUncertain(text, "", 0, **data) from error


def _batch(ask: Ask, count: int) -> Question[list[Json]]:
    def read(*answer: Any) -> list[Json]:
        results = wire.read_predictions(ask.route, *answer)
        if len(results) == count:
            return results
        # Real servers answer a batch with an empty list and status 200 when the model raised.
        remedy = "The model has probably failed on one of them: infer them one by one to see on which"
        text = f"{ask.route} was asked for {count} images and answered {len(results)} predictions. {remedy}"
        missing = None if results else list(range(count))
        raise ResultsLost(text, "", len(results), missing=missing, unexpected=[], announced=count)

    return ask, read
