"""Errors that are told as success, and the reverse."""

import json
from collections.abc import Callable
from typing import Any

from ..lie import IDS, VIDEO, Lie, Nth, Teller, Told, bad, good
from ..traffic import Answer, Asked, told
from . import places

_SIZE = {"height": 1, "width": 1}
_PREDICTION = {
    **dict.fromkeys(("source", "name", "path", "url", "project_id", "dataset_id", "image_id", "video_id",
        "frame_index")),
    "annotation": {"description": "", "size": _SIZE, "tags": [], "objects": [], "customBigData": {}},
    "image_name": None, "slides_data": {}, "data": {},
}  # fmt: skip
_PROGRESS = {"status": "Finished", "current": 1, "total": 1, "is_size": False}
_POLL = {
    "uuid": "0" * 32, "stage": "Finished", "progress": _PROGRESS, "pending_results": 0, "final_result": True,
    "exception": None, "is_inferring": False, "stopped": False, "paused": False, "finished": True, "created_at": 1.0,
    "updated_at": 1.0, "cancel_inference": False, "has_result": True, "preparing_progress": _PROGRESS, "result": True,
}  # fmt: skip
_MEMORY = {"allocated": None, "total": None}
_FINE: dict[str, Any] = {
    "inference_image": _PREDICTION, "inference_batch": [_PREDICTION], "inference_image_id": _PREDICTION,
    "inference_batch_ids": [_PREDICTION], "inference_video_id": {"ann": [], "video_ann": None},
    "get_inference_progress": _POLL, "pop_inference_results": {**_POLL, "pending_results": []},
    "get_inference_status": {
        **{key: _POLL[key] for key in ("uuid", "stage", "exception", "is_inferring", "stopped", "paused", "finished")},
        "progress": {"message": "Finished", **_PROGRESS}, "gpu_memory": _MEMORY, "ram_memory": _MEMORY,
    },
    "get_preparing_progress": _PROGRESS, "get_inference_result": None,
    "stop_inference": {"message": "Inference will be stopped.", "success": True},
    "clear_inference_request": {"success": True},
    **{route: {"inference_request_uuid": "0" * 32} for route in places.STARTS},
}  # fmt: skip
"""What each route would answer if all were well."""
Asks = Callable[[Asked], bool]


class _Grants(Teller):
    """A refusal of what `asks` describes becomes a success: the last one of the route, or a plain one."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks
        self._seen = {route: told(fine) for route, fine in _FINE.items()}

    def answered(self, asked: Asked, answer: Answer) -> Answer:
        if answer.status == 200:
            self._seen[asked.route] = answer
        return self._seen.get(asked.route, answer) if bad(answer) and self._asks(asked) else answer


def _malformed(asked: Asked) -> bool:
    return "json" in asked.content_type and bool(asked.body) and _value(asked.body) is ValueError


def _value(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return ValueError


def _stateless(asked: Asked) -> bool:
    return "json" in asked.content_type and not _malformed(asked) and asked.state is None


def _files(asked: Asked) -> int:
    return len(asked.form.files) if asked.form else 0


def _settings_text(asked: Asked) -> Any:
    """The JSON of a form's part for the state; {} where there is none."""
    text = asked.form.state_text if asked.form else b""
    return _value(text) if text.strip() else {}


def _settings_no_json(asked: Asked) -> bool:
    return _settings_text(asked) is ValueError


def _settings_no_object(asked: Asked) -> bool:
    return not isinstance(_settings_text(asked), dict) and not _settings_no_json(asked)


def _no_picture(asked: Asked) -> bool:
    return _files(asked) > 0 and isinstance(_settings_text(asked), dict)


def _uuid(asked: Asked) -> Any:
    return (asked.state or {}).get("inference_request_uuid")


def _grants(name: str, what: str, routes: tuple[str, ...], asks: Asks, *needs: str, **more: Any) -> Lie:
    return Lie(name, f"{what}: 200", routes, lambda: _Grants(asks), needs, **more)


def _as(status: int, of: Callable[[Answer], bool] = good) -> Callable[[], Teller]:
    return lambda: Told(lambda answer: answer._replace(status=status), of)


