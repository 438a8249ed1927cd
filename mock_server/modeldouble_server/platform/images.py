"""Pictures of the platform."""

from aiohttp import web

from ..answer import answer
from .call import PlatformCall
from .media import media
from .paging import page


async def info(call: PlatformCall) -> web.Response:
    """images.info"""
    return answer(await call.entity("image", call.id()))


async def listed(call: PlatformCall) -> web.Response:
    """images.list of a dataset, in pages"""
    dataset = await call.entity("dataset", call.id("datasetId"))
    images = [one for one in await call.world.all("image") if one["datasetId"] == dataset["id"]]
    return answer(page(call, images))


async def download(call: PlatformCall) -> web.StreamResponse:
    """images.download: the file's bytes, unchanged"""
    image = await call.entity("image", call.id())
    return media(call, image, image["mime"])
