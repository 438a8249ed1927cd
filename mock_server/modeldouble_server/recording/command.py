"""What `modeldouble record` does: serve the proxy until it is told to leave."""

import asyncio
import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import aiohttp
from aiohttp import web
from yarl import URL

from ..forward import app_url
from ..reach import is_loopback
from ..redaction import known_secrets
from ..refusal import CannotServe
from .folder import MIB, Bounds, Folder
from .proxy import Proxy
from .recorder import Recorder, Told, about

ASKED_FIRST = (
    "get_session_info", "get_custom_inference_settings", "get_output_classes_and_tags", "get_model_meta",
    "get_tracking_settings", "get_deploy_info", "get_deploy_settings", "list_pretrained_models",
    "list_pretrained_model_infos", "is_deployed",
)  # fmt: skip
"""What the app says of itself, which a replay needs whether or not a client asks for it."""
_PATIENCE = 10.0
_LOOK_EVERY = 0.1
_WHO = "0" * 128
"""In place of a token, of which releases of 2023 want 128 characters. These routes do not use it."""


class Leave(Protocol):
    """Whether it is time to leave: a threading.Event is one, and what takes signals."""

    def is_set(self) -> bool:
        """It is."""
        ...


class Recording:
    """A proxy that records on a port, 0 for a free one. `async with`; `address` is then where it listens.

    A host that is not loopback, an app that does not answer within `patience`, in seconds, and a folder that is
    something else are a CannotServe.
    """

    def __init__(
        self, url: str, output: Path, *, host: str = "127.0.0.1", port: int = 0, sdk: str | None = None,
        limit: int | None = None, most_body: int | None = None,
        environment: Mapping[str, str] = os.environ, patience: float = _PATIENCE,
    ) -> None:  # fmt: skip
        if not is_loopback(host):
            raise CannotServe(f"--host {host} is not loopback, and anyone could use the app through it; use 127.0.0.1")
        self._url, self._host, self.port, self._sdk = app_url(url), host, port, sdk
        bounds = Bounds(
            Bounds().disk if limit is None else limit * MIB, Bounds().body if most_body is None else most_body
        )
        self._folder = Folder(output, known_secrets(environment, url), bounds)
        self._recorder, self._patience = Recorder(self._folder), patience

    @property
    def address(self) -> str:
        """What a client takes as `session_url`."""
        return f"http://{f'[{self._host}]' if ':' in self._host else self._host}:{self.port}"

    async def __aenter__(self) -> "Recording":
        try:
            await self._ask_first()
            self._runner = web.AppRunner(
                Proxy(self._url, self._recorder).app(), access_log=None, handle_signals=False,
                shutdown_timeout=_PATIENCE,
            )  # fmt: skip
            await self._runner.setup()
            await self._listen(self._runner)
        except BaseException:
            self._folder.abandon()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
        self._folder.close()

    async def _listen(self, runner: web.AppRunner) -> None:
        try:
            await web.TCPSite(runner, self._host, self.port).start()
        except OSError as error:
            await runner.cleanup()
            raise CannotServe(f"cannot listen on {self._host}:{self.port} ({error}); use --port 0") from error
        self.port = runner.addresses[0][1]

    async def _ask_first(self) -> None:
        timeout = aiohttp.ClientTimeout(total=self._patience)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as http:
                answers = [await self._ask(http, route) for route in ASKED_FIRST]
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            told = self._folder.secrets.cut(f"{self._url} does not answer ({str(error) or 'too slow'})")
            raise CannotServe(f"{told}; start the serving app, or give the address at which it runs") from error
        if not any(isinstance(one, dict) for one in answers):
            told = self._folder.secrets.cut(str(self._url))
            raise CannotServe(f"{told} answers as no serving app does; give the root of one, or its /net/TOKEN")
        self._folder.tell(about(str(self._url), self._sdk, answers[0]))

    async def _ask(self, http: aiohttp.ClientSession, route: str) -> Any:
        body = json.dumps({"state": {}, "context": {}, "api_token": _WHO}).encode()
        headers = {"Content-Type": "application/json"}
        url = URL(f"{str(self._url).rstrip('/')}/{route}", encoded=True)
        with self._recorder.passing("POST", route, "", headers) as (asked, answer):
            asked.request.body.add(body)
            async with http.post(url, data=body, headers=headers, allow_redirects=False) as got:
                first = time.monotonic()
                answer.add(said := await got.read())
                await self._recorder.end(asked, got.status, Told(got.headers, answer), first)
        try:
            return json.loads(said) if got.status == 200 else None
        except ValueError:
            return None


def record(url: str, output: Path, leave: Leave, ready: Callable[[str], None], **options: Any) -> None:
    """Record until `leave` is set, also before the app has answered; `ready` is called with the proxy's address."""

    async def recorded() -> None:
        async with Recording(url, output, **options) as recording:
            ready(recording.address)
            await asyncio.Event().wait()

    async def until() -> None:
        recording = asyncio.create_task(recorded())
        while not leave.is_set() and not recording.done():
            await asyncio.wait([recording], timeout=_LOOK_EVERY)
        recording.cancel()
        with suppress(asyncio.CancelledError):
            await recording

    asyncio.run(until())


def told_ready(address: str) -> str:
    """The lines by which others find the proxy. The platform's address and token stay what they are."""
    return f"modeldouble ready: {address}\nMODELDOUBLE_SESSION_URL={address}"
