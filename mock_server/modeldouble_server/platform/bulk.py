"""Many pictures in one request: downloaded as a form, added by the hashes of their contents."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from aiohttp import web

from .. import entities
from ..answer import answer
from ..entities import Facts
from ..refusal import Refused
from ..world import Entity, sha256_of
from . import images
from .call import PlatformCall, as_object, there
from .media import Part, all_held, held, send_parts
from .refusals import Taken
from .uploads import digest, known_picture

_HASH = 44
"""Characters of the platform's hash of a content."""


class Wanted(NamedTuple):
    """One picture that is to be added, checked."""

    name: str
    facts: Facts
    more: Entity


class _Known(NamedTuple):
    """What was asked of the store at once, for all pictures."""

    sources: Mapping[int, Entity]
    """Pictures that are to be copied, by their ids."""
    kept: Collection[str]
    """Digests of contents that last."""


async def download(call: PlatformCall) -> web.StreamResponse:
    """The files of several pictures of a dataset, as a form whose parts are named by the pictures' ids."""
    dataset = await call.entity("dataset", call.id("datasetId"))
    chosen = await call.entities("image", call.ids("imageIds", call.fake.limits.batch))
    for one in chosen:
        if one["datasetId"] != dataset["id"]:
            raise Refused(
                404, f"imageIds has {one['id']}, which is not in dataset {dataset['id']} but {one['datasetId']}"
            )
    await all_held(call, chosen)
    return await send_parts(
        call, [Part(str(one["id"]), one["name"], one["mime"], partial(held, call, one)) for one in chosen]
    )


async def add(call: PlatformCall) -> web.Response:
    """Pictures for a dataset, each by the `hash` of its content or the `imageId` of one to copy; all or none."""
    dataset = await call.entity("dataset", call.id("datasetId"))
    asked = call.objects("images", call.fake.limits.batch)
    known = await _known(call, asked)
    wanted = [await _wanted(call, one, f"images[{at}]", known) for at, one in enumerate(asked)]
    await call.room("image", dataset["id"], len(wanted))
    ids = await call.world.new_ids("image", len(wanted))
    made = [
        entities.image(one_id, one.name, entities.place_of(dataset), one.facts, call.now()) | one.more
        for one_id, one in zip(ids, wanted, strict=True)
    ]
    if taken := await call.world.create([("image", one) for one in made]):
        raise Taken(f"title {taken[0][0]!r} is taken in dataset {dataset['id']}; send titles that are free", taken)
    return answer([images.shown(call, one) for one in made])


async def _known(call: PlatformCall, asked: Sequence[dict[str, Any]]) -> _Known:
    sources = await call.known("image", [one.get("imageId") for one in asked])
    sent = [one["hash"] for one in asked if isinstance(one.get("hash"), str) and len(one["hash"]) == _HASH]
    with suppress(Refused):
        digests = [digest(one, "hash") for one in sent] + [sha256_of(one) for one in sources.values()]
        return _Known(sources, await call.world.blobs.kept(digests))
    # Whoever looks at that one says what is wrong with it.
    return _Known(sources, set())


async def _wanted(call: PlatformCall, asked: dict[str, Any], where: str, known: _Known) -> Wanted:
    if asked.get("link") is not None:
        raise Refused(501, f"{where}.link is not in this fake, which fetches nothing; upload the bytes and send a hash")
    meta = as_object(asked.get("meta") or {}, f"{where}.meta")
    title = asked.get("title", asked.get("name"))
    if asked.get("imageId") is not None:
        if type(asked["imageId"]) is not int:
            raise Refused(400, f"{where}.imageId is {asked['imageId']!r}; send an id as a whole number")
        source = there("image", asked["imageId"], known.sources.get(asked["imageId"]))
        facts = Facts(sha256_of(source), source["width"], source["height"], source["mime"], source["size"])
        if facts.sha256 not in known.kept:
            await call.world.blobs.keep(facts.sha256)
        more = {"meta": {**source["meta"], **meta}, "parentId": asked.get("parentId")}
        return Wanted(call.named(title or source["name"], f"{where}.title"), facts, more)
    picture = await known_picture(call, asked.get("hash"), f"{where}.hash", known.kept)
    if picture.sha256 not in known.kept:
        await call.world.blobs.keep(picture.sha256)
    facts = Facts(picture.sha256, picture.width, picture.height, picture.mime, picture.size)
    return Wanted(call.named(title, f"{where}.title"), facts, {"meta": meta, "parentId": asked.get("parentId")})
