"""One request to one platform method, as its handler sees it."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from .. import entities, wire
from ..fake import Fake
from ..refusal import Refused, shown
from ..world import Entity, Kind, World

_LISTS = ("frames", "imageIds")
"""Fields that a form or a query may repeat."""


class PlatformCall:
    """A request with its fields, in the world that its API token opens.

    `body` is the JSON that was sent, whose fields `fields` are; a method that takes an array finds it there.
    """

    def __init__(
        self, fake: Fake, world: World, request: web.Request, fields: dict[str, Any], body: Any = None
    ) -> None:
        self.fake = fake
        self.world = world
        self.request = request
        self.fields = fields
        self.body = body

    def id(self, name: str = "id") -> int:
        """An id among the fields; from a query string it comes as digits."""
        return _id(self.fields.get(name), name)

    def ids(self, name: str, most: int) -> list[int]:
        """A list of 1 to `most` ids."""
        return [_id(one, f"{name}[{at}]") for at, one in enumerate(self.listed(name, most))]

    def listed(self, name: str, most: int, least: int = 1) -> list[Any]:
        """A list among the fields."""
        return bounded(self.fields.get(name), name, most, least)

    def objects(self, name: str, most: int) -> list[dict[str, Any]]:
        """A list of 1 to `most` objects."""
        found = self.listed(name, most)
        for at, one in enumerate(found):
            as_object(one, f"{name}[{at}]")
        return found

    def text(self, name: str, default: str) -> str:
        """A text; `default` if it is missing or null."""
        value = self.fields.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise Refused(400, f"{name} is {shown(value)}; send a text")
        return value

    def object(self, name: str) -> dict[str, Any]:
        """An object; an empty one if it is missing or null."""
        value = self.fields.get(name)
        return {} if value is None else as_object(value, name)

    def flag(self, name: str) -> bool:
        """A yes or no; no if it is missing."""
        return self.fields.get(name) in (True, "true", "True", "1", 1)

    def named(self, value: Any, where: str = "name") -> str:
        """A name for something new: what a file or folder can be called, since downloads make it one."""
        if not isinstance(value, str) or not value.strip() or value in (".", ".."):
            raise Refused(400, f"{where} is {shown(value)}; send a text that names it")
        if any(one in "/\\" or ord(one) < 32 or ord(one) == 127 or "\ud800" <= one <= "\udfff" for one in value):
            raise Refused(400, f"{where} is {shown(value)}; send a name without slashes and control characters")
        most = self.fake.limits.name
        if len(value.encode()) > most:
            raise Refused(
                400, f"{where} is {shown(value)}, {len(value)} characters; send at most {most} bytes of UTF-8"
            )
        return value

    def now(self) -> str:
        """The date of what is made now."""
        return entities.date(self.fake.clock.now())

    async def entity(self, kind: Kind, entity_id: int) -> Entity:
        """The entity of that id; 404 in the platform's words if there is none."""
        return there(kind, entity_id, await self.world.get(kind, entity_id))

    async def entities(self, kind: Kind, ids: Sequence[int]) -> list[Entity]:
        """Those of the ids, in their order; 404 for the first that is not there."""
        found = await self.world.many(kind, ids)
        return [there(kind, entity_id, one) for entity_id, one in zip(ids, found, strict=True)]

    async def known(self, kind: Kind, ids: Iterable[Any]) -> dict[int, Entity]:
        """Those of the ids, whatever they are, that are there."""
        asked = list(dict.fromkeys([one for one in ids if type(one) is int]))
        found = zip(asked, await self.world.many(kind, asked), strict=True)
        return {entity_id: one for entity_id, one in found if one is not None}

    async def room(self, kind: Kind, parent: int, wanted: int = 1) -> None:
        """Refuse what would be more in one parent than the limit allows."""
        most = self.fake.limits.entities
        if await self.world.count(kind, parent) + wanted > most:
            raise Refused(400, f"no room for {wanted} more of kind {kind} in {parent}: the limit is {most:,}")


def there(kind: Kind, entity_id: int, found: Entity | None) -> Entity:
    """What was found under an id; 404 in the platform's words if nothing was."""
    if found is None:
        text = f"{kind.capitalize()} with id {entity_id} is either archived, doesn't exist"
        raise Refused(404, f"{text} or you don't have enough permissions to access it")
    return found


def as_object(value: Any, where: str) -> dict[str, Any]:
    """A value that must be an object."""
    if not isinstance(value, dict):
        raise Refused(400, f"{where} is {shown(value)}; send an object")
    return value


def bounded(value: Any, where: str, most: int, least: int = 1) -> list[Any]:
    """A value that must be a list of `least` to `most`."""
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise Refused(400, f"{where} is {shown(value)}; send a list of {least} to {most:,}")
    return value


def _id(value: Any, name: str) -> int:
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        return int(value)
    if type(value) is not int:
        raise Refused(400, f"{name} is {shown(value)}; send an id as a whole number")
    return value


async def read_call(fake: Fake, world: World, request: web.Request) -> PlatformCall:
    """A call with the fields of a JSON object, a form or the query: the platform takes reads in any of these forms.

    A multipart form is left in the request, for the method that takes one.
    """
    if request.content_type.startswith("multipart/"):
        return PlatformCall(fake, world, request, _repeated(list(request.query.items())))
    try:
        raw = await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        most = fake.limits.json_bytes
        raise Refused(413, f"JSON over the limit of {most:,} bytes; send less at once") from error
    query = list(request.query.items())
    if raw and "application/x-www-form-urlencoded" in request.content_type:
        return PlatformCall(
            fake, world, request,
            _repeated([*query, *parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)]),
        )  # fmt: skip
    body = wire.read_json(raw, fake.limits) if raw else {}
    return PlatformCall(fake, world, request, {**_repeated(query), **(body if isinstance(body, dict) else {})}, body)


def _repeated(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    fields: dict[str, Any] = dict(pairs)
    for name in _LISTS:
        values = [value for key, value in pairs if key == name]
        if values:
            fields[name] = [int(one) if one.isdecimal() and len(one) < 20 else one for one in values]
    return fields
