"""The face of the client: one served model, and everything one can ask of it."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterable
from functools import partial
from types import TracebackType
from typing import Any

from modeldouble import wire
from modeldouble.address import address
from modeldouble.errors import (
    AnswerLost,
    BadAnswer,
    BadArgument,
    EmptyAnswer,
    MissingCredentials,
    NoJob,
    ResultsLost,
    ServerFailed,
    StartUncertain,
    TimedOut,
)
from modeldouble.job import Job
from modeldouble.link import FOREVER, Link, Read, T
from modeldouble.meta import ProjectMeta
from modeldouble.pictures import Picture, distinct_names, from_anything, from_path
from modeldouble.platform import Api
from modeldouble.settings import SettingsSource, check_names, load_settings
from modeldouble.transport import HttpTransport, Transport
from modeldouble.values import UNNUMBERED, FrameRange, Prediction, SessionInfo, whole_number


class Session:
    """A connection to one served model. Thread-safe; several jobs may run on it at once.

    Give exactly one of `task_id` (of the serving app, with an `api`) and `session_url`. `api` may be given with
    `session_url` too: its token then goes along with calls that make the server fetch something from the platform,
    and with no others.

    `inference_settings` is a dict or the path to a YAML file. `deadline` is in seconds and bounds each call as a
    whole, with its retries, uploads and polls; a job counts as one call from its start to its last frame.
    `stall_after` is in seconds too: a job without any progress for so long raises `JobStalled`. Timeouts of single
    requests are arguments of `HttpTransport`.

    The constructor asks the server for its session info, so a wrong address or task raises here: `WrongTask`,
    `WrongToken`, `Unreachable`, `TimedOut`, `NotAServingApp` (`HtmlAnswer`, `EmptyAnswer`, `Redirected`),
    `NotDeployed`.
    """

    def __init__(
        self,
        api: Api | None = None,
        task_id: int | None = None,
        session_url: str | None = None,
        inference_settings: SettingsSource | None = None,
        *,
        deadline: float | None = None,
        stall_after: float = 600.0,
        transport: Transport | None = None,
    ) -> None:
        settings = load_settings(inference_settings)
        self._own_transport = transport is None and api is None
        self._transport = transport or (api.transport if api is not None else HttpTransport())
        self._token = None if api is None else api.token
        self._deadline = deadline
        self._stall_after = stall_after
        self._last_job: Callable[[], Job | None] | None = None
        self._defaults: dict[str, Any] | None = None
        self._meta: ProjectMeta | None = None
        self._settings: dict[str, Any] = {}
        end = self._transport.clock() + (FOREVER if deadline is None else deadline)
        self._link = self._connect(api, task_id, session_url, end)
        self._greet(end)
        if settings:
            self._set(settings, end)

    def _greet(self, end: float) -> None:
        """See that a serving app answers; early ones do so only to those who show a token with every request."""
        ask, read = wire.ask_session_info(), wire.read_session_info
        try:
            self._link.call(ask, read, end)
        except MissingCredentials:
            if self._token is None:
                raise
            self._link.token = self._token
            self._link.call(ask, read, end)

    def _connect(self, api: Api | None, task_id: int | None, session_url: str | None, end: float) -> Link:
        if (task_id is None) == (session_url is None):
            raise BadArgument("task_id, session_url", (task_id, session_url), "give exactly one of the two")
        secrets = () if self._token is None else (self._token,)
        if session_url is not None:
            return Link(address("session_url", session_url), self._transport, secrets)
        if api is None:
            raise BadArgument(
                "api", None, "a task_id is looked up on the platform: give an Api, or a session_url instead"
            )
        session_token = api.task.session_token(whole_number("task_id", task_id, 1), end)
        return Link(f"{api.server_address}/net/{session_token}", self._transport, (*secrets, session_token))

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close idle connections, unless they are shared with an `Api` or came as `transport=`."""
        if self._own_transport:
            self._transport.close()

    def get_session_info(self) -> SessionInfo:
        """Ask the server what it serves."""
        return self._call(wire.ask_session_info(), wire.read_session_info)

    def get_model_meta(self) -> ProjectMeta:
        """Ask for the classes and tags of the model."""
        self._meta = self._call(wire.ask_model_meta(), wire.read_model_meta)
        return self._meta

    def get_model_project_meta(self) -> ProjectMeta:
        """The same as `get_model_meta`, by its first name."""
        return self.get_model_meta()

    def get_default_inference_settings(self) -> dict[str, Any]:
        """Return the settings the model has, with their defaults. Asked once for each session."""
        return self._default_settings(self._link.deadline(self._deadline))

    def _default_settings(self, end: float) -> dict[str, Any]:
        if self._defaults is None:
            self._defaults = self._link.call(wire.ask_default_settings(), wire.read_default_settings, end)
        return load_settings(self._defaults)

    @property
    def inference_settings(self) -> dict[str, Any]:
        """A copy of the settings sent with each inference."""
        return load_settings(self._settings)

    def update_inference_settings(self, **settings: Any) -> dict[str, Any]:
        """Change the given settings only, and return all of them.

        Raises `BadSettings` for names the model does not have.
        """
        return self.set_inference_settings({**self._settings, **settings})

    def set_inference_settings(self, settings: SettingsSource | None) -> dict[str, Any]:
        """Replace all settings by a dict or the content of a YAML file, and return them. Raises `BadSettings`."""
        return self._set(load_settings(settings), self._link.deadline(self._deadline))

    def _set(self, wanted: dict[str, Any], end: float) -> dict[str, Any]:
        if wanted:
            check_names(wanted, self._default_settings(end))
        self._settings = wanted
        return self.inference_settings

    def inference_image_path(self, image_path: str | os.PathLike[str]) -> Prediction:
        """Infer an image file. Raises `BadImage` when there is no such file, or it is empty."""
        return self._infer_picture(from_path(image_path))

    def inference_image_paths(self, image_paths: Iterable[str | os.PathLike[str]]) -> list[Prediction]:
        """Infer image files in one request; the answers come in the order of the paths."""
        pictures = distinct_names(from_path(path) for path in image_paths)
        return self._infer_batch(wire.ask_images(pictures, self._settings), len(pictures))

    def inference_image(self, image: Any) -> Prediction:
        """Infer a path, bytes, a binary file object, a PIL image, or an array.

        Arrays are uint8, height x width x 3 in the order RGB, or height x width. Raises `BadImage` for anything else.
        """
        return self._infer_picture(from_anything(image))

    def inference_image_id(self, image_id: int) -> Prediction:
        """Infer an image that lies on the platform. Raises `NotFound` when the server does not find it there."""
        number = whole_number("image_id", image_id, 1)
        ask = wire.ask_image_id(number, self._settings, self._token)
        return self._prediction(self._call(ask, partial(wire.read_prediction, ask.route)))

    def inference_image_ids(self, image_ids: Iterable[int]) -> list[Prediction]:
        """Infer images that lie on the platform, in one request; the answers come in the order of the ids."""
        numbers = [whole_number("image_ids", image_id, 1) for image_id in image_ids]
        return self._infer_batch(wire.ask_image_ids(numbers, self._settings, self._token), len(numbers))

    def inference_image_url(self, url: str) -> Prediction:
        """Infer an image that the server fetches from `url` itself."""
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            raise BadArgument("url", url, "give an address that begins with http:// or https://")
        ask = wire.ask_image_url(url, self._settings)
        return self._prediction(self._call(ask, partial(wire.read_prediction, ask.route)))

    def inference_video_id_async(
        self,
        video_id: int,
        start_frame_index: int | None = None,
        frames_count: int | None = None,
        frames_direction: str | None = None,
    ) -> Job:
        """Start a job over the frames of a video on the platform, and return it when the server has begun to work.

        `frames_direction` is "forward" or "backward"; a range that reaches beyond the video is clipped by the server.
        Raises `StartUncertain` when the answer to the start was lost: the job may be running then, and is not started
        again.
        """
        frames = FrameRange.checked(start_frame_index, frames_count, frames_direction)
        number = whole_number("video_id", video_id, 1)
        return self._start(wire.ask_video_start(number, frames, self._settings, self._token), frames)

    def inference_image_ids_async(self, image_ids: Iterable[int]) -> Job:
        """Start a job over images on the platform; its predictions come in the order of the ids."""
        numbers = [whole_number("image_ids", image_id, 1) for image_id in image_ids]
        return self._start(wire.ask_image_ids_start(numbers, self._settings, self._token), UNNUMBERED)

    def inference_project_id_async(self, project_id: int, dataset_ids: Iterable[int] | None = None) -> Job:
        """Start a job over the images of a project on the platform, or over those of some of its datasets.

        Each prediction names its image as `image_id`; the order is the server's.
        """
        number = whole_number("project_id", project_id, 1)
        datasets = None if dataset_ids is None else [whole_number("dataset_ids", one, 1) for one in dataset_ids]
        return self._start(wire.ask_project_start(number, datasets, self._settings, self._token), UNNUMBERED)

    def inference_video_id(
        self,
        video_id: int,
        start_frame_index: int | None = None,
        frames_count: int | None = None,
        frames_direction: str | None = None,
    ) -> list[Prediction]:
        """Infer a video in one request that is answered when all is done: for short videos.

        Waits an hour, or the deadline.
        """
        frames = FrameRange.checked(start_frame_index, frames_count, frames_direction)
        number = whole_number("video_id", video_id, 1)
        ask = wire.ask_video(number, frames, self._settings, self._token)
        return [self._prediction(frame) for frame in self._call(ask, wire.read_video)]

    def stop_async_inference(self) -> dict[str, Any]:
        """Stop the job started last on this session, and return the server's answer ({} when it is over)."""
        if self._last_job is None:
            raise NoJob("there is no job to stop: start one with inference_video_id_async")
        job = self._last_job()
        # A job that nobody holds any more has stopped itself.
        return {} if job is None else job.stop()

    def _start(self, ask: wire.Ask, frames: FrameRange) -> Job:
        deadline = self._link.deadline(self._deadline)
        job = Job(self._link, self._uuid(ask, frames, deadline), frames, self._prediction, deadline, self._stall_after)
        self._last_job = weakref.ref(job)
        job.await_start("data" if frames is UNNUMBERED else "video")
        return job

    def _uuid(self, ask: wire.Ask, frames: FrameRange, deadline: float) -> str:
        try:
            return self._link.call(ask, partial(wire.read_start, ask.route), deadline)
        except (AnswerLost, TimedOut, BadAnswer, EmptyAnswer, ServerFailed) as error:
            if isinstance(error, ServerFailed) and error.status in (429, 501):
                raise
            remedy = "It was not repeated, because the job may be running. Look at the server before starting it again"
            data = {"missing": frames.asked, "unexpected": [], "announced": frames.length}
            text = f"the start of the job was not confirmed: {error}. {remedy}"
            raise StartUncertain(text, "", 0, **data) from error

    def _infer_picture(self, picture: Picture) -> Prediction:
        ask = wire.ask_image(picture, self._settings)
        return self._prediction(self._call(ask, partial(wire.read_prediction, ask.route)))

    def _infer_batch(self, ask: wire.Ask, count: int) -> list[Prediction]:
        if not count:
            return []
        results = self._call(ask, partial(wire.read_predictions, ask.route))
        if len(results) != count:
            # Real servers answer a batch with an empty list and status 200 when the model raised.
            remedy = "The model has probably failed on one of them: infer them one by one to see on which"
            text = f"{ask.route} was asked for {count} images and answered {len(results)} predictions. {remedy}"
            missing = None if results else list(range(count))
            raise ResultsLost(text, "", len(results), missing=missing, unexpected=[], announced=count)
        return [self._prediction(result) for result in results]

    def _prediction(self, result: wire.Json) -> Prediction:
        return Prediction(result, self._known_meta)

    def _known_meta(self, refresh: bool) -> ProjectMeta:
        if refresh or self._meta is None:
            return self.get_model_meta()
        return self._meta

    def _call(self, ask: wire.Ask, read: Read[T]) -> T:
        return self._link.call(ask, read, self._link.deadline(self._deadline))
