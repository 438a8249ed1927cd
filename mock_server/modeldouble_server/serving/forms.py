"""Multipart forms: pictures or a video as parts named `files`, the state as a part named `settings` or `state`."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .. import wire
from ..multipart import Budget, Parts, give_way
from ..part import names_of
from ..picture import Picture
from ..refusal import Refused, shown
from ..wire import State
from .call import Call

_EXTENSIONS = (".jpg", ".jpeg", ".mpo", ".bmp", ".png", ".webp", ".tiff", ".tif", ".nrrd")


class Upload(NamedTuple):
    """One part named `files`, with the hash that was taken while it came in."""

    name: str
    content: bytes
    sha256: str


class Form(NamedTuple):
    """A whole form."""

    uploads: list[Upload]
    state: State


async def read_form(call: Call) -> Form:
    """Read a request's form within the limits; one without a part `files` is a 422."""
    limits = call.fake.limits
    if not call.request.content_type.startswith("multipart/form-data"):
        text = f"files is missing: Content-Type is {call.request.content_type!r}; send multipart/form-data"
        raise Refused(422, text, "files-missing")
    uploads: list[Upload] = []
    texts: dict[str, bytes] = {}
    parts, budget = Parts(call.request, limits), Budget(call.request, limits.body_bytes)
    files = others = 0
    while (headers := await parts.next()) is not None:
        name, file_name = names_of(headers)
        files, others = files + (name == "files"), others + (name != "files")
        _check_part(call, headers, files, others)
        await give_way(files + others)
        if name != "files":
            texts[name or ""] = (await parts.read(budget, limits.json_bytes)).content
        elif file_name is None:
            text = "files has a part without a file name; send filename= in its Content-Disposition"
            raise Refused(422, text, "file-name")
        else:
            uploads.append(Upload(file_name, *await parts.read(budget)))
    if not uploads:
        told = "files is missing; send each picture or video as a form part named files, with a file name"
        raise Refused(422, told, "files-missing")
    call.form = Form(uploads, _state(texts, call))
    return call.form


def _check_part(call: Call, headers: Mapping[str, str], files: int, others: int) -> None:
    """Parts are plain, and as many as the limits allow: empty ones cost no budget of bytes, so they are counted."""
    most, most_others = call.fake.limits.files, call.fake.limits.parts
    if headers.get("content-type", "").strip().lower().startswith("multipart/"):
        raise Refused(400, "form has a multipart part; send files and settings as plain parts")
    if files > most:
        text = f"Too many files. Maximum number of files is {most}; send fewer at once"
        raise Refused(400, text, "files-many", str(most))
    if others > most_others:
        raise Refused(400, f"form has more than {most_others} parts that are not files; send files and settings only")
    if "content-encoding" in headers:
        raise Refused(400, "form has a part with a Content-Encoding; send it as it is")


def _state(texts: dict[str, bytes], call: Call) -> State:
    """`state` wins over `settings` unless it is empty or `{}`; nothing, or an empty part, means the defaults."""
    for name in ("state", "settings"):
        text = texts.get(name, b"").strip()
        if not text:
            continue
        try:
            value = wire.read_json(text, call.fake.limits)
        except Refused as refused:
            told = f"Cannot decode settings: form part {name}: {refused.text}"
            raise Refused(refused.status, told, refused.kind and "form-json", refused.about) from refused
        if not isinstance(value, dict):
            told = f'form part {name} is {shown(value)}; Settings is not json object: send {{"settings": {{}}}}'
            raise Refused(400, told, "form-object")
        if value:
            return wire.known(State(value, name), call.dialect.unread)
    return State({}, "settings")


async def examine(call: Call, upload: Upload) -> Picture:
    """Facts of an uploaded picture; decoding, where it must be, happens once per content and off the event loop."""
    examiner = call.fake.examiner
    known = examiner.recall(upload.sha256) or examiner.glance(upload.content, upload.sha256)
    if known is not None:
        return known
    name = f"file {upload.name[:120]!r}"
    try:
        return await asyncio.to_thread(examiner.examine, upload.content, upload.sha256, name)
    except Refused as refused:
        call.model.noticer.note("picture-refused", refused.text)
        raise Refused(refused.status, refused.text, "picture") from refused


def check_names(call: Call, uploads: Sequence[Upload], single: bool = False) -> None:
    """File names that some releases cannot store, or do not take for a picture's."""
    for upload in uploads:
        folder = "/" in upload.name and not single and call.dialect.has("name-is-path")
        unknown = call.dialect.has("extension-known") and not upload.name.lower().endswith(_EXTENSIONS)
        if folder or unknown:
            text = f"file name {upload.name[:120]!r} cannot be used; send a plain name of a picture"
            raise Refused(400, text, "name")
