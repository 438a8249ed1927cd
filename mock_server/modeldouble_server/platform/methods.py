"""Which platform method is answered by which handler; every other is a 501."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from ..answer import WrongMethod
from ..fake import Fake
from ..refusal import Refused, shown
from . import (
    annotations,
    apps,
    bulk,
    datasets,
    figures,
    frames,
    images,
    instance,
    media,
    metas,
    projects,
    tasks,
    teams,
    uploads,
    users,
    videos,
    workspaces,
)
from .call import PlatformCall, read_call
from .refusals import platform_refusal

Handler = Callable[[PlatformCall], Awaitable[web.StreamResponse]]

METHODS: dict[str, Handler] = {
    "annotations.bulk.add": annotations.bulk_add,
    "annotations.bulk.info": annotations.bulk_info,
    "annotations.info": annotations.info,
    "annotations.list": annotations.listed,
    "figures.bulk.add": figures.bulk_add,
    "figures.bulk.download.geometry": figures.download_geometry,
    "figures.bulk.upload.geometry": figures.upload_geometry,
    "apps.list": apps.listed,
    "apps.tasks.list": apps.sessions,
    "datasets.add": datasets.add,
    "datasets.info": datasets.info,
    "datasets.list": datasets.listed,
    "ecosystem.list": apps.ecosystem,
    "images.bulk.add": bulk.add,
    "images.bulk.download": bulk.download,
    "images.bulk.upload": uploads.upload,
    "images.download": images.download,
    "images.info": images.info,
    "images.internal.hashes.list": uploads.hashes,
    "images.list": images.listed,
    "projects.add": projects.add,
    "projects.info": projects.info,
    "projects.list": projects.listed,
    "projects.meta": metas.info,
    "projects.meta.update": metas.update,
    "projects.settings.update": projects.update_settings,
    "tasks.data.get": tasks.data,
    "tasks.info": tasks.info,
    "tasks.list": tasks.listed,
    "tasks.request.direct": tasks.direct,
    "teams.info": teams.info,
    "teams.list": teams.listed,
    "users.me": users.me,
    "videos.bulk.download-frame": frames.many,
    "videos.download": videos.download,
    "videos.download-frame": frames.one,
    "videos.info": videos.info,
    "videos.list": videos.listed,
    "workspaces.info": workspaces.info,
    "workspaces.list": workspaces.listed,
}
_ARRAYS = ("images.internal.hashes.list",)
_FORMS = ("figures.bulk.upload.geometry", "images.bulk.upload")
_VERBS = ("GET", "HEAD", "POST")


async def handle(fake: Fake, method: str, request: web.Request) -> web.StreamResponse:
    """Answer one platform method in the world of the request's API token."""
    try:
        return await _handled(fake, method, request)
    except Refused as refused:
        return platform_refusal(refused)


async def _handled(fake: Fake, method: str, request: web.Request) -> web.StreamResponse:
    if request.method not in _VERBS:
        raise WrongMethod(f"method {request.method[:16]} is not for the platform; send GET or POST", _VERBS)
    if method == "instance.version":
        return await instance.version()
    if method.startswith(media.STORAGE):
        return await media.stored(fake, method.removeprefix(media.STORAGE), request)
    world = await fake.tenancy.world(request.headers.get("x-api-key", ""))
    if world is None:
        raise Refused(401, "x-api-key is missing or wrong; send the API_TOKEN that the server printed when it started")
    handler = METHODS.get(method)
    if handler is None:
        # Not a 404, which the official client takes for "no such entity" and answers with None.
        raise Refused(501, f"platform method {method[:80]!r} is not in this fake; it has {', '.join(sorted(METHODS))}")
    call = await read_call(fake, world, request)
    _check_form(method, call)
    return await handler(call)


def _check_form(method: str, call: PlatformCall) -> None:
    kind = call.request.content_type
    if kind.startswith("multipart/") != (method in _FORMS):
        wanted = "multipart/form-data" if method in _FORMS else "application/json"
        raise Refused(400, f"Content-Type is {shown(kind)}; send {wanted} to {method}")
    if method not in _ARRAYS + _FORMS and not isinstance(call.body or {}, dict):
        raise Refused(400, f"body is {shown(call.body)}; send a JSON object")
