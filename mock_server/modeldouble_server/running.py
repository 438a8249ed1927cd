"""A server from its first socket to its last: what runs in the thread that `Server` starts."""

import asyncio
import json
import socket
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from aiohttp import web

from .administration.guard import Guard
from .app import App, make_app
from .clock import Clock
from .data_dir import State, state
from .dialect import Dialect
from .ending import Workers, cancel_the_rest
from .fake import Fake, Sleep, seed_fake
from .guards.gate import Gate
from .limits import Limits
from .loops import Run
from .replaying import Replaying
from .scenario.play import Play
from .store import StoreDown
from .turn import turn

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE = 0.25
"""Seconds that aiohttp waits for what is left after the end of all requests, which is nothing."""

_BACKLOG = 1024

_TELLING = 2.0
"""Seconds that a store has at the end to take what was asked lately."""

_MOST_PORT = 65535
_PIECES = 24 * 1024 * 1024
"""Bytes that are allocated once, and freed at once: from then on glibc keeps what is smaller for the next one, where it
would give it back to the system and take it anew, zeroed, with each piece of an upload that asyncio receives."""


class Setup(NamedTuple):
    """What a server was told to be, checked."""

    host: str
    port: int
    public: bool
    """Others than this machine can reach the host."""
    api_token: str
    session_token: str
    clock: Clock
    sleep: Sleep
    limits: Limits
    dialect: Dialect
    admin_token: str | None = None
    """What `/__admin/` wants to be shown; None: nothing, as only this machine reaches it."""
    data_dir: "Path | None" = None
    """Where the store and contents are kept between two runs; None: in memory."""
    redis: str | None = None
    """Where they are kept for all servers that are given the same address."""
    grace: float = 0.0
    """Seconds that requests under way are given at the end."""
    run: Run = asyncio.run
    """What runs the server's loop."""
    listener: socket.socket | None = None
    """What to listen on, if others have it too, who go on when this server ends; None: a socket of its own."""
    contract_report: "Path | None" = None
    """A report of `modeldouble contract --json`, to be shown; it need not be there yet."""


