"""One fake: its store, limits, worlds and models. Two of them in one process share nothing."""

from collections.abc import Awaitable, Callable

from .blobs import Blobs
from .board import Board
from .clock import Clock
from .default_world import API_TOKEN, SESSION_TOKEN, default_spec, default_world
from .limits import Limits
from .model import Model, ModelSpec
from .picture import Examiner
from .store import Store
from .world import World

Sleep = Callable[[float], Awaitable[None]]


class Fake:
    """What the handlers work on. `models` are keyed by session token, `worlds` by API token."""

    def __init__(self, store: Store, sleep: Sleep, clock: Clock, limits: Limits) -> None:
        self.store = store
        self.sleep = sleep
        self.clock = clock
        self.limits = limits
        self.blobs = Blobs()
        self.examiner = Examiner(limits.pixels)
        self.worlds: dict[str, World] = {}
        self.models: dict[str, Model] = {}
        self.root_model: Model | None = None
        """The model that also answers at the root of the server, without a token in the path."""

    def add_model(self, session_token: str, spec: ModelSpec, world: World) -> Model:
        """Serve a model under a session token, in a world."""
        prefix = f"job:{len(self.models)}:{session_token[:16]}:"
        model = Model(
            spec, world, self.clock, lambda clock: Board(self.store, prefix, clock.now, self.limits.live_jobs)
        )
        self.models[session_token] = model
        return model


async def seed_fake(
    store: Store, *, sleep: Sleep, clock: Clock, limits: Limits, seed: int = 0,
    api_token: str = API_TOKEN, session_token: str = SESSION_TOKEN, at_root: bool = True,
) -> Fake:  # fmt: skip
    """A fake with the default world and its model, both as they are after every start."""
    fake = Fake(store, sleep, clock, limits)
    world = await default_world(store, "world:0:", fake.blobs, session_token)
    fake.worlds[api_token] = world
    model = fake.add_model(session_token, default_spec(seed), world)
    fake.root_model = model if at_root else None
    return fake
