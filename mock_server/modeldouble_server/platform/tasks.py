"""Tasks: the serving app's session, found by its id."""

from aiohttp import web

from ..answer import answer
from .call import PlatformCall


async def info(call: PlatformCall) -> web.Response:
    """tasks.info"""
    return answer(await call.entity("task", call.id()))
