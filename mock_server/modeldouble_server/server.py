"""A fake on a socket, in a thread of its own, so that it can be embedded in any program, synchronous or not."""

import asyncio
import ipaddress
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import Any, TypeVar

from aiohttp import web

from .app import make_app
from .clock import Clock
from .default_world import API_TOKEN, SESSION_TOKEN, TASK_ID
from .fake import Fake, Sleep, seed_fake
from .limits import Limits
from .store.sqlite import SqliteStore

T = TypeVar("T")
_START_TIMEOUT = 30.0
_STOP_TIMEOUT = 10.0


class CannotServe(Exception):
    """The server did not start; the text names the address and the remedy."""


class Server:
    """One fake on one port. `start` and `stop`, or `with`, or `async with`.

    `port` 0 takes a free one. `clock` is the models' clock, `sleep` what a synchronous video answer waits with. A host
    that is not loopback is refused unless both tokens are the operator's own, and then nothing is served without one.
    """

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, seed: int = 0, api_token: str | None = None,
        session_token: str | None = None, clock: Clock | None = None, sleep: Sleep = asyncio.sleep,
        limits: Limits | None = None,
    ) -> None:  # fmt: skip
        self._public = not is_loopback(host)
        if self._public and (not api_token or not session_token):
            raise CannotServe(
                f"host {host!r} is not loopback, and anyone who knows the built-in tokens could call the fake; set"
                " MODELDOUBLE_API_TOKEN and MODELDOUBLE_SESSION_TOKEN to secrets of your own, or use --host 127.0.0.1"
            )
        self.host, self.port = host, port
        self.api_token = api_token or API_TOKEN
        self.session_token = session_token or SESSION_TOKEN
        self.task_id = TASK_ID
        self.clock = clock or Clock()
        self._seed, self._sleep, self._limits = seed, sleep, limits or Limits()
        self._fake: Fake | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leave: asyncio.Event | None = None

    @property
    def server_address(self) -> str:
        """What a platform client takes as SERVER_ADDRESS."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def session_url(self) -> str:
        """What a client takes as `session_url`: the default model, by its session token."""
        return f"{self.server_address}/net/{self.session_token}"

    @property
    def fake(self) -> Fake:
        """What is served: its models and worlds."""
        if self._fake is None:
            raise RuntimeError("the server is not running; call start() first")
        return self._fake

    def start(self) -> "Server":
        """Serve from now on; returns when the socket answers. A port that is taken is a CannotServe."""
        if self._thread is not None:
            raise RuntimeError("the server is running already; call stop() before you start it again")
        ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="modeldouble", daemon=True)
        self._thread.start()
        try:
            ready.result(_START_TIMEOUT)
        except OSError as error:
            self._thread = None
            raise CannotServe(
                f"cannot listen on {self.host}:{self.port} ({error}); another process may have the port:"
                " use --port 0 for a free one"
            ) from error
        return self

    def stop(self) -> None:
        """End, and wait for it; requests under way are cut after half a second. Stopping twice is stopping once."""
        thread, self._thread = self._thread, None
        if thread is None or self._loop is None or self._leave is None:
            return
        self._loop.call_soon_threadsafe(self._leave.set)
        thread.join(_STOP_TIMEOUT)

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the server's own loop and wait for its result: how another thread changes the world."""
        if self._loop is None:
            raise RuntimeError("the server is not running; call start() first")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_START_TIMEOUT)

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> "Server":
        return await asyncio.to_thread(self.start)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)

    def _run(self, ready: "Future[None]") -> None:
        try:
            asyncio.run(self._serve(ready))
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    async def _serve(self, ready: "Future[None]") -> None:
        self._loop, self._leave = asyncio.get_running_loop(), asyncio.Event()
        store = SqliteStore(clock=time.time)
        self._fake = await seed_fake(
            store, sleep=self._sleep, clock=self.clock, limits=self._limits, seed=self._seed,
            api_token=self.api_token, session_token=self.session_token, at_root=not self._public,
        )  # fmt: skip
        runner = web.AppRunner(make_app(self._fake), access_log=None, handle_signals=False, shutdown_timeout=0.5)
        await runner.setup()
        try:
            await web.TCPSite(runner, self.host, self.port).start()
            self.port = runner.addresses[0][1]
            ready.set_result(None)
            await self._leave.wait()
        finally:
            await runner.cleanup()
            await store.close()


def serve(**options: Any) -> Server:
    """A server to be entered, `with serve() as server:`; options are those of `Server`."""
    return Server(**options)


def is_loopback(host: str) -> bool:
    """Only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
