"""One fake: its store, limits, worlds and models. Two of them in one process share nothing."""

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count
from weakref import WeakSet

from yarl import URL

from . import entities
from .administration.console import Console
from .again import Again
from .blobs import Blobs, Contents
from .board import Board
from .changes import carry_out
from .clock import Clock
from .default_world import (
    API_TOKEN,
    PICTURES,
    PICTURES_DATASET_ID,
    SESSION_TOKEN,
    TASK_ID,
    default_spec,
    default_world,
    file_meta,
    furnish,
    task,
    video,
)
from .dialect import SUPERSET, Dialect
from .entities import Facts
from .forgetting import forget_former, served_prefix
from .ledger import Ledger, born, ledger_prefix
from .limits import Limits
from .model import Model, ModelSpec
from .picture import Examiner
from .refusal import Refused
from .store import Store
from .tenancy import OwnTenancy, Tenancy, Tenant, new_tokens
from .world import World

Sleep = Callable[[float], Awaitable[None]]


class Fake:
    """What the handlers work on. `models` are keyed by session token, `worlds` by API token."""

    def __init__(
        self, store: Store, sleep: Sleep, clock: Clock, limits: Limits, dialect: Dialect = SUPERSET,
        contents: Contents | None = None, passing: Store | None = None, *, shared: bool = False,
    ) -> None:  # fmt: skip
        """`passing` has the tenants, who are of one run; `contents`, what is uploaded, if it outlives the server.

        `shared`: other servers have the same store, so that what is changed of a model is for all of them.
        """
        self.store = store
        self._shared = shared
        self.passing = passing or store
        self.sleep = sleep
        self.clock = clock
        self.limits = limits
        self.dialect = dialect
        self.blobs = Blobs(limits.held_bytes, contents)
        self.examiner = Examiner(limits.pixels)
        self.worlds: dict[str, World] = {}
        self.models: dict[str, Model] = {}
        self.again = Again()
        self.apps: dict[str, URL] = {}
        """Serving apps that run elsewhere, by session token: the only addresses that the fake connects to."""
        self._numbers = count()
        self.stale: WeakSet[asyncio.Transport] = WeakSet()
        """Connections that are to be reset when another request comes on them."""
        self.held: WeakSet[asyncio.Transport] = WeakSet()
        """Connections on which a fault is being carried out, which may take for ever."""
        self.console = Console(clock.now, limits)
        """What the admin API is about, beside the models."""
        if shared:
            self.console.share(store, limits)
        self.tenancy: Tenancy = _tenancy(self, shared=shared)
        """Who finds models and worlds by their tokens."""
        self.born = ""
        """Of a store that is shared: what tells it from one that was emptied meanwhile."""
        self.root_model: Model | None = None
        """The model that also answers at the root of the server, without a token in the path."""

    def add_model(self, session_token: str, spec: ModelSpec, world: World) -> Model:
        """Serve a model under a session token, in a world."""
        model = self._serve(session_token, spec, world, self.store)
        model.tokens += tuple(token for token, one in self.worlds.items() if one is world)
        if self._shared:
            self._share(model, session_token)
        return model

    def _share(self, model: Model, session_token: str) -> None:
        # Loaded where it is needed, as few servers share anything.
        from .shared import Shared

        prefix, name = served_prefix(self.born), ledger_prefix(session_token)
        model.ledger = Ledger(partial(carry_out, model), self.store, f"{prefix}{name}", begins=True)
        model.shared = Shared(self.store, f"{prefix}shared:{name}", self.limits)
        model.shared.hear(model)

    def _serve(
        self, session_token: str, spec: ModelSpec, world: World, store: Store, *, tenant: bool = False,
        number: int | None = None,
    ) -> Model:  # fmt: skip
        # Of its own, so that one model's can be pushed forward; it goes with the server's.
        clock = Clock(self.clock.now)
        prefix = jobs_prefix(session_token)
        model = Model(
            spec, world, clock, lambda clock: Board(store, prefix, clock.now, self.limits.live_jobs),
            self.dialect, self.limits,
        )  # fmt: skip
        self.console.enroll(model, session_token, tenant=tenant, number=number)
        self.models[session_token] = model
        return model

    async def add_tenant(self, spec: ModelSpec) -> Tenant:
        """Serve a model in a world of its own, with tokens, clock and blobs of its own; too many are a ValueError."""
        if len(self.models) >= self.limits.models:
            raise ValueError(f"the server has {len(self.models):,} models, which is the limit; close some")
        prefix = f"tenant:{next(self._numbers)}:"
        return await self.open_tenant(new_tokens(), spec, prefix, Blobs(self.limits.held_bytes))

    async def open_tenant(
        self, tokens: tuple[str, str], spec: ModelSpec, prefix: str, blobs: Blobs, number: int | None = None,
        store: Store | None = None,
    ) -> Tenant:  # fmt: skip
        """Serve a tenant's model under its API and session tokens, its world's keys under `prefix`."""
        name = str(spec.info.get("app_name", "Serving app"))
        # Most tests ask the platform nothing: nine entities would be two thirds of what a tenant costs.
        mine = store or self.passing
        world = World(mine, prefix, blobs, lambda inner: furnish(inner, tokens[1], name))
        if spec.replay is not None:
            await spec.replay.furnish(world)
        self.worlds[tokens[0]] = world
        told = spec._replace(info={**spec.info, "session_id": spec.info.get("session_id") or TASK_ID})
        model = self._serve(tokens[1], told, world, mine, tenant=True, number=number)
        model.tokens += tokens[:1]
        tenant = self.console.tenants[tokens[1]] = Tenant(*tokens, model, prefix)
        return tenant

    async def remove_tenant(self, tenant: Tenant) -> None:
        """Forget a tenant's model, jobs and world; its tokens open nothing any more."""
        if self.forget_tenant(tenant):
            await tenant.model.board.drop()
            await self.passing.drop(tenant.prefix)

    def forget_tenant(self, tenant: Tenant) -> bool:
        """Serve a tenant's model no longer, and leave the store as it is; False: it is not served."""
        # A server that was started anew has other tenants, one of them perhaps with this one's prefix.
        if self.models.get(tenant.session_token) is not tenant.model:
            return False
        del self.models[tenant.session_token]
        self.console.tenants.pop(tenant.session_token, None)
        self.worlds.pop(tenant.api_token, None)
        return True

    async def add_app(self, world: World, url: URL) -> int:
        """Make an app that runs elsewhere a task of a world; its requests are passed on."""
        [task_id] = await world.new_ids("task")
        token = secrets.token_urlsafe(32)
        await world.add("task", task(task_id, token, "Serving app"))
        self.apps[token] = url
        return task_id

    async def add_image(self, world: World, content: bytes, name: str, chosen: int | None = None) -> int:
        """Add a picture to a world's dataset of pictures; bytes that are none are refused, and a chosen id that is
        taken."""
        sha256 = hashlib.sha256(content).hexdigest()
        picture = await asyncio.to_thread(self.examiner.examine, content, sha256, f"image {name[:120]!r}")
        kept = await world.count("image", PICTURES_DATASET_ID)
        if kept >= self.limits.entities:
            raise Refused(400, f"the world has {kept:,} images, which is the limit; start another server")
        image_id = await world.new_id("image", chosen)
        await world.blobs.add(sha256, content)
        facts = Facts(sha256, picture.width, picture.height, picture.mime, picture.size)
        made = entities.image(image_id, name, PICTURES, facts, entities.date(self.clock.now()))
        await world.add("image", made)
        return image_id

    async def add_video(
        self, world: World, frames: int, size: tuple[int, int], fps: float, chosen: int | None = None
    ) -> int:
        """Add a video that is a description only: it can be inferred, of any length, but not downloaded."""
        video_id = await world.new_id("video", chosen)
        sha256 = hashlib.sha256(f"video {video_id} of {frames} frames, {size}".encode()).hexdigest()
        await world.add("video", video(video_id, f"{video_id}.mp4", sha256, file_meta(size, frames, fps, 0)))
        return video_id


