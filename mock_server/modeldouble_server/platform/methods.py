"""Which platform method is answered by which handler; every other is a 501."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from ..answer import WrongMethod
from ..fake import Fake
from ..refusal import Refused
from . import datasets, frames, images, instance, tasks, videos
from .call import PlatformCall, read_fields

Handler = Callable[[PlatformCall], Awaitable[web.StreamResponse]]

METHODS: dict[str, Handler] = {
    "tasks.info": tasks.info,
    "tasks.request.direct": tasks.direct,
    "images.info": images.info,
    "images.list": images.listed,
    "images.download": images.download,
    "datasets.info": datasets.info,
    "videos.info": videos.info,
    "videos.download": videos.download,
    "videos.download-frame": frames.one,
    "videos.bulk.download-frame": frames.many,
}
_VERBS = ("GET", "HEAD", "POST")


async def handle(fake: Fake, method: str, request: web.Request) -> web.StreamResponse:
    """Answer one platform method in the world of the request's API token."""
    if request.method not in _VERBS:
        raise WrongMethod(f"method {request.method[:16]} is not for the platform; send GET or POST", _VERBS)
    if method == "instance.version":
        return await instance.version()
    world = fake.worlds.get(request.headers.get("x-api-key", ""))
    if world is None:
        raise Refused(401, "x-api-key is missing or wrong; send the API_TOKEN that the server printed when it started")
    handler = METHODS.get(method)
    if handler is None:
        # Not a 404, which the official client takes for "no such entity" and answers with None.
        raise Refused(501, f"platform method {method[:80]!r} is not in this fake; it has {', '.join(sorted(METHODS))}")
    return await handler(PlatformCall(fake, world, request, await read_fields(fake, request)))
