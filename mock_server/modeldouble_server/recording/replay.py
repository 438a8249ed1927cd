"""What of a replay is beside its predictor: the app's words about itself, and who is asked for what is missing."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from aiohttp import web

from ..answer import raw_answer
from ..scene import Query
from ..world import Kind, World
from .facts import Facts, put_facts
from .index import NotRecorded
from .predictor import Recorded

if TYPE_CHECKING:
    from ..serving.call import Call
    from .live import Live

Serve = Callable[["Call", str], Awaitable[web.StreamResponse]]


class Replay(NamedTuple):
    """A recording that a model plays."""

    bodies: Mapping[str, bytes]
    """Answers about the model itself, by route, that go out as they were."""
    recorded: Recorded
    facts: Facts
    live: "Live | None" = None
    """The app itself, for what is missing."""

    def check(self, query: Query) -> None:
        """NotRecorded if the query has no answer and none is invented."""
        self.recorded.check(query)

    def check_id(self, kind: Kind, item_id: int) -> None:
        """NotRecorded for a picture or a video that is not in the world."""
        self.recorded.check_id(kind, item_id)

    async def furnish(self, world: World) -> None:
        """Put what the recording is about into a world."""
        await put_facts(world, self.facts)

    async def serve(self, call: "Call", method: str, otherwise: Serve) -> web.StreamResponse:
        """Answer a request: as it was recorded, as the fake does, or as the app does."""
        if method == "POST" and call.route in self.bodies:
            await call.body()
            return raw_answer(self.bodies[call.route])
        if self.live is None:
            return await otherwise(call, method)
        if await self.live.owns(call):
            return await self.live.ask(call)
        try:
            return await otherwise(call, method)
        except NotRecorded:
            return await self.live.ask(call)


def told(bodies: Mapping[str, Any], route: str) -> dict[str, Any]:
    """An object that the app told of itself; {} if it did not."""
    body = bodies.get(route)
    return dict(body) if isinstance(body, dict) else {}
