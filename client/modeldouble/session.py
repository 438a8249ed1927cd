"""The face of the client: one served model, and everything one can ask of it."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, overload

from modeldouble import asking, wire
from modeldouble.arguments import deadline_seconds, seconds, several
from modeldouble.errors import ModelDoubleError, NoJob
from modeldouble.link import FOREVER, Link, Read, T
from modeldouble.pictures import Picture, distinct_names, from_anything, from_path
from modeldouble.settings import SettingsSource, check_names, load_settings
from modeldouble.transport import HttpTransport, Transport
from modeldouble.values import UNNUMBERED, FrameRange, Prediction, SessionInfo

if TYPE_CHECKING:
    from modeldouble.bulk import Errors, ProgressCallback
    from modeldouble.job import Job
    from modeldouble.meta import ProjectMeta
    from modeldouble.platform import Api


class Session:
    """A connection to one served model. Thread-safe; several jobs may run on it at once.

    Give exactly one of `task_id` (of the serving app, with an `api`) and `session_url`. `api` may be given with
    `session_url` too: its token then goes along with calls that make the server fetch something from the platform,
    and with no others.

    `inference_settings` is a dict or the path to a YAML file. `deadline` is in seconds and bounds each call as a
    whole, with its retries, uploads and polls; a job counts as one call from its start to its last frame.
    `stall_after` is in seconds too: a job without any progress for so long raises `JobStalled`. Timeouts of single
    requests are arguments of `HttpTransport`. Both are finite and over 0, or `BadArgument` is raised.

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
        self._deadline = deadline_seconds(deadline)
        self._stall_after = seconds("stall_after", stall_after)
        self._own_transport = transport is None and api is None
        self._transport = transport or (api.transport if api is not None else HttpTransport())
        self._token = None if api is None else api.token
        self._last_job: Callable[[], Job | None] | None = None
        self._defaults: dict[str, Any] | None = None
        self._meta: ProjectMeta | None = None
        self._settings: dict[str, Any] = {}
        end = self._transport.clock() + (FOREVER if self._deadline is None else self._deadline)
        self._link = self._connect(api, task_id, session_url, end)
        self._link.run(asking.greeting(self._link.server, self._token, end))
        if settings:
            self._set(settings, end)

    def _connect(self, api: Api | None, task_id: int | None, session_url: str | None, end: float) -> Link:
        place = asking.place(api, task_id, session_url)
        secrets = () if self._token is None else (self._token,)
        if isinstance(place, str) or api is None:
            return Link(str(place), self._transport, secrets)
        session_token = api.task.session_token(place, end)
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
        paths = several("image_paths", image_paths, "inference_image_path")
        pictures = distinct_names(from_path(path) for path in paths)
        return self._predictions(*asking.pictures(pictures, self._settings)) if pictures else []

    def inference_image(self, image: Any) -> Prediction:
        """Infer a path, bytes, a binary file object, a PIL image, or an array.

        Arrays are uint8, height x width x 3 in the order RGB, or height x width. Raises `BadImage` for anything else.
        """
        return self._infer_picture(from_anything(image))

    @overload
    def infer_many(
        self, pictures: Iterable[Any], *, concurrency: int = ..., errors: Literal["raise"] = ...,
        progress: ProgressCallback | None = ...,
    ) -> list[Prediction]: ...  # fmt: skip
    @overload
    def infer_many(
        self, pictures: Iterable[Any], *, concurrency: int = ..., errors: Errors,
        progress: ProgressCallback | None = ...,
    ) -> list[Prediction | ModelDoubleError]: ...  # fmt: skip
    def infer_many(
        self, pictures: Iterable[Any], *, concurrency: int = 8, errors: Errors = "raise",
        progress: ProgressCallback | None = None,
    ) -> Any:  # fmt: skip
        """Infer many pictures, each in a request of its own; the answers come in the order of the pictures.

        Each is what `inference_image` takes. `concurrency` at a time are in flight: only then are files opened, and
        the next is taken from an iterator. The first error ends all, and its text begins with the picture's position
        and name; with `errors="return"` the error stands in the picture's place. `progress(done, total)` is called
        from the caller's thread; an iterator is emptied first then, to be counted. The session's deadline bounds the
        call as a whole.
        """
        from modeldouble.bulk import Bulk

        deadline = self._link.deadline(self._deadline)
        return Bulk(self._link, self._settings, self._prediction, deadline).infer(
            pictures, concurrency, errors, progress
        )

    def inference_image_id(self, image_id: int) -> Prediction:
        """Infer an image that lies on the platform. Raises `NotFound` when the server does not find it there."""
        return self._prediction(self._call(*asking.image_id(image_id, self._settings, self._token)))

    def inference_image_ids(self, image_ids: Iterable[int]) -> list[Prediction]:
        """Infer images that lie on the platform, in one request; the answers come in the order of the ids."""
        numbers = asking.numbers("image_ids", image_ids, "inference_image_id")
        return self._predictions(*asking.image_ids(numbers, self._settings, self._token)) if numbers else []

    def inference_image_url(self, url: str) -> Prediction:
        """Infer an image that the server fetches from `url` itself."""
        return self._prediction(self._call(*asking.image_url(url, self._settings)))

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
        return self._start(asking.video_start(video_id, frames, self._settings, self._token), frames)

    def inference_image_ids_async(self, image_ids: Iterable[int]) -> Job:
        """Start a job over images on the platform; its predictions come in the order of the ids."""
        return self._start(asking.image_ids_start(image_ids, self._settings, self._token), UNNUMBERED)

    def inference_project_id_async(self, project_id: int, dataset_ids: Iterable[int] | None = None) -> Job:
        """Start a job over the images of a project on the platform, or over those of some of its datasets.

        Each prediction names its image as `image_id`; the order is the server's.
        """
        return self._start(asking.project_start(project_id, dataset_ids, self._settings, self._token), UNNUMBERED)

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
        return self._predictions(*asking.video(video_id, frames, self._settings, self._token))

    def stop_async_inference(self) -> dict[str, Any]:
        """Stop the job started last on this session, and return the server's answer ({} when it is over)."""
        if self._last_job is None:
            raise NoJob("there is no job to stop: start one with inference_video_id_async")
        job = self._last_job()
        # A job that nobody holds any more has stopped itself.
        return {} if job is None else job.stop()

    def _start(self, ask: wire.Ask, frames: FrameRange) -> Job:
        from modeldouble.job import Job

        deadline = self._link.deadline(self._deadline)
        uuid = self._link.run(asking.starting(self._link.server, ask, frames, deadline))
        job = Job(self._link, uuid, frames, self._prediction, deadline, self._stall_after)
        self._last_job = weakref.ref(job)
        job.await_start("data" if frames is UNNUMBERED else "video")
        return job

    def _infer_picture(self, picture: Picture) -> Prediction:
        return self._prediction(self._call(*asking.picture(picture, self._settings)))

    def _predictions(self, ask: wire.Ask, read: Read[list[wire.Json]]) -> list[Prediction]:
        return [self._prediction(result) for result in self._call(ask, read)]

    def _prediction(self, result: wire.Json) -> Prediction:
        return Prediction(result, self._known_meta)

    def _known_meta(self, refresh: bool) -> ProjectMeta:
        if refresh or self._meta is None:
            return self.get_model_meta()
        return self._meta

    def _call(self, ask: wire.Ask, read: Read[T]) -> T:
        return self._link.call(ask, read, self._link.deadline(self._deadline))
