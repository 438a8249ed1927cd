"""Videos of the platform."""

from aiohttp import web

from ..answer import answer
from .call import PlatformCall
from .media import media


async def info(call: PlatformCall) -> web.Response:
    """videos.info"""
    return answer(await call.entity("video", call.id()))


async def download(call: PlatformCall) -> web.StreamResponse:
    """videos.download: the file's bytes, unchanged"""
    return media(call, await call.entity("video", call.id()), "video/mp4")
