"""One request to one model, as its handler sees it."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from .. import settings, wire
from ..fake import Fake
from ..model import Model
from ..refusal import Refused, shown
from ..scene import Settings
from ..wire import State
from ..world import Entity, Kind


class Call:
    """A request, the model it is for and the fake it came to.

    `passed_on` is the JSON body that the platform made of its own request for the model.
    """

    def __init__(self, fake: Fake, model: Model, request: web.Request, passed_on: bytes | None = None) -> None:
        self.fake = fake
        self.model = model
        self.request = request
        self._passed_on = passed_on

    async def state(self) -> State:
        """The `state` of the JSON body, which the route needs."""
        try:
            return wire.read_state(await self.body())
        except Refused as refused:
            self.model.noticer.note("state-refused", refused.text)
            raise

    async def body(self) -> Any:
        """The JSON body; another content type is refused, as a browser's form could send it across sites."""
        kind = self.request.content_type if self._passed_on is None else "application/json"
        raw = await self.request.read() if self._passed_on is None else self._passed_on
        if raw and "application/json" not in kind:
            raise Refused(400, f"Content-Type is {kind!r}; send application/json")
        try:
            return wire.read_json(raw, self.fake.limits) if raw else None
        except Refused as refused:
            self.model.noticer.note("json-refused", refused.text)
            raise

    def settings(self, given: Mapping[str, Any]) -> Settings:
        """Settings in force for this request; unknown names pass with a warning, where real servers say nothing."""
        defaults = self.model.spec.settings
        for name, near in settings.unknown(given, defaults):
            hint = f"did you mean {near!r}?" if near else f"known are {', '.join(sorted(defaults))}"
            self.model.noticer.note("setting-unknown", f"setting {name[:64]!r} is unknown, {hint}")
        try:
            return settings.resolve(given, defaults)
        except Refused as refused:
            self.model.noticer.note("setting-refused", refused.text)
            raise

    async def entity(self, kind: Kind, entity_id: int) -> Entity:
        """An entity of the model's world; 404 if there is none of that id."""
        found = await self.model.world.get(kind, entity_id)
        if found is None:
            self.model.noticer.note("id-unknown", f"{kind} {entity_id}")
            raise Refused(404, missing(kind, entity_id))
        return found

    async def entities(self, kind: Kind, ids: Sequence[int]) -> list[Entity]:
        """Entities in the order of `ids`, which may repeat; one that is missing refuses all."""
        return [await self.entity(kind, one) for one in ids]


def missing(kind: str, entity_id: int) -> str:
    """What is said of an id that the world does not have."""
    return f"{kind} id {shown(entity_id)} does not exist in this world; use an id that the platform's list methods give"
