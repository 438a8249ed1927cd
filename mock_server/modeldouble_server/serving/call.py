"""One request to one model, as its handler sees it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aiohttp import hdrs, web

from .. import settings, wire
from ..board import Popping, ReadAhead
from ..dialect import Dialect
from ..fake import Fake
from ..jobs import Failure, Trouble
from ..model import Model, ModelFailed
from ..predict.acting import corners
from ..refusal import Refused, shown
from ..results import Terms
from ..scene import Query, Settings, Turn
from ..stubs import Tied, Unmatched
from ..wire import State
from ..world import Entity, Kind
from .failing import failure

if TYPE_CHECKING:
    from ..ledger import Ledger
    from ..shared import SharedTurns
    from .forms import Form

_BATCH = 16
_JSON = "application/json"
_COUNTED = ("inference_batch", "inference_batch_ids", "inference_image_id_async")
"""Routes that some releases do not look at batch_size in."""
_TOKEN_LENGTH = 128
_UNSIGNED = "ValueError('API_TOKEN env variable is undefined')"
"""Clients know by this text that the server wants a token."""


class Call:
    """A request, the model it is for and the fake it came to.

    `route` is the path below the model. `passed_on` is the JSON body that the platform made of its own request.
    """

    def __init__(
        self, fake: Fake, model: Model, request: web.Request, route: str, passed_on: bytes | None = None
    ) -> None:
        self.fake = fake
        self.model = model
        self.request = request
        self.route = route
        self._raw = passed_on
        self._content_type = _JSON
        if passed_on is None and request.headers.get(hdrs.CONTENT_TYPE) != _JSON:
            self._content_type = request.content_type
        self.unseen: Ledger | None = None
        """With which its job is to be read, as it was not looked whether others have changed the model meanwhile."""
        self.ahead: ReadAhead | None = None
        """Its job, where that was read when its faults were counted."""
        self.number = 0
        """Of the first picture or video that it asks about, counted by the model."""
        self.form: Form | None = None
        """The form of the request, once it was read, which can be done only once."""
        self.queries: list[Query] = []
        """The pictures and videos that it asks about."""
        self.job: str | None = None
        """The job that it starts, or asks for."""
        self.fails: tuple[int, Failure] | None = None
        """The result with which the job that it starts is to fail, and why."""
        self.trouble: Trouble | None = None
        """What goes wrong with the job that it starts."""
        self.popping = Popping.NORMAL
        """How it is handed results."""
        self.memory: tuple[int, ModelFailed] | None = None
        """How many pictures the model takes at once, and what it raises over more."""
        self.asked_batch: int | None = None
        """The batch size that it asks for, if the model's memory has a bound."""

    def again(self, model: Model) -> "Call":
        """The same request, begun anew: its body can be read only once."""
        call = Call(self.fake, model, self.request, self.route)
        call._raw = self._raw
        return call

    @property
    def dialect(self) -> Dialect:
        """How the model's answers differ from the fake's own."""
        return self.model.dialect

    async def state(self) -> State:
        """The `state` of the JSON body, which the route needs."""
        try:
            return wire.read_state(await self._json(), self.dialect.unread)
        except Refused as refused:
            self.model.noticer.note("state-refused", refused.text)
            raise

    async def body(self) -> Any:
        """The JSON body; another content type is refused, as a browser's form could send it across sites."""
        if self.dialect.has("content-type-ignored") and "application/json" not in self._content_type:
            return None
        return await self._json()

    async def check_first(self) -> None:
        """What releases of 2023 ask of every JSON request before they look at its route."""
        if not self.dialect.has("body-checked-first") or "application/json" not in self._content_type:
            return
        body = await self._json()
        if not isinstance(body.get("context"), dict) or not isinstance(body.get("state", {}), (dict, list)):
            raise Refused(400, "context or state is no object; send objects", "body")
        if body.get("api_token") is None:
            raise Refused(400, "api_token is missing; send one of 128 characters", "token", _UNSIGNED)

    async def _json(self) -> Any:
        raw = await self.raw()
        typed = "application/json" in self._content_type
        if raw and not typed:
            raise Refused(400, f"Content-Type is {self._content_type!r}; send application/json", "content-type")
        said_json = typed and self.dialect.has("json-refused")
        try:
            body = wire.read_json(raw, self.fake.limits) if raw or said_json else None
        except Refused as refused:
            self.model.noticer.note("json-refused", refused.text)
            raise
        if said_json and not isinstance(body, dict):
            raise Refused(400, f"body is {shown(body)}; send a JSON object", "body")
        if raw and not isinstance(body, dict):
            raise Refused(400, f"body is {shown(body)}; send a JSON object", "body")
        if self.dialect.has("token-of-128"):
            _check_token(body)
        return body

    async def raw(self) -> bytes:
        """The body's bytes, as often as they are asked for."""
        if self._raw is None:
            content = self.request.content
            # A small body has come in with its head: aiohttp's way of reading one in pieces takes longer than all else.
            if content.is_eof() and content.total_bytes <= self.fake.limits.json_bytes:
                self._raw = content.read_nowait()
            else:
                self._raw = await self.request.read()
        return self._raw

    def terms(self, given: Mapping[str, Any]) -> Terms:
        """How the model is asked: under which settings, of which these were sent."""
        return Terms(self.route, self.settings(given), dict(given))

    async def take(self, queries: Sequence[Query]) -> list[Query]:
        """Note pictures, or a video, that are asked for, and take for each a turn of the stub that answers it.

        Where there are stubs and none answers, or two do, it is a 400, which no client repeats.
        """
        shared = self.model.shared
        try:
            if shared is not None and queries:
                return await self._take_shared(queries, shared.turns)
            stubs = self.model.stubs
            return [self._keep(query, stubs.take(query, self._note(query, None))) for query in queries]
        except (Unmatched, Tied) as error:
            raise Refused(400, str(error), "stub") from error

    async def _take_shared(self, queries: Sequence[Query], turns: "SharedTurns") -> list[Query]:
        # All numbers at once. Where one of the queries is refused, those of the ones behind it are nobody's.
        first = await turns.numbered(len(queries))
        taken: list[Query] = []
        for number, query in enumerate(queries, first):
            self._note(query, number)
            taken.append(self._keep(query, await turns.take(self.model.stubs, query, number)))
        # A stub may have been removed while those of other queries were counted.
        while gone := [at for at, one in enumerate(taken) if not self._has_stubs(one)]:
            for at in gone:
                taken[at] = queries[at]._replace(turns=await turns.take(self.model.stubs, queries[at], first + at))
        self.queries[-len(taken) :] = taken
        return taken

    def _has_stubs(self, taken: Query) -> bool:
        return self.model.stubs.knows([turn.stub for turn in taken.turns])

    def _note(self, query: Query, number: int | None) -> int:
        number = self.model.received.add(query, number)
        self.model.check(query)
        self._tell_of_region(query)
        self.number = self.number or number
        return number

    def _keep(self, query: Query, turns: tuple[Turn, ...]) -> Query:
        taken = query._replace(turns=turns)
        self.queries.append(taken)
        self._fill_memory()
        replay = self.model.spec.replay
        if replay is not None and not taken.turns:
            replay.check(taken)
        return taken

    def _fill_memory(self) -> None:
        if self.memory is None or self._at_once() <= self.memory[0]:
            return
        raised = self.memory[1]
        if not self.route.endswith("_async"):
            raise raised
        # The job is there, and fails as soon as it begins: that is when a real one fills the memory.
        self.fails = (0, failure(raised.kind, str(raised)))

    def _at_once(self) -> int:
        """Pictures, or frames, that the model has in its memory together."""
        given = len(self.queries) if self.queries[-1].origin.frames is None else self.asked_batch or 1
        return max(1, min(given, self.asked_batch or given))

    def crash(self, about: str) -> web.Response | None:
        """What the release answers over an exception that nobody caught; None in the fake's own words."""
        spoken = self.dialect.refusal("model", self.route, about)
        if spoken is None or spoken.status != 500:
            return None
        return web.Response(body=spoken.body, status=500, headers={"Content-Type": spoken.content_type})

    def _tell_of_region(self, query: Query) -> None:
        given = query.settings.get("rectangle")
        if given is None:
            return
        left, top, right, bottom = corners(given)
        if left < 0 or top < 0 or right >= query.subject.width or bottom >= query.subject.height:
            size = f"{query.subject.width} x {query.subject.height}"
            self.model.noticer.note("region-beyond", f"rectangle {left, top, right, bottom} of a picture of {size}")
        if query.settings.get("inference_mode") == "sliding_window":
            self.model.noticer.note("region-in-windows", "rectangle and sliding windows together")

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
            raise Refused(refused.status, refused.text, "setting") from refused

    def batch(self, state: State) -> int | None:
        """How many results are inferred together; None where a stop is not to wait for any."""
        self.check_batch_size(state)
        if not self.dialect.has("batches-of-16"):
            return 1 if self.dialect.has("stop-after-frame") else None
        read = self.dialect.has("batch-size-read") and self._looks_at_batch_size()
        size = state.whole(["batch_size"]) if read else None
        if read and size is None and "batch_size" in state.keys and self.dialect.has("batch-size-not-null"):
            raise Refused(400, f"{state.where}.batch_size is null; leave it out", "value")
        if size == 0:
            raise Refused(400, f"{state.where}.batch_size is 0; send a whole number of at least 1", "value")
        most = None if self.dialect.has("batch-unlimited") else self.model.spec.max_batch_size
        return min(_BATCH, most or _BATCH) if size is None else max(1, size)

    def check_batch_size(self, state: State) -> None:
        """Real servers compare with their limit the batch size that is asked for, and not what there is to infer."""
        if self.memory is not None:
            self.asked_batch = state.whole(["batch_size"])
        most = self.model.spec.max_batch_size
        if most is None or not self._looks_at_batch_size():
            return
        if (state.whole(["batch_size"]) or 0) > most:
            raise Refused(400, f"{state.where}.batch_size is over {most}; send at most {most}", "batch-size", str(most))

    def _looks_at_batch_size(self) -> bool:
        if self.dialect.has("batch-size-counted"):
            return self.route not in _COUNTED
        return not self.dialect.has("batch-unlimited")

    async def entity(self, kind: Kind, entity_id: int) -> Entity:
        """An entity of the model's world; 404 if there is none of that id."""
        return self._there(kind, entity_id, await self.model.world.get(kind, entity_id))

    async def entities(self, kind: Kind, ids: Sequence[int]) -> list[Entity]:
        """Entities in the order of `ids`, which may repeat; one that is missing refuses all."""
        found = await self.model.world.many(kind, ids)
        return [self._there(kind, entity_id, one) for entity_id, one in zip(ids, found, strict=True)]

    def _there(self, kind: Kind, entity_id: int, found: Entity | None) -> Entity:
        if found is None:
            replay = self.model.spec.replay
            if replay is not None:
                replay.check_id(kind, entity_id)
            self.model.noticer.note("id-unknown", f"{kind} {entity_id}")
            raise Refused(404, missing(kind, entity_id), "id-unknown")
        return found


def _check_token(body: Any) -> None:
    token = body.get("api_token") if isinstance(body, dict) else None
    if token is not None and (not isinstance(token, str) or len(token) != _TOKEN_LENGTH):
        text = f"Invalid token {shown(token)}: length != {_TOKEN_LENGTH}"
        raise Refused(400, text, "token", f"ValueError({text!r})")


def missing(kind: str, entity_id: int) -> str:
    """What is said of an id that the world does not have."""
    return f"{kind} id {shown(entity_id)} does not exist in this world; use an id that the platform's list methods give"
