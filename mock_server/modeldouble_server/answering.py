"""From whatever happens while a request is answered to an answer: the one place where exceptions become statuses."""

import logging
from collections.abc import Awaitable

from aiohttp import web

from .answer import Refusal, refusal
from .dialect import titled
from .limits import Limits
from .model import ModelFailed, encoded
from .refusal import Refused, shown
from .store import StoreDown

log = logging.getLogger("modeldouble_server")


async def answered(work: Awaitable[web.StreamResponse], request: web.Request, limits: Limits) -> web.StreamResponse:
    """What `work` answers, or the answer to what it raised."""
    try:
        return await work
    except Exception as error:  # noqa: BLE001 - `instead` logs what nobody has foreseen
        return instead(error, request, limits)


def instead(error: Exception, request: web.Request, limits: Limits) -> web.Response:
    """The answer to what was raised. To be called while it is being handled."""
    if isinstance(error, Refused):
        return refusal(error)
    if isinstance(error, StoreDown):
        return refusal(Refused(503, str(error)))
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return refusal(Refused(413, f"JSON over the limit of {limits.json_bytes:,} bytes; send less at once"))
    if isinstance(error, ModelFailed):
        said = Refusal(body=encoded({"detail": titled(str(error))}), status=500, content_type="application/json")
        said.why = f"{error.kind}: {error}"
        return said
    if isinstance(error, (web.RequestPayloadError, ConnectionError)):
        # Broken chunks, a wrong Content-Encoding, a caller that left: nothing of it is a defect of the fake.
        return refusal(Refused(400, f"body cannot be read to its end: {str(error)[:200]}; send it whole"))
    if isinstance(error, web.HTTPException):
        return refusal(Refused(error.status, f"{error.reason}: {request.method[:16]} {shown(request.path)}"))
    # The last line of defence: a defect of the fake's own must not look like the model's answer.
    log.exception("%s %s failed inside the fake", request.method, request.rel_url.raw_path.rpartition("/")[2])
    return refusal(Refused(500, "the fake itself failed, which is a defect of modeldouble; its log has the traceback"))
