"""Workspaces."""

from aiohttp import web

from ..answer import answer
from .call import PlatformCall
from .paging import page


async def info(call: PlatformCall) -> web.Response:
    """One workspace."""
    return answer(await call.entity("workspace", call.id()))


async def listed(call: PlatformCall) -> web.Response:
    """The workspaces of a team, in pages."""
    team = await call.entity("team", call.id("teamId"))
    return answer(page(call, await call.world.within("workspace", team["id"])))
