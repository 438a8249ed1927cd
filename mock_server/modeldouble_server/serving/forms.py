"""Multipart forms: pictures or a video as parts named `files`, the state as a part named `settings` or `state`."""

import asyncio
import hashlib
from typing import NamedTuple

from aiohttp import BodyPartReader, MultipartReader, hdrs

from .. import wire
from ..picture import Picture
from ..refusal import Refused, shown
from ..wire import State
from .call import Call

_CHUNK = 256 * 1024


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
        raise Refused(422, f"files is missing: Content-Type is {call.request.content_type!r}; send multipart/form-data")
    uploads: list[Upload] = []
    texts: dict[str, bytes] = {}
    budget = limits.body_bytes
    try:
        async for part in await call.request.multipart():
            budget = await _take(part, uploads, texts, budget, call)
    except (ValueError, AssertionError) as error:
        raise Refused(
            400, f"form is malformed: {str(error)[:120]}; send multipart/form-data with a boundary"
        ) from error
    if not uploads:
        raise Refused(422, "files is missing; send each picture or video as a form part named files, with a file name")
    return Form(uploads, _state(texts, call))


async def _take(
    part: MultipartReader | BodyPartReader | None,
    uploads: list[Upload],
    texts: dict[str, bytes],
    budget: int,
    call: Call,
) -> int:
    limits = call.fake.limits
    if not isinstance(part, BodyPartReader):
        raise Refused(400, "form has a multipart part; send files and settings as plain parts")
    if part.name == "files":
        if part.filename is None:
            raise Refused(422, "files has a part without a file name; send filename= in its Content-Disposition")
        if len(uploads) >= limits.files:
            raise Refused(400, f"Too many files. Maximum number of files is {limits.files}; send fewer at once")
        upload = await _upload(part, part.filename, budget, limits.body_bytes)
        uploads.append(upload)
        return budget - len(upload.content)
    if len(texts) >= limits.files:
        raise Refused(400, f"form has more than {limits.files} parts; send files and settings only")
    text = await _read(part, min(budget, limits.json_bytes), limits.json_bytes)
    texts[part.name or ""] = bytes(text)
    return budget - len(text)


async def _upload(part: BodyPartReader, name: str, budget: int, limit: int) -> Upload:
    content = await _read(part, budget, limit)
    return Upload(name, bytes(content), hashlib.sha256(content).hexdigest())


async def _read(part: BodyPartReader, budget: int, limit: int) -> bytearray:
    if hdrs.CONTENT_ENCODING in part.headers:
        raise Refused(400, f"part {part.name!r} has a Content-Encoding; send it as it is")
    content = bytearray()
    while chunk := await part.read_chunk(_CHUNK):
        content += chunk
        if len(content) > budget:
            raise Refused(413, f"form is over the limit of {limit:,} bytes; send less at once")
    return content


def _state(texts: dict[str, bytes], call: Call) -> State:
    """`state` wins over `settings` unless it is empty or `{}`; nothing, or an empty part, means the defaults."""
    for name in ("state", "settings"):
        text = texts.get(name, b"").strip()
        if not text:
            continue
        try:
            value = wire.read_json(text, call.fake.limits)
        except Refused as refused:
            raise Refused(refused.status, f"Cannot decode settings: form part {name}: {refused.text}") from refused
        if not isinstance(value, dict):
            raise Refused(
                400, f'form part {name} is {shown(value)}; Settings is not json object: send {{"settings": {{}}}}'
            )
        if value:
            return State(value, name)
    return State({}, "settings")


async def examine(call: Call, upload: Upload) -> Picture:
    """Facts of an uploaded picture; decoding, the slow part, happens once per content and off the event loop."""
    known = call.fake.examiner.recall(upload.sha256)
    if known is not None:
        return known
    name = f"file {upload.name[:120]!r}"
    try:
        return await asyncio.to_thread(call.fake.examiner.examine, upload.content, upload.sha256, name)
    except Refused as refused:
        call.model.noticer.note("picture-refused", refused.text)
        raise
