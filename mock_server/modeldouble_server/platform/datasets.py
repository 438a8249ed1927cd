"""Datasets."""

from aiohttp import web

from ..answer import answer
from .call import PlatformCall


async def info(call: PlatformCall) -> web.Response:
    """datasets.info"""
    return answer(await call.entity("dataset", call.id()))