class Running:
    """One run of a server. `serve` returns when `leave` was called, from any thread."""

    def __init__(self, setup: Setup, play: Play, replaying: Replaying) -> None:
        self.setup = setup
        self.port = setup.port
        self.loop: asyncio.AbstractEventLoop | None = None
        self.fake: Fake | None = None
        self.gate = Gate(setup.limits)
        self._play = play
        self._replaying = replaying
        self._left: asyncio.Event | None = None
        self._over = False
        self._farewell = 0.0

    def leave(self, farewell: float = 0.0) -> None:
        """End: one that has ended by itself has nothing more to end, and one that still starts never listens.
        `farewell` is that of `Ending.finish`."""
        self._farewell, self._over = farewell, True
        if self.loop is not None and self._left is not None and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._left.set)

    def run(self, ready: "Future[None]") -> None:
        """Serve, on a loop of this thread's own; `ready` tells that the socket answers, or why it does not."""
        try:
            self.setup.run(self._serve(ready))
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    async def _serve(self, ready: "Future[None]") -> None:
        self.loop, self._left = asyncio.get_running_loop(), asyncio.Event()
        bytearray(_PIECES)
        self.loop.set_default_executor(Workers())
        async with self._state() as kept:
            await self._serve_from(kept, ready, self._left)

    def _state(self) -> AbstractAsyncContextManager[State]:
        if self.setup.redis is None:
            return state(self.setup.data_dir)
        from .redis_state import redis_state

        return redis_state(self.setup.redis)

    async def _serve_from(self, kept: State, ready: "Future[None]", left: asyncio.Event) -> None:
        async with AsyncExitStack() as serving:
            # Until all is there: another server would see half of it.
            async with _alone(kept):
                terms = await self._agree(kept, serving) if kept.shared else ""
                fake = self.fake = await self._seeded(kept, terms)
                app = await self._made(fake)
            await self._answer(fake, app, ready, left)

    async def _agree(self, kept: State, serving: AsyncExitStack) -> str:
        """Begin only if those that run serve the same: what that is."""
        # Loaded where it is needed, as few servers share anything.
        from .agreement import agreed, check_format, sealed

        setup, play = self.setup, self._play
        await check_format(kept.store)
        terms: dict[str, int | float | str | None] = {
            "seed": play.seed, "dialect": setup.dialect.name, "mode": setup.dialect.mode,
            "API token": sealed(setup.api_token), "session token": sealed(setup.session_token),
            "scenario": await play.digest(), **await self._replaying.terms(),
        }  # fmt: skip
        # What was changed of models does not go by them, and outlives others.
        limits = {f"limit {name}": value for name, value in setup.limits._asdict().items()}
        await serving.enter_async_context(agreed(kept.store, {**terms, **limits}, asyncio.sleep))
        return json.dumps(terms)

    async def _made(self, fake: Fake) -> App:
        guard = Guard(self.setup.host, self.setup.public, self.setup.admin_token)
        fake.console.open(guard, self.gate, self._play.seed, fake.models.values())
        fake.console.contract_report = self.setup.contract_report
        app = make_app(fake)
        await fake.tenancy.finish()
        await self._begin(fake)
        for model in fake.models.values():
            # Writes its first change, or a store that is emptied before anybody asks would not be noticed.
            await model.ledger.catch_up()
        return app

    async def _answer(self, fake: Fake, app: App, ready: "Future[None]", left: asyncio.Event) -> None:
        runner = web.ServerRunner(app.server, handle_signals=False, shutdown_timeout=_PATIENCE)
        await runner.setup()
        try:
            # Nobody waits for it any more, and nobody would end it.
            if self._over:
                return
            listening = await self._listen(app.server)
            try:
                ready.set_result(None)
                await left.wait()
            finally:
                fake.console.left.set()
                await app.ending.finish(listening, self.gate, self.setup.grace, self._farewell)
        finally:
            self.gate.close()
            await self._play.end()
            await _tell_others(fake)
            await cancel_the_rest()
            await runner.cleanup()

    async def _seeded(self, kept: State, terms: str) -> Fake:
        setup = self.setup
        return await seed_fake(
            kept.store, sleep=setup.sleep, clock=setup.clock, limits=setup.limits, seed=self._play.seed,
            api_token=setup.api_token, session_token=setup.session_token, at_root=not setup.public,
            dialect=setup.dialect, contents=kept.contents, passing=kept.passing, shared=kept.shared,
            terms=terms,
        )  # fmt: skip

    async def _begin(self, fake: Fake) -> None:
        world, token = fake.worlds[self.setup.api_token], self.setup.session_token
        await self._play.begin(fake, world, token)
        await self._replaying.begin(fake, world, token)

    async def _listen(self, manager: web.Server) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        if not 0 <= self.setup.port <= _MOST_PORT:
            # As asyncio says it; uvloop would take the rest of a division.
            raise OverflowError(f"port must be 0-{_MOST_PORT}")
        # aiohttp's own sites always make its own protocol; this is what they do, with ours.
        admit = partial(self.gate.admit, manager, loop)
        if self.setup.listener is not None:
            listening = await loop.create_server(admit, sock=self.setup.listener, backlog=_BACKLOG)
        else:
            listening = await loop.create_server(admit, self.setup.host, self.setup.port, backlog=_BACKLOG)
        self.port = listening.sockets[0].getsockname()[1]
        return listening


def _alone(kept: State) -> AbstractAsyncContextManager[None]:
    """While no other server of the store puts in what is there from the start."""
    return turn(kept.store, "starting", asyncio.sleep) if kept.shared else nullcontext()


async def _tell_others(fake: Fake) -> None:
    """Let other servers know what this one was asked up to its end, unless their store is away."""
    shared = [fake.console.shared, *(model.shared for model in fake.models.values())]
    with suppress(StoreDown, asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.gather(*(one.flush() for one in shared if one is not None)), _TELLING)
