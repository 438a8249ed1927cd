"""One request to one platform method, as its handler sees it."""

from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from .. import wire
from ..fake import Fake
from ..refusal import Refused, shown
from ..world import Entity, Kind, World


class PlatformCall:
    """A request with its fields, in the world that its API token opens."""

    def __init__(self, fake: Fake, world: World, request: web.Request, fields: dict[str, Any]) -> None:
        self.fake = fake
        self.world = world
        self.request = request
        self.fields = fields

    def id(self, name: str = "id") -> int:
        """An id among the fields; from a query string it comes as digits."""
        value = self.fields.get(name)
        if isinstance(value, str) and value.isdecimal() and len(value) < 20:
            return int(value)
        if type(value) is not int:
            raise Refused(400, f"{name} is {shown(value)}; send an id as a whole number")
        return value

    async def entity(self, kind: Kind, entity_id: int) -> Entity:
        """The entity of that id; 404 in the platform's words if there is none."""
        found = await self.world.get(kind, entity_id)
        if found is None:
            text = f"{kind.capitalize()} with id {entity_id} is either archived, doesn't exist"
            raise Refused(404, f"{text} or you don't have enough permissions to access it")
        return found


async def read_fields(fake: Fake, request: web.Request) -> dict[str, Any]:
    """Fields of a request, from a JSON object, a form or the query: the platform takes reads in any of these forms."""
    raw = await request.read()
    if raw and "application/x-www-form-urlencoded" in request.content_type:
        return {**request.query, **dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))}
    if not raw:
        return dict(request.query)
    body = wire.read_json(raw, fake.limits)
    if not isinstance(body, dict):
        raise Refused(400, f"body is {shown(body)}; send a JSON object")
    return {**request.query, **body}
