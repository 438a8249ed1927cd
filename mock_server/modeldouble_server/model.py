"""A model that the fake plays: what it says of itself, and who predicts."""

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from .board import Board
from .changes import carry_out
from .clock import Clock
from .deployment import Deployment
from .deviations import Noticer
from .dialect import SUPERSET, Dialect
from .faults.orders import Orders
from .journal import Journal
from .ledger import ANEW, Ledger
from .limits import Limits
from .meta import Meta, Needed, needed
from .predict.acting import act, check, ways
from .project_meta import project_meta
from .received import Received
from .redaction import Secrets
from .refusal import shown
from .scene import Answer, Predictor, Query
from .stubs import Raised, Stubs
from .world import World
from .written import Written

if TYPE_CHECKING:
    from .latency.latency import Latency
    from .recording.replay import Replay
    from .shared import Shared
    from .stubs.engine import Miss

T = TypeVar("T")
_LIMITS = Limits()
_AT_ONCE = 4
"""Answers of a slow predictor that are made at the same time."""


class ModelFailed(Exception):
    """The model raised; `kind` is the name of its exception's class."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class ModelSpec(NamedTuple):
    """A model before it is served: its session info, settings, classes and tags, predictor and pace."""

    info: Mapping[str, Any]
    settings: Mapping[str, Any]
    meta: Meta
    predictor: Predictor
    pace: float = 0.02
    """Seconds that the model takes for a frame of an asynchronous job."""
    preparation: float = 0.0
    """Seconds before the first frame of a job is begun."""
    max_batch_size: int | None = None
    deploy_info: Mapping[str, Any] = {}
    """The twelve keys of get_deploy_info; without `deploy_params` the model cannot be frozen."""
    pretrained: Sequence[Mapping[str, Any]] = ()
    """Models that deploy_from_api takes by name, each with `meta` of model_name, task_type and model_files."""
    patience: float | None = None
    """Seconds that a slow predictor may take for one answer, in a thread of its own; None: it answers at once."""
    latency: "Latency | None" = None
    """How long pictures take that are answered at once; a job has its pace."""
    replay: "Replay | None" = None
    """The recording that the model plays."""

    def predict(self, query: Query) -> Answer:
        """What the model answers under settings that were resolved before."""
        return act(raised(self.predictor, query), query, ways(self.info, self.meta.names))


def raised(predictor: Predictor, query: Query) -> Answer:
    """A predictor's answer; whatever it raises is the model's failure."""
    try:
        found: object = predictor.predict(query)
    except Raised as error:
        raise ModelFailed(error.kind, error.text) from error
    except Exception as error:
        raise ModelFailed(type(error).__name__, str(error)) from error
    if not isinstance(found, Answer):
        remedy = "return Answer(objects=(Detection(...), ...))"
        raise ModelFailed("TypeError", f"{type(predictor).__name__}.predict returned {shown(found)}; {remedy}")
    return found


class Model:
    """A tenant: one served model with its own clock, stubs, jobs and warnings, in one world."""

    stubs: Stubs
    who: object
    """Who predicts; another one whenever the predictor is, or was rewound."""
    is_pure: bool
    """The predictor is one of ours, which says the same of the same, and nobody counts how often it is asked."""
    joining: list[Needed]
    """What predictions need of the meta, and other servers do not know yet, if there are others."""
    _meta: Meta
    _known: frozenset[str]

    def __init__(
        self, spec: ModelSpec, world: World, clock: Clock, make_board: Callable[[Clock], Board],
        dialect: Dialect = SUPERSET, limits: Limits = _LIMITS, timer: Callable[[], float] = time.perf_counter,
    ) -> None:  # fmt: skip
        self.world = world
        self.clock = clock
        self.board = make_board(clock)
        self.noticer = Noticer(str(spec.info.get("model_name", "model")), dialect)
        self.dialect = dialect
        self.deployment = Deployment(spec.deploy_info, spec.pretrained)
        self.faults = Orders(clock.now, limits.faults)
        self.received = Received()
        self.written = Written(encoded)
        self.ledger = Ledger(partial(carry_out, self))
        self.shared: Shared | None = None
        """What it has in common with other servers beside, if they share a store."""
        self.spread_miss: Callable[[Miss], None] | None = None
        """Called with each call that no stub answers, or two, if other servers are to know of it."""
        self.number = 0
        """By which the admin API knows the model."""
        self.is_tenant = False
        """It was made by a test, or over the admin API, and is not the operator's."""
        self.tokens: tuple[str, ...] = ()
        """What opens the model, and must not stand in its journal."""
        self.journal = Journal(clock.now, self._secrets, limits.journal_entries, limits.journal_bytes)
        self.timer = timer
        self._spreading = asyncio.Lock()
        self._known_secrets: Secrets | None = None
        self._most_stubs = limits.stubs
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._spec = spec
        self._engage()
        self._tell()

    @property
    def spec(self) -> ModelSpec:
        """What is served. Another one takes the place of the whole, stubs included, and may be set at any time."""
        return self._spec

    @spec.setter
    def spec(self, spec: ModelSpec) -> None:
        before, self._spec = self._spec, spec
        if before.predictor is not spec.predictor or before.meta != spec.meta:
            self._engage()
        self._tell()

    @property
    def name(self) -> str:
        """What the session info calls the app."""
        return str(self._spec.info.get("app_name", "model"))

    @property
    def meta(self) -> Meta:
        """The classes and tags as they are told now."""
        return self._meta

    def renew(self) -> None:
        """Be as the model was at first: without stubs and what they brought into the meta, and not frozen."""
        self.deployment = Deployment(self._spec.deploy_info, self._spec.pretrained)
        if isinstance(self._spec.predictor, Stubs):
            self._spec.predictor.rewind(self._further)
        self._engage()
        self._tell()

    async def reset(self) -> None:
        """Be as the model was when it was served: its own stubs and faults, and nothing that came since."""
        await self.board.drop()
        if self.shared is not None:
            await self.shared.forget()
        begun, ends = self.clock.now() - self.clock.offset, None if self.shared is None else self.shared.turns.life
        await self.ledger.make({"kind": ANEW, "life": secrets.token_hex(8), "begun": begun, "ends": ends})
        if self.shared is not None:
            await self.shared.turns.forget_former()

    def begin_again(self, life: str, begun: float, ends: str | None = None) -> None:
        """As `reset`, but for the jobs, at a moment. No other time between two resets is named as this `life`, and
        the one before as `ends`."""
        latency = self._first.latency
        self.clock.offset = 0.0
        self.spec = self._first._replace(latency=None if latency is None else latency.again())
        self.renew()
        self.faults.renew(begun)
        if self.shared is not None:
            self.shared.turns.begin_again(life, ends)
        self.journal.clear()
        self.received.clear()
        self.noticer.forget()

    def join(self, answer: Answer) -> None:
        """Let classes and tags that the meta lacks join it, as a stub may name any."""
        self.grow(needed(answer))

    def grow(self, needed: Needed) -> None:
        """Let classes and tags that the meta lacks join it."""
        grown = self._meta.grown(needed)
        if grown != self._meta:
            self._meta, self._known = grown, self._known.union(grown.names)
            self._tell()

    def predict(self, query: Query) -> Answer:
        """What the model answers: a stub that was taken for the query, or the predictor."""
        found = act(raised(self.stubs, query), query, self._ways)
        # A background class, or one that a predictor of the operator's own made up.
        if not self._known.issuperset([one.class_name for one in found.objects]):
            self._meet(found)
        return found

    def _meet(self, found: Answer) -> None:
        if not self.ledger.shared:
            self.join(found)
            return
        # In the order of the ledger, so that all servers tell the same meta.
        self.joining.append(needed(found))
        self._known = self._known.union([one.class_name for one in found.objects])

    async def spread_joining(self) -> None:
        """Let classes that came with predictions here join the meta on every server."""
        async with self._spreading:
            if not self.joining:
                return
            for one in list(self.joining):
                await self.ledger.note({"kind": "join", "classes": one.classes, "tags": one.tags})
                self.joining = [other for other in self.joining if other is not one]
            await self.ledger.settle()

    def foresee(self, query: Query) -> Answer:
        """What `predict` would answer; nothing of it joins the meta."""
        return act(raised(self.stubs, query), query, self._ways)

    def _missed(self, miss: "Miss") -> None:
        if self.spread_miss is not None:
            self.spread_miss(miss)

    def check(self, query: Query) -> None:
        """Refuse settings that cannot act on a picture of this size, before anything is predicted."""
        check(query, self._ways)

    async def work(self, answers: Callable[[], T]) -> T:
        """Make answers: at once, or in a thread if the predictor is a slow one, a few at a time and not for ever."""
        patience = self.spec.patience
        if patience is None:
            return answers()
        async with self._slots:
            try:
                return await asyncio.wait_for(asyncio.to_thread(answers), patience)
            except asyncio.TimeoutError as error:
                raise ModelFailed("TimeoutError", f"the model took longer than its {patience:g} s") from error

    def _secrets(self) -> Secrets:
        # Made when it is needed: most models of tests are never asked anything that could bear a token.
        if self._known_secrets is None:
            self._known_secrets = Secrets(self.tokens)
        return self._known_secrets

    def _engage(self) -> None:
        given = self._spec.predictor
        self.stubs = given if isinstance(given, Stubs) else Stubs(given)
        self._first, self._further = self._spec, self.stubs.next_number
        self.stubs.most = self._most_stubs
        self._meta = self._spec.meta
        self.stubs.told, self.stubs.missed = self.join, self._missed
        for answer in self.stubs.answers():
            self._meta = self._meta.joined(answer)
        self._known = frozenset(self._meta.names)
        self.joining = []
        self.who = object()
        self.is_pure = bool(getattr(given, "pure", False))
        # By the classes of the model, not by those that joined: the background class must not change on the way.
        self._ways = ways(self._spec.info, self._spec.meta.names)

    def _tell(self) -> None:
        self.info_body = encoded(self.dialect.shaped("info", _told(self._spec.info, self.dialect)))
        self.settings_body = encoded({"settings": dict(self._spec.settings)})
        self.meta_body = encoded(_shaped(project_meta(self._meta), self.dialect))


def _told(info: Mapping[str, Any], dialect: Dialect) -> dict[str, Any]:
    unknown = dialect.mode == "development" and dialect.has("session-only-in-production")
    return {**info, "session_id": None} if unknown else dict(info)


def _shaped(meta: dict[str, Any], dialect: Dialect) -> dict[str, Any]:
    classes = [dialect.shaped("class", one) for one in meta["classes"]]
    tags = [dialect.shaped("tag", one) for one in meta["tags"]]
    return dialect.shaped("meta", {**meta, "classes": classes, "tags": tags})


def encoded(value: Any) -> bytes:
    """JSON as it goes on the wire."""
    return _ENCODER.encode(value).encode()


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
