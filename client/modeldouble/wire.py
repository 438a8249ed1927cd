"""The serving app's protocol: `ask_*()` builds a request, `read_*()` turns an answer into a value or the right error.

Pure. The keys of this protocol are spelled here, and those of a job's state in `jobstate.py`, and nowhere else. The
dialects of all releases since February 2023 are read; what differs between them is said where it is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from modeldouble.answers import read_json, read_object
from modeldouble.errors import (
    BadAnswer,
    MissingCredentials,
    ModelDoubleError,
    NotAServingApp,
    NotFound,
    Refused,
    ServerFailed,
)
from modeldouble.jobstate import JobState, job_state
from modeldouble.multipart import Part
from modeldouble.pictures import Picture
from modeldouble.retry import Kind
from modeldouble.values import FrameRange, SessionInfo

if TYPE_CHECKING:
    from modeldouble.meta import ProjectMeta

Json = dict[str, Any]

# Characters of a stranger's text that are worth telling.
_SHOWN = 200

# An answer that comes only when a whole video is inferred; the longest silence accepted without a deadline, in seconds.
WHOLE_VIDEO = 3600.0


class Ask(NamedTuple):
    """One request: a POST of JSON, or of a form when there are parts.

    `read_timeout` in seconds replaces the usual one.
    """

    route: str
    kind: Kind
    json: Json | list[str] | None = None
    parts: tuple[Part, ...] = ()
    headers: Mapping[str, str] = {}
    read_timeout: float | None = None


def _ask(route: str, kind: Kind, settings: Json | None = None, token: str | None = None, **state: Any) -> Ask:
    body: Json = {"state": state if settings is None else {"settings": settings, **state}, "context": {}}
    if token is not None:
        body["api_token"] = token
    return Ask(route, kind, body)


def signed(ask: Ask, token: str | None) -> Ask:
    """The same request with the token in its JSON body, for apps that want it also where they have no use for it."""
    if token is None or not isinstance(ask.json, dict):
        return ask
    return ask._replace(json={**ask.json, "api_token": token})


def ask_session_info() -> Ask:
    return _ask("get_session_info", Kind.READ)


def ask_default_settings() -> Ask:
    return _ask("get_custom_inference_settings", Kind.READ)


def ask_model_meta() -> Ask:
    # The name that servers of every release know; get_model_meta came in 2025.
    return _ask("get_output_classes_and_tags", Kind.READ)


def ask_image_id(image_id: int, settings: Json, token: str | None) -> Ask:
    return _ask("inference_image_id", Kind.PREDICT, settings, token, image_id=image_id)


def ask_image_ids(image_ids: Sequence[int], settings: Json, token: str | None) -> Ask:
    return _ask("inference_batch_ids", Kind.PREDICT, settings, token, batch_ids=list(image_ids))


def ask_image_url(url: str, settings: Json) -> Ask:
    return _ask("inference_image_url", Kind.PREDICT, settings, image_url=url)


def ask_image(picture: Picture, state: Part) -> Ask:
    return Ask("inference_image", Kind.PREDICT, parts=(_file(picture), state))


def ask_images(pictures: Sequence[Picture], state: Part) -> Ask:
    return Ask("inference_batch", Kind.PREDICT, parts=(*map(_file, pictures), state))


def _file(picture: Picture) -> Part:
    return Part("files", picture.content, picture.size, picture.filename)


def state_part(settings: Json) -> Part:
    """What goes along with files. Despite its name this part is the whole state."""
    return Part.text("settings", json.dumps({"settings": settings}))


def ask_video(video_id: int, frames: FrameRange, settings: Json, token: str | None) -> Ask:
    ask = _ask("inference_video_id", Kind.ONCE, settings, token, **_video_state(video_id, frames))
    return ask._replace(read_timeout=WHOLE_VIDEO)


def ask_video_start(video_id: int, frames: FrameRange, settings: Json, token: str | None) -> Ask:
    return _ask("inference_video_id_async", Kind.ONCE, settings, token, **_video_state(video_id, frames))


def ask_image_ids_start(image_ids: Sequence[int], settings: Json, token: str | None) -> Ask:
    return _ask("inference_batch_ids_async", Kind.ONCE, settings, token, images_ids=list(image_ids))


def ask_project_start(project_id: int, dataset_ids: list[int] | None, settings: Json, token: str | None) -> Ask:
    datasets = {} if dataset_ids is None else {"dataset_ids": dataset_ids}
    return _ask("inference_project_id_async", Kind.ONCE, settings, token, projectId=project_id, **datasets)


def _video_state(video_id: int, frames: FrameRange) -> Json:
    # Servers before April 2024 read framesDirection, later ones only direction.
    state = {
        "videoId": video_id,
        "startFrameIndex": frames.start,
        "framesCount": frames.length,
        "framesDirection": frames.direction,
        "direction": frames.direction,
    }
    return {key: value for key, value in state.items() if value is not None}


def ask_progress(uuid: str) -> Ask:
    return _ask("get_inference_progress", Kind.READ, inference_request_uuid=uuid)


def ask_pop(uuid: str) -> Ask:
    return _ask("pop_inference_results", Kind.ONCE, inference_request_uuid=uuid)


def ask_stop(uuid: str) -> Ask:
    return _ask("stop_inference", Kind.READ, inference_request_uuid=uuid)


def ask_clear(uuid: str) -> Ask:
    return _ask("clear_inference_request", Kind.READ, inference_request_uuid=uuid)


def read_session_info(status: int, headers: Mapping[str, str], body: bytes) -> SessionInfo:
    """Read the first answer a session ever gets, so whatever is not a serving app is told apart here."""
    route = "get_session_info"
    try:
        return SessionInfo(read_object(route, status, headers, body))
    except (NotFound, Refused) as error:
        if error.status not in (404, 405):
            raise
        remedy = "No serving app answers at this address: is the app still running, is the URL complete?"
        # Only who is not understood waits for this to be loaded.
        from textwrap import shorten

        # The server's text tells a wrong token, or a model that is gone, from a wrong address. It is cut between words:
        # half a secret would not be found any more.
        reason = shorten(error.reason, _SHOWN, placeholder=" ...").rstrip(".")
        raise NotAServingApp(f"{route} answered {error.status}: {reason}. {remedy}") from None
    except ServerFailed as error:
        if error.status == 500 and b"API_TOKEN" in body:
            remedy = "this app, of early 2023, wants an API token with every request: give an Api together with its URL"
            raise MissingCredentials("API_TOKEN", remedy) from error
        if error.status != 501:
            raise
        raise NotAServingApp(f"{route} answered 501: what runs at this address is no serving app") from None
    except BadAnswer as error:
        raise NotAServingApp(f"What answers at this address is no serving app: {error}") from None


def read_default_settings(status: int, headers: Mapping[str, str], body: bytes) -> Json:
    """The server sends an object, or YAML as text when the app was built from a YAML file."""
    route = "get_custom_inference_settings"
    settings = read_object(route, status, headers, body).get("settings")
    if isinstance(settings, str):
        import yaml

        try:
            settings = yaml.safe_load(settings)
        except yaml.YAMLError:
            raise BadAnswer(route, "settings", settings, "a mapping as YAML") from None
    # An empty YAML document: the model has no settings.
    if settings is None:
        return {}
    if not isinstance(settings, dict):
        raise BadAnswer(route, "settings", settings, "an object, or a mapping as YAML")
    return settings


def read_model_meta(status: int, headers: Mapping[str, str], body: bytes) -> ProjectMeta:
    from modeldouble.meta import ProjectMeta

    route = "get_output_classes_and_tags"
    answer = read_object(route, status, headers, body)
    try:
        return ProjectMeta.from_json(answer)
    except (ModelDoubleError, TypeError):
        raise BadAnswer(route, "the body", answer, "a project meta with classes and tags") from None


def read_prediction(route: str, status: int, headers: Mapping[str, str], body: bytes) -> Json:
    return _prediction(route, read_object(route, status, headers, body))


def read_predictions(route: str, status: int, headers: Mapping[str, str], body: bytes) -> list[Json]:
    return _predictions(route, read_json(route, status, headers, body))


def read_video(status: int, headers: Mapping[str, str], body: bytes) -> list[Json]:
    route = "inference_video_id"
    answer = read_object(route, status, headers, body)
    frames = _predictions(route, answer.get("ann"))
    # Releases since 2025 answer a failed job with an empty list and status 200; only a success has `video_ann`.
    if not frames and "video_ann" not in answer:
        reason = "no frames and no video_ann, which is how servers answer when the model or the video failed"
        raise ServerFailed(status, f"{reason}. inference_video_id_async tells why", route)
    return frames


def read_start(route: str, status: int, headers: Mapping[str, str], body: bytes) -> str:
    """Return the uuid of the job."""
    uuid = read_object(route, status, headers, body).get("inference_request_uuid")
    if not isinstance(uuid, str) or not uuid:
        raise BadAnswer(route, "inference_request_uuid", uuid, "the uuid of the job")
    return uuid


def read_done(route: str, status: int, headers: Mapping[str, str], body: bytes) -> Json:
    """Read the answer to a stop or a clear."""
    return read_object(route, status, headers, body)


def read_job(route: str, status: int, headers: Mapping[str, str], body: bytes) -> JobState:
    """Read the answer of get_inference_progress or pop_inference_results."""
    state = job_state(route, read_object(route, status, headers, body))
    _predictions(route, state.results)
    return state


def _predictions(route: str, values: Any) -> list[Json]:
    if not isinstance(values, list):
        raise BadAnswer(route, "predictions", values, "a list")
    return [_prediction(route, value) for value in values]


def _prediction(route: str, value: Any) -> Json:
    if not isinstance(value, dict) or not isinstance(value.get("annotation"), dict):
        raise BadAnswer(route, "prediction", value, "an object with an annotation")
    return value
