"""A request of the journal as a command that asks the same again.

Names in it come from strangers: the shell and curl take all of them for plain text.
"""

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from aiohttp import web

from ..journal import fitting
from ..model import Model
from ..refusal import Refused, shown
from ..serving.routes import ROUTES
from ..wire import UUID
from .call import AdminCall, said, whole

Json = dict[str, Any]
Entry = Mapping[str, Any]
_IMAGE, _IMAGES = (
    ("inference_image_id", "inference_image_id_async"),
    ("inference_batch_ids", "inference_batch_ids_async"),
)
_VIDEO = ("inference_video_id", "inference_video_id_async")
_FORMS = ("inference_image", "inference_batch", "inference_batch_async", "inference_video_async")
_POLLS = (
    "get_inference_progress", "pop_inference_results", "get_inference_result", "get_inference_status",
    "get_preparing_progress", "stop_inference", "clear_inference_request",
)  # fmt: skip
_ABOUT_PICTURES = (*_IMAGE, *_IMAGES, *_VIDEO, *_FORMS, "inference_image_url", "inference_project_id_async")
_BODIES_UNKNOWN = (
    "deploy_from_api", "freeze_model", "smart_cache", "smart_cache_files", "run_speedtest", "tracking_by_detection",
)  # fmt: skip
_CUT = "***"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_TOKEN = "API_TOKEN"  # noqa: S105 - a word to be replaced


class _Asked(NamedTuple):
    state: Json
    files: Sequence[str] | None = None
    """Names of what was uploaded; None: it was no form."""
    remarks: Sequence[str] = ()


async def command(call: AdminCall) -> web.Response:
    """A shell command, and what is to be known before it is run."""
    entry, model = await _entry(call.model, call.number), call.model
    asked = await _asked(entry, model)
    remarks = list(asked.remarks)
    words = ["curl", *_method(entry["method"]), *_address(f"{call.base}/net/{call.token}", entry["route"])]
    if entry["method"] not in ("GET", "HEAD"):
        token = None
        if model.dialect.has("body-checked-first"):
            tenant = call.fake.console.tenants.get(call.token)
            token = _TOKEN if tenant is None else tenant.api_token
            remarks += [f"put your platform token in the place of {_TOKEN}"] if tenant is None else []
        words += _form(asked) if asked.files is not None else _json(asked.state, token)
    if _CUT in json.dumps(entry):
        remarks.append(f"secrets were cut out of the journal: put them in the place of {_CUT}")
    return said({"curl": shlex.join(words), "remark": "; ".join(remarks) or None})


async def _entry(model: Model, number: str) -> Entry:
    wanted = whole(number)
    if model.shared is None:
        found: Sequence[Entry] = [one.told() for one in model.journal.after(wanted - 1, len(model.journal))[:1]]
    else:
        from ..shared.rows import entry_of

        await model.shared.journal.settle()
        read = entry_of(fitting())
        found = await model.shared.journal.newest(
            lambda at, row: read(at, row) if at == wanted else None, 1, wanted - 1
        )
    if not found or found[0]["number"] != wanted:
        raise Refused(404, f"entry {shown(number)} is not in the journal any more; GET the journal for those that are")
    return found[0]


def _method(method: str) -> list[str]:
    return ["--head"] if method == "HEAD" else ["-X", _plain(method)]


def _address(session_url: str, route: str) -> list[str]:
    # Dots would lead out of the session URL, perhaps to the admin API.
    parts = [one.replace(".", "%2E") if one in (".", "..") else quote(one, safe="") for one in _plain(route).split("/")]
    as_it_is = [] if route in ROUTES else ["--path-as-is"]
    return [*as_it_is, f"{session_url}/{'/'.join(parts)}"]


def _json(state: Json, token: str | None) -> list[str]:
    body = {"state": state} if token is None else {"state": state, "context": {}, "api_token": token}
    # An object begins with a brace, so curl does not take it for the name of a file.
    return ["-H", "Content-Type: application/json", "--data-raw", _text(body)]


