"""What a recording says: the app's words about itself, its predictions, and the pictures and videos they are of."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..scene import Settings
from ..wire import COUNT, DIRECTION, IMAGE_ID, IMAGE_IDS, START, UUID, VIDEO_ID, State
from .exchange import Exchange
from .facts import Facts
from .index import FILE, IMAGE, PROJECT_IMAGE, URL, VIDEO, VIDEO_FILE, Failed, Index, Key, Prediction, in_force

log = logging.getLogger("modeldouble_server")
DEFAULTS = "get_custom_inference_settings"
INFO = (
    "get_session_info", DEFAULTS, "get_output_classes_and_tags", "get_model_meta", "get_tracking_settings",
    "get_deploy_info", "get_deploy_settings", "list_pretrained_models", "list_pretrained_model_infos", "is_deployed",
)  # fmt: skip
"""Routes whose answers are given again as they were."""
POLLS = (
    "get_inference_progress", "pop_inference_results", "get_inference_status", "get_inference_result",
    "get_preparing_progress", "stop_inference", "clear_inference_request",
)  # fmt: skip

_END = ("endFrameIndex", "duration", "stride", "step")
"""What else keeps a job from going over a whole video."""


class Job(NamedTuple):
    """A job that was started: what its results are of, in order, where they do not say it themselves."""

    of: Callable[[int, Prediction], Key | None]
    settings: Settings
    taken: list[int]
    """How many results were handed out, as its one number."""
    video: Key | None
    whole: bool
    """All frames were asked for."""


class Gathered:
    """Exchanges put together, in the order in which they were asked."""

    def __init__(self, exchanges: Iterable[Exchange] = ()) -> None:
        self.index = Index()
        self.facts = Facts()
        self.bodies: dict[str, Any] = {}
        """What the app said of itself, by route."""
        self._jobs: dict[str, Job] = {}
        known = list(exchanges)
        # The defaults first: they are in force in everything that was asked.
        for one in sorted(known, key=lambda one: one.route not in INFO):
            self.add(one)

    @property
    def defaults(self) -> Mapping[str, Any]:
        """The app's default settings, parsed if it tells them as YAML."""
        told = self.bodies.get(DEFAULTS)
        settings = told.get("settings") if isinstance(told, dict) else None
        if isinstance(settings, str):
            import yaml

            try:
                settings = yaml.safe_load(settings)
            except yaml.YAMLError:
                settings = None
        return settings if isinstance(settings, dict) else {}

    def add(self, one: Exchange) -> None:
        """Take an exchange in; one that does not fit together is passed over with a warning."""
        try:
            self._add(one)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError) as error:
            log.warning("exchange %d, %s, says nothing to a replay (%s)", one.number, one.route, error)

    def _add(self, one: Exchange) -> None:
        if one.status == 500 and one.route in _SYNC:
            self._failed(one)
        elif one.status != 200 or one.method != "POST":
            return
        elif one.route in INFO:
            self.bodies[one.route] = one.answer
        elif one.route in _SYNC:
            self._answered(one)
        elif one.route in POLLS:
            self._polled(one)
        elif UUID in (answer := one.answer if "sha256" in one.response or "json" in one.response else {}):
            self._jobs[answer[UUID]] = self._job(one)

    def _settings(self, one: Exchange) -> Settings:
        return in_force(State(dict(one.state)).settings(), self.defaults)

    def _answered(self, one: Exchange) -> None:
        answer, settings = one.answer, self._settings(one)
        predictions = answer if isinstance(answer, list) else answer.get("ann", [answer])
        found = _SYNC[one.route](one)
        for at, prediction in enumerate(predictions):
            key = found(at, prediction)
            if key is not None:
                self._put(key, settings, prediction)

    def _failed(self, one: Exchange) -> None:
        # Of several pictures it is not known over which of them the model failed.
        key = _SYNC[one.route](one)(0, {}) if one.route in _OF_ONE else None
        if key is not None:
            self.index.add(key, self._settings(one), _failure(one))

    def _put(self, key: Key, settings: Settings, prediction: Prediction) -> None:
        self.index.add(key, settings, prediction)
        self.facts.add(key, prediction)

    def _job(self, one: Exchange) -> Job:
        video_id = _first(one.state, VIDEO_ID)
        video = None if video_id is None else Key(VIDEO, video_id)
        if one.route == "inference_video_async":
            video = Key(VIDEO_FILE, one.files[0]["sha256"])
        whole = all(_first(one.state, names) is None for names in (COUNT, _END))
        return Job(_of(one), self._settings(one), [0], video, whole)

    def _polled(self, one: Exchange) -> None:
        job = self._jobs.get(str(one.state.get(UUID)))
        answer = one.answer
        if job is None or not isinstance(answer, dict):
            return
        self._total(job, answer)
        raised = answer.get("exception")
        if isinstance(raised, dict) and (key := job.of(job.taken[0], {})) is not None:
            self.index.add(key, job.settings, Failed(str(raised.get("type")), str(raised.get("message"))))
        whole = answer.get("result")
        if isinstance(whole, dict) and isinstance(whole.get("ann"), list):
            self._take(job._replace(taken=[0]), whole["ann"])
        elif one.route == "pop_inference_results" and isinstance(answer.get("pending_results"), list):
            self._take(job, answer["pending_results"])

    def _take(self, job: Job, results: Sequence[Prediction]) -> None:
        for prediction in results:
            key = job.of(job.taken[0], prediction)
            job.taken[0] += 1
            if key is not None and prediction.get("annotation") is not None:
                self._put(key, job.settings, prediction)

    def _total(self, job: Job, answer: Mapping[str, Any]) -> None:
        progress = answer.get("progress")
        if job.video is not None and job.whole and isinstance(progress, dict) and not progress.get("is_size"):
            self.facts.total(job.video, int(progress.get("total") or 0))


