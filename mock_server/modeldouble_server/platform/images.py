"""Pictures of the platform."""

from collections.abc import Sequence

from aiohttp import web

from ..answer import answer
from ..refusal import Refused
from ..world import Entity
from . import datasets
from .call import PlatformCall
from .media import media, storage_url
from .paging import candidates, page


async def info(call: PlatformCall) -> web.Response:
    """One picture: name, size in pixels, hash, mime of its bytes."""
    return answer(shown(call, await call.entity("image", call.id())))


async def listed(call: PlatformCall) -> web.Response:
    """The pictures of a dataset, or of all datasets of a project, in pages."""
    if call.fields.get("filters"):
        raise Refused(501, "filters is not in this fake; send filter, a list of {field, operator, value}")
    found = page(call, await _asked(call), call.fake.limits.images_per_page)
    return answer({**found, "entities": [shown(call, one) for one in found["entities"]]})


async def download(call: PlatformCall) -> web.StreamResponse:
    """The file of a picture, unchanged."""
    image = await call.entity("image", call.id())
    return await media(call, image, image["mime"])


def shown(call: PlatformCall, image: Entity) -> Entity:
    """A picture as it is answered: with the address of its content on the server that was asked."""
    return {**image, "fullStorageUrl": storage_url(call, image)}


async def _asked(call: PlatformCall) -> Sequence[Entity]:
    if call.fields.get("datasetId") is None and call.fields.get("projectId") is not None:
        project = await call.entity("project", call.id("projectId"))
        chosen = [one["id"] for one in await call.world.within("dataset", project["id"])]
    else:
        dataset = await call.entity("dataset", call.id("datasetId"))
        chosen = [dataset["id"]]
        if call.flag("recursive"):
            chosen += [one["id"] for one in await datasets.below(call, dataset)]
    if len(chosen) == 1:
        return await candidates(call, "image", chosen[0])
    found = [one for each in chosen for one in await candidates(call, "image", each)]
    return sorted(found, key=lambda one: int(one["id"]))