def jobs_prefix(session_token: str) -> str:
    """Of the keys of a model's jobs: by the token alone, so that a server that is started again finds them."""
    return f"job:{hashlib.sha256(session_token.encode()).hexdigest()[:32]}:"


def _tenancy(fake: Fake, *, shared: bool) -> Tenancy:
    if not shared:
        return OwnTenancy(fake)
    from .shared_tenancy import SharedTenancy

    return SharedTenancy(fake, fake.store)


async def seed_fake(
    store: Store, *, sleep: Sleep, clock: Clock, limits: Limits, seed: int = 0,
    api_token: str = API_TOKEN, session_token: str = SESSION_TOKEN, at_root: bool = True, dialect: Dialect = SUPERSET,
    contents: Contents | None = None, passing: Store | None = None, shared: bool = False, terms: str = "",
) -> Fake:  # fmt: skip
    """A fake with the default world and its model, both as they are after every start; what was added before stays.

    `terms`: what servers of the store have agreed to serve. What was changed of models under other terms was of others.
    """
    fake = Fake(store, sleep, clock, limits, dialect, contents, passing, shared=shared)
    if shared:
        fake.born = f"{await born(store)}{hashlib.sha256(terms.encode()).hexdigest()[:16]}"
        await forget_former(store, fake.born, clock.now())
    world = await default_world(store, "world:0:", fake.blobs, session_token, shared=shared)
    fake.worlds[api_token] = world
    model = fake.add_model(session_token, default_spec(seed), world)
    fake.root_model = model if at_root else None
    return fake
