"""The one user of a world."""

from aiohttp import web

from ..answer import answer
from ..entities import OWNER_ID
from .call import PlatformCall


async def me(call: PlatformCall) -> web.Response:
    """The user whose token it is."""
    return answer(await call.entity("user", OWNER_ID))