def _bodies(name: str, what: str, change: Callable[[Answer], Answer], *routes: str) -> Lie:
    return Lie(f"refusal-{name}", f"refusals {what}", routes or tuple(_FINE), lambda: Told(change, bad))


_GRANTED = (
    _grants("malformed-json-granted", "malformed JSON", (), _malformed),
    _grants("no-state-granted", "a body without a state", (), _stateless),
    _grants("no-files-granted", "no files", places.FILES, lambda asked: _files(asked) == 0),
    _grants("settings-no-json-granted", "settings that are not JSON", places.FILES, _settings_no_json),
    _grants("settings-no-object-granted", "settings that are no object", places.FILES, _settings_no_object),
    _grants("two-files-granted", "two files for one picture", places.IMAGE, lambda asked: _files(asked) > 1),
    _grants("no-picture-granted", "a file that is no picture", places.IMAGE, _no_picture),
    _grants("no-picture-in-batch-granted", "a batch with a file that is no picture", places.BATCH, _no_picture),
    _grants("unknown-job-granted", "an unknown uuid", places.ABOUT_A_JOB, lambda asked: bool(_uuid(asked))),
    _grants("unknown-job-popped", "a pop of an unknown uuid", places.POP, lambda asked: bool(_uuid(asked))),
    _grants("unknown-job-stopped", "a stop of an unknown uuid", places.STOP, lambda asked: bool(_uuid(asked))),
    _grants("no-uuid-granted", "a poll without uuid", places.ABOUT_A_JOB, lambda asked: not _uuid(asked)),
    _grants("no-uuid-stopped", "a stop without uuid", places.STOP, lambda asked: not _uuid(asked)),
    _grants("no-uuid-cleared", "a clear without uuid", places.CLEAR, lambda asked: not _uuid(asked)),
    _grants("unknown-image-granted", "an unknown image", places.IMAGE_ID, lambda asked: True, IDS),
    _grants("unknown-image-in-batch-granted", "a batch with an unknown image", places.BATCH_IDS, lambda asked: True,
        IDS),
)  # fmt: skip
_STATUSES = tuple(
    Lie(f"{name}-as-{status}", f"a good answer of {routes[0]} has status {status}", routes, _as(status), needs)
    for name, routes, needs, statuses in (
        ("image", places.IMAGE, (), (201, 202, 404, 500)),
        ("batch", places.BATCH, (), (206, 500)),
        ("meta", places.META, (), (203, 404)),
        ("settings", places.SETTINGS, (), (500,)),
        ("start", places.STARTS, (VIDEO,), (201, 202)),
        ("progress", places.PROGRESS, (VIDEO,), (202, 404)),
        ("pop", places.POP, (VIDEO,), (206, 500)),
        ("status", places.STATUS, (VIDEO,), (503,)),
    )
    for status in statuses
)
_EMPTY_PICTURE = Told(lambda answer: told(_PREDICTION), bad)
_NOTHING = Told(lambda answer: told([]), bad)
LIES = (
    *_GRANTED,
    *_STATUSES,
    Lie("refused-picture-as-empty", "a picture that was refused has no objects", places.IMAGE, lambda: _EMPTY_PICTURE),
    Lie("refused-batch-as-empty", "a batch that was refused has no answers", places.BATCH, lambda: _NOTHING),
    Lie("refusals-as-500", "bad input is a server's failure", (), _as(500, lambda one: 400 <= one.status < 500)),
    Lie("refusals-as-302", "bad input is sent elsewhere", (), _as(302, bad)),
    Lie("every-second-answer-503", "every second good answer is a 503", (),
        lambda: Nth(Told(lambda one: told({"detail": "busy", "message": "busy"}, 503))), except_for=places.INFO),
    Lie("fails-after-five-pictures", "from the sixth picture on all fail", places.FILES,
        lambda: Nth(Told(lambda one: one._replace(status=500)), every=1, first=5)),
    _bodies("empty", "have no body", lambda answer: answer._replace(body=b"")),
    _bodies("without-a-word", "are an empty object", lambda answer: answer.with_json({})),
    _bodies("as-a-page", "are HTML",
        lambda one: one._replace(body=b"<html>no</html>").with_header("Content-Type", "text/html")),
    _bodies("successful", "say success", lambda answer: answer.with_json({"success": True, "message": "fine"})),
)  # fmt: skip
