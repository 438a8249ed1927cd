"""A fake on a socket, in a thread of its own, so that it can be embedded in any program, synchronous or not."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from .clock import Clock
from .default_world import API_TOKEN, SESSION_TOKEN, TASK_ID
from .dialect import read_dialect
from .fake import Fake, Sleep
from .forward import app_url
from .limits import Limits
from .listening import not_listening
from .loops import runner
from .model import ModelSpec
from .reach import check_host, check_tokens, is_loopback
from .refusal import CannotServe, Refused
from .replaying import Replaying
from .running import Running, Setup
from .scenario.play import Play
from .scene import Predictor
from .store import StoreDown
from .tenancy import Tenant
from .world import World

if TYPE_CHECKING:
    from .served import ServedModel

T = TypeVar("T")
_START_TIMEOUT, _SHARED_TIMEOUT = 30.0, 90.0
"""Seconds; who shares a store waits for the others, one after the other."""
_STOP_TIMEOUT = 10.0
_GRACE = 0.5
"""Tests that stop a server under load would wait for more. `modeldouble serve` has more, as its clients are others'."""
_MOST_GRACE = 3600.0


class Server:
    """One fake on one port. `start` and `stop`, or `with`, or `async with`.

    `port` 0 takes a free one. `clock` is the models' clock, `sleep` what a synchronous video answer waits with. A host
    that is not loopback is refused unless both tokens are the operator's own, and then nothing is served without one;
    an empty one is refused.

    `dialect` is a release of the official SDK, such as "6.74.51", or a year (2023, 2024, 2026): the model then answers
    as that release's server does, in `mode` "development" or "production". What is no release is a CannotServe.

    `scenario` is a file, or example:NAME, with models and platform content; what is wrong with it is a CannotServe. The
    other arguments override what it says. `replay` is a folder of `modeldouble record`, `on_miss` ("fail", "synthetic"
    or "proxy") what becomes of a question that is not in it, `proxy_url` who is asked then.

    `data_dir` is a folder in which worlds, contents and jobs outlive the server; it is made if it is absent. One that
    is not ours, or that another server has, is a CannotServe.

    `redis` is the address of a Redis, such as "redis://127.0.0.1:6379/0", whose worlds, contents, jobs and tenants all
    servers share that are given the same one.

    `grace` is how many seconds requests under way are given at the end, half a second if nobody says.

    `loop` is "asyncio", or "uvloop" if that is installed: `pip install 'modeldouble[uvloop]'`.

    `admin_token` is what `/__admin/` and `/metrics` want to be shown. Without one they answer on loopback only.

    `listener` is a socket of `host` that others have as well, who go on when this server ends; it is closed then.
    `contract_report` is a file of `modeldouble contract --json`, for the page to show; it need not be there yet.
    """

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, seed: int | None = None, api_token: str | None = None,
        session_token: str | None = None, clock: Clock | None = None, sleep: Sleep = asyncio.sleep,
        limits: Limits | None = None, dialect: str | None = None, mode: str | None = None,
        scenario: str | Path | None = None, replay: str | Path | None = None, on_miss: str | None = None,
        proxy_url: str | None = None, admin_token: str | None = None, data_dir: str | Path | None = None,
        redis: str | None = None, grace: float = _GRACE, loop: str = "asyncio", listener: socket.socket | None = None,
        contract_report: str | Path | None = None,
    ) -> None:  # fmt: skip
        self._limits = limits or Limits()
        self._play = Play(scenario, seed, self._limits)
        self._replaying = Replaying(replay, on_miss, proxy_url, seed, scenario)
        session_token = session_token or self._play.session_token
        check_host(host)
        self._public = not is_loopback(host)
        check_tokens(host, api_token, session_token, admin_token)
        self._admin_token = admin_token or None
        if data_dir is not None and redis is not None:
            raise CannotServe("data_dir and redis are two places for the same; give one of them")
        self._data_dir, self._redis = None if data_dir is None else Path(data_dir), redis
        if not 0 <= grace <= _MOST_GRACE:
            raise CannotServe(f"grace is {grace!r}; give seconds from 0 to {_MOST_GRACE:.0f}")
        self._grace, self._run = grace, runner(loop)
        self._contract_report = None if contract_report is None else Path(contract_report)
        self.host, self.port, self._listener = host, port, listener
        self.api_token = api_token or API_TOKEN
        self.session_token = session_token or SESSION_TOKEN
        self.task_id = self._play.task_id or TASK_ID
        self.clock, self._sleep = clock or Clock(), sleep
        self.dialect = read_dialect(dialect or self._play.dialect, mode or self._play.mode)
        self._running: Running | None = None
        self._thread: threading.Thread | None = None

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
        if self._running is None or self._running.fake is None:
            raise RuntimeError("the server is not running; call start() first")
        return self._running.fake

    def start(self) -> "Server":
        """Serve from now on; returns when the socket answers. A port that is taken is a CannotServe."""
        if self._thread is not None:
            raise RuntimeError("the server is running already; call stop() before you start it again")
        ready: Future[None] = Future()
        running = Running(self._setup(), self._play, self._replaying)
        thread = threading.Thread(target=running.run, args=(ready,), name="modeldouble", daemon=True)
        thread.start()
        patience = _START_TIMEOUT if self._redis is None else _SHARED_TIMEOUT
        try:
            ready.result(patience)
        except FutureTimeout as error:
            running.leave()
            raise CannotServe(f"did not start within {patience:.0f} s; see the log, and try again") from error
        except StoreDown as error:
            thread.join(_STOP_TIMEOUT)
            raise CannotServe(str(error)) from error
        except (OSError, OverflowError, UnicodeError) as error:
            thread.join(_STOP_TIMEOUT)
            raise CannotServe(not_listening(self.host, self.port, error)) from error
        self._thread, self._running, self.port = thread, running, running.port
        return self

    def stop(self, farewell: float = 0.0) -> None:
        """End, and wait for it. Stopping twice is stopping once.

        Nothing new is accepted, requests under way are answered for `grace` seconds more and then cut, with a reset.
        For `farewell` of these seconds others are as well, on connections of before, which are closed with the answer.
        A server that is started again has its port of before, and a new world unless it has a `data_dir`.
        """
        thread, self._thread = self._thread, None
        running, self._running = self._running, None
        if thread is not None and running is not None:
            running.leave(farewell)
            _join(thread, self._grace + _STOP_TIMEOUT)

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the server's own loop and wait for its result: how another thread changes the world."""
        if self._running is None or self._running.loop is None:
            work.close()
            raise RuntimeError("the server is not running; call start() first")
        return asyncio.run_coroutine_threadsafe(work, self._running.loop).result(_START_TIMEOUT)

    def add_model(
        self, preset: str = "detection", *, classes: Sequence[str] | None = None,
        settings: Mapping[str, Any] | None = None, info: Mapping[str, Any] | None = None,
        predictor: Predictor | Callable[..., Any] | None = None, seed: int = 0, pace: float | None = None,
        preparation: float | None = None, max_batch_size: int | None = None,
        latency: float | Mapping[str, Any] | None = None, spec: ModelSpec | None = None,
    ) -> "ServedModel":  # fmt: skip
        """Serve one more model, with a world, tokens and a clock of its own, until it is closed.

        `preset` is detection, instance_segmentation, semantic_segmentation, pose or classification. `classes` are
        names, `settings` and `info` are told beside or instead of the preset's. `predictor` has `predict(query)`, or is
        a function of a subject and settings. `pace` and `preparation` are seconds per frame, and before the first, of a
        job. `latency` is what pictures take that are answered at once: seconds, or a document of `docs/latency.md`, of
        which files are looked for in the working folder. `spec` stands for preset, classes and seed. Raises TypeError
        or ValueError.
        """
        from .model_options import model_spec
        from .served import ServedModel

        made = model_spec(
            preset, classes=classes, settings=settings, info=info, predictor=predictor, seed=seed, pace=pace,
            preparation=preparation, max_batch_size=max_batch_size, latency=latency, spec=spec,
        )  # fmt: skip
        return ServedModel(self, self.call(self.fake.add_tenant(made)))

    def remove(self, tenant: Tenant) -> None:
        """Forget a tenant; nothing is done if the server was stopped meanwhile, or started anew."""
        if self._thread is not None:
            self.call(self.fake.remove_tenant(tenant))

    def add_image(self, content: bytes, name: str = "image.png") -> int:
        """Add a picture to the world and give its id; bytes that are no picture are a ValueError."""
        try:
            return self.call(self.fake.add_image(self._world, content, name))
        except Refused as refused:
            raise ValueError(refused.text) from refused

    def add_video(self, frames: int, width: int = 640, height: int = 360, fps: float = 25.0) -> int:
        """Add a video without bytes, of any length, and give its id. It can be inferred, but not downloaded."""
        if frames < 0 or width < 1 or height < 1 or fps <= 0:
            raise ValueError(f"{frames} frames of {width} x {height} at {fps} fps; give positive numbers")
        return self.call(self.fake.add_video(self._world, frames, (width, height), fps))

    def add_app(self, url: str) -> int:
        """Give a serving app that runs elsewhere a task of the platform, and give its id: what is asked under the
        task's session token is passed on to `url`, which is the one address that the fake connects to."""
        return self.call(self.fake.add_app(self._world, app_url(url)))

    def add_project(
        self, path: str | Path, *, project_id: int | None = None, dataset_id: int | None = None,
        image_ids: Mapping[str, int] | int | None = None,
    ) -> int:  # fmt: skip
        """Make a folder a project of the platform and give its id: a downloaded Supervisely project, a COCO folder or a
        plain folder of pictures. Files are read in place and must stay.

        `dataset_id` is that of the first dataset, `image_ids` that of the first picture, or ids by name (or by
        "dataset/name"). A folder that cannot be read is a ValueError that names file and remedy.
        """
        # Loaded on first use, as few servers are given one.
        from .bring.project import Ids, find, put

        try:
            found = find(Path(path), self._limits)
            ids = Ids(project_id, dataset_id, image_ids)
            return self.call(put(self._world, found, ids, self.clock.now()))
        except Refused as refused:
            raise ValueError(refused.text) from refused

    @property
    def _world(self) -> World:
        return self.fake.worlds[self.api_token]

    def _setup(self) -> Setup:
        return Setup(
            self.host, self.port, self._public, self.api_token, self.session_token, self.clock, self._sleep,
            self._limits, self.dialect, self._admin_token, self._data_dir, self._redis, self._grace,
            self._run, self._listener, self._contract_report,
        )  # fmt: skip

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


def serve(**options: Any) -> Server:
    """A server to be entered, `with serve() as server:`; options are those of `Server`."""
    return Server(**options)


def _join(thread: threading.Thread, seconds: float) -> None:
    # In short waits, as on Windows a signal, which may ask to end at once, cannot interrupt a long one.
    until = time.monotonic() + seconds
    while thread.is_alive() and time.monotonic() < until:
        thread.join(0.2)
