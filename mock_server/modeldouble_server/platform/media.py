"""The bytes of a picture or a video, as the platform sends them."""

from aiohttp import web

from ..refusal import Refused
from ..world import Entity, sha256_of
from .call import PlatformCall


def media(call: PlatformCall, entity: Entity, mime: str) -> web.StreamResponse:
    """The content of an entity: a file is streamed, what is held in memory goes at once."""
    sha256 = sha256_of(entity)
    path = call.world.blobs.path(sha256)
    if path is not None:
        return web.FileResponse(path, headers={"Content-Type": mime})
    content = call.world.blobs.content(sha256)
    if content is None:
        raise Refused(404, f"id {entity['id']} has no content in this world: it was added as a description only")
    return web.Response(body=content, content_type=mime)
