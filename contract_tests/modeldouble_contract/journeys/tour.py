"""The client's tour of a target, step by step; a step that fails says what the client raised."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from modeldouble import Api, ModelDoubleError, Prediction, Session
from modeldouble_contract.finding import Finding

STOP_AFTER = 3


@contextmanager
def step(name: str) -> Iterator[None]:
    """Turn an error of the client into a finding of this step."""
    try:
        yield
    except ModelDoubleError as error:
        raise Finding(
            f"journey.{name}", expected="what the client library can work with", got=f"{type(error).__name__}: {error}",
            facts={"error": type(error).__name__}, place="journeys",
        ) from error  # fmt: skip


class Tour:
    """A session of the client on the target.

    By `task_id` it finds the target itself, through the platform; else by `session_url`.
    """

    def __init__(
        self, session_url: str, server_address: str | None, api_token: str | None, task_id: int | None,
        settings: Mapping[str, Any], deadline: float,
    ) -> None:  # fmt: skip
        with step("connect"):
            api = Api(server_address, api_token) if server_address and api_token else None
            where: dict[str, Any] = {"session_url": session_url} if api is None or not task_id else {"task_id": task_id}
            self.session = Session(api, **where, inference_settings=dict(settings), deadline=deadline)

    def describe(self) -> tuple[Mapping[str, Any], list[str], Mapping[str, Any]]:
        """Session info, names of classes, default settings."""
        with step("describe"):
            meta = self.session.get_model_meta()
            names = [one.name for one in meta.obj_classes]
            return self.session.get_session_info(), names, self.session.get_default_inference_settings()

    def files(self, paths: Sequence[str]) -> tuple[list[Prediction], list[Prediction]]:
        """Each file alone, and all as a batch."""
        with step("files"):
            return [self.session.inference_image_path(path) for path in paths], self.session.inference_image_paths(
                paths
            )

    def settings(self, name: str, value: float, path: str) -> tuple[Mapping[str, Any], Prediction, Mapping[str, Any]]:
        """Change a setting, infer a file with it, and go back; the settings in between and after it."""
        with step("settings"):
            before = self.session.inference_settings
            told = self.session.update_inference_settings(**{name: value})
            prediction = self.session.inference_image_path(path)
            return told, prediction, self.session.set_inference_settings(before)

    def url(self, url: str) -> Prediction:
        """A picture that the target fetches itself."""
        with step("url"):
            return self.session.inference_image_url(url)

    def ids(self, ids: Sequence[int]) -> tuple[list[Prediction], list[Prediction]]:
        """Each picture by id, and all at once."""
        with step("ids"):
            return [self.session.inference_image_id(one) for one in ids], self.session.inference_image_ids(ids)

    def video(self, video_id: int, start: int, count: int) -> list[Prediction]:
        """Frames of a video, iterated as they come."""
        with step("video"):
            return list(self.session.inference_video_id_async(video_id, start_frame_index=start, frames_count=count))

    def stopped(self, video_id: int) -> list[Prediction]:
        """The first frames of a video, which is stopped in the middle of the loop."""
        seen = []
        with step("stop"):
            for frame in self.session.inference_video_id_async(video_id):
                seen.append(frame)
                if len(seen) == STOP_AFTER:
                    self.session.stop_async_inference()
        return seen

    def at_once(self, video_id: int, count: int) -> list[Prediction]:
        """Frames of a video in one answer."""
        with step("video-at-once"):
            return self.session.inference_video_id(video_id, start_frame_index=0, frames_count=count)