def _form(asked: _Asked) -> list[str]:
    words = []
    for name in asked.files or ():
        words += ["-F", f"files=@{_quoted(_local(name))};filename={_quoted(_plain(name))}"]
    # Not `-F`, which looks for `;type=` in it.
    return [*words, "--form-string", f"settings={_text(asked.state)}"]


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _quoted(name: str) -> str:
    """A name as curl reads it in `-F`, where commas and semicolons would end it."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _local(name: str) -> str:
    """A file in the working folder: a stranger's path must not lead to another one of whoever runs the command."""
    last = _plain(name).replace("\\", "/").rpartition("/")[2]
    return f"./{last}" if last not in ("", ".", "..") else "./picture"


def _plain(text: str) -> str:
    """Without what no command line can have, and what a terminal that it is pasted into would take for a key."""
    return _CONTROLS.sub("?", text.encode(errors="replace").decode())


async def _asked(entry: Entry, model: Model) -> _Asked:
    """What the entry tells of the request's body."""
    route = str(entry["route"])
    if route in _POLLS:
        return _Asked({} if entry["job"] is None else {UUID: entry["job"]})
    if route in _BODIES_UNKNOWN:
        return _Asked({}, remarks=["the journal does not have the request's body: complete the state"])
    if route not in _ABOUT_PICTURES:
        known = [] if route in ROUTES else ["the route is none of a serving app, or was cut"]
        return _Asked({}, remarks=known)
    settings, remarks = _settings(entry["settings"])
    contents = entry["contents"]
    if not contents:
        # It was refused before, or its job had failed.
        remarks = [*remarks, "the journal does not have what was asked about: complete the state"]
    elif entry["pictures"] > len(contents):
        remarks = [*remarks, f"the journal has the first {len(contents)} of {entry['pictures']:,} pictures"]
    if route in _FORMS:
        return _uploaded(route, contents, settings, remarks)
    if not contents:
        return _Asked(settings, remarks=remarks)
    if route == "inference_project_id_async":
        return await _of_project(contents, settings, remarks, model)
    return _Asked({**_subject(route, contents), **settings}, remarks=remarks)


def _subject(route: str, contents: Sequence[Json]) -> Json:
    first = contents[0]
    if route in _IMAGES:
        return {"image_ids": [one.get("image_id") for one in contents]}
    if route in _VIDEO:
        return {"video_id": first.get("video_id"), **_frames(first)}
    return {"image_id": first.get("image_id")} if route in _IMAGE else {"image_url": first.get("name")}


def _frames(content: Json) -> Json:
    asked = range(*content["frames"])
    direction = {"framesDirection": "backward"} if asked.step < 0 else {}
    return {"startFrameIndex": asked.start, "framesCount": len(asked), **direction}


def _uploaded(route: str, contents: Sequence[Json], settings: Json, remarks: list[str]) -> _Asked:
    names = [str(one.get("name")) for one in contents]
    frames = _frames(contents[0]) if contents and "frames" in contents[0] and route == "inference_video_async" else {}
    if not names:
        names = ["picture"]
    if any(_CONTROLS.search(one) for one in names):
        remarks = [*remarks, "a name has control characters, which are ? here"]
    here = ", ".join(dict.fromkeys(_local(one)[2:] for one in names))
    return _Asked(
        {**frames, **settings}, names, [*remarks, f"what was uploaded must lie in the working folder: {here}"]
    )


async def _of_project(contents: Sequence[Json], settings: Json, remarks: list[str], model: Model) -> _Asked:
    image = await model.world.get("image", contents[0].get("image_id") or 0)
    if image is None:
        return _Asked(settings, remarks=[*remarks, "the project is not known any more: complete the state"])
    remarks = [*remarks, "all datasets of the project are asked about"]
    return _Asked({"project_id": image["projectId"], **settings}, remarks=remarks)


def _settings(text: str) -> tuple[Json, list[str]]:
    if not text:
        return {}, []
    try:
        return {"settings": json.loads(text)}, []
    except ValueError:
        return {}, ["the settings are longer than the journal has them, and are left out"]
