"""The platform's word on itself."""

from aiohttp import web

from ..answer import answer

VERSION = "6.18.3"
"""The least version that the newest client release accepts without a warning."""


async def version() -> web.Response:
    """instance.version, which clients ask after any failure, also with a wrong token."""
    return answer({"version": VERSION})
