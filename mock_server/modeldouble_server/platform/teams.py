"""Teams."""

from aiohttp import web

from ..answer import answer
from .call import PlatformCall
from .paging import page


async def info(call: PlatformCall) -> web.Response:
    """One team."""
    return answer(await call.entity("team", call.id()))


async def listed(call: PlatformCall) -> web.Response:
    """The teams, in pages."""
    return answer(page(call, await call.world.all("team")))