def _failure(one: Exchange) -> Failed:
    try:
        message = one.answer["detail"]["message"]
    except (ValueError, KeyError, TypeError):
        message = str(one.response.get("text", "the model raised"))
    return Failed("RuntimeError", str(message))


def _first(state: Mapping[str, Any], names: Sequence[str]) -> Any:
    return State(dict(state)).first(names)


Of = Callable[[int, Prediction], Key | None]


def _of(one: Exchange) -> Of:
    """What the results of a job are of."""
    if one.route == "inference_video_async":
        return _frames(VIDEO_FILE, one.files[0]["sha256"], one)
    if one.route == "inference_video_id_async":
        return _of_video(one)
    if one.route == "inference_batch_async":
        return _of_files(one)
    if one.route == "inference_project_id_async":
        return lambda _, prediction: _own(PROJECT_IMAGE, prediction)
    return _of_ids(one)


def _own(kind: str, prediction: Prediction) -> Key | None:
    image_id = prediction.get("image_id")
    return None if image_id is None else Key(kind, int(image_id))


def _of_ids(one: Exchange) -> Of:
    found = _first(one.state, (*IMAGE_IDS, *IMAGE_ID))
    ids = found if isinstance(found, list) else [found]
    # Results of a job come in any order, so what they say of themselves is better than their place.
    return lambda at, prediction: _own(IMAGE, prediction) or (Key(IMAGE, int(ids[at])) if at < len(ids) else None)


def _of_files(one: Exchange) -> Of:
    files = one.files
    last = {file["filename"]: file["sha256"] for file in files}
    # Apps since 6.73.358 answer for files of the same name with the last one's prediction.
    sure = [file["sha256"] if last[file["filename"]] == file["sha256"] else None for file in files]
    return lambda at, _: None if at >= len(sure) or sure[at] is None else Key(FILE, str(sure[at]))


def _of_video(one: Exchange) -> Of:
    return _frames(VIDEO, int(_first(one.state, VIDEO_ID)), one)


def _frames(kind: str, name: str | int, one: Exchange) -> Of:
    start = int(_first(one.state, START) or 0)
    # Only apps that do not tell the frame depend on this, and those know one name of the direction each.
    step = -1 if _first(one.state, DIRECTION) == "backward" else 1

    def of(at: int, prediction: Prediction) -> Key:
        told = prediction.get("frame_index")
        return Key(kind, name, start + step * at if told is None else int(told))

    return of


def _of_url(one: Exchange) -> Of:
    return lambda *_: Key(URL, str(one.state["image_url"]))


_OF_ONE = ("inference_image", "inference_image_id", "inference_image_url")
_SYNC: dict[str, Callable[[Exchange], Of]] = {
    "inference_image": _of_files,
    "inference_batch": _of_files,
    "inference_image_id": _of_ids,
    "inference_batch_ids": _of_ids,
    "inference_image_url": _of_url,
    "inference_video_id": _of_video,
}
