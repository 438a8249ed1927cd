"""Videos of the platform."""

from aiohttp import web

from ..answer import answer
from .call import PlatformCall
from .images import shown
from .media import media
from .paging import candidates, page


async def info(call: PlatformCall) -> web.Response:
    """One video: its frames, size in pixels and length."""
    return answer(shown(call, await call.entity("video", call.id())))


async def listed(call: PlatformCall) -> web.Response:
    """The videos of a dataset, in pages."""
    dataset = await call.entity("dataset", call.id("datasetId"))
    found = page(call, await candidates(call, "video", dataset["id"]))
    return answer({**found, "entities": [shown(call, one) for one in found["entities"]]})


async def download(call: PlatformCall) -> web.StreamResponse:
    """The file of a video, unchanged."""
    return await media(call, await call.entity("video", call.id()), "video/mp4")
