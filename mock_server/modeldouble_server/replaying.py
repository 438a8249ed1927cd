"""A recording in the place of the default model; nothing of it is loaded where there is none."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from .default_world import TASK_ID, task
from .fake import Fake
from .model import ModelSpec
from .refusal import CannotServe
from .world import World

if TYPE_CHECKING:
    from .agreement import Terms


class Replaying:
    """What a server replays. Without a folder, nothing; a folder that is no recording is a CannotServe."""

    def __init__(
        self, folder: str | Path | None, on_miss: str | None, proxy_url: str | None, seed: int | None = None,
        scenario: str | Path | None = None,
    ) -> None:  # fmt: skip
        self._spec: ModelSpec | None = None
        self._folder, self._on_miss, self._proxy_url = folder, on_miss or "fail", proxy_url
        if folder is None:
            if on_miss is not None or proxy_url is not None:
                raise CannotServe("--on-miss and --proxy-url are about a recording; give --replay DIR too")
            return
        if scenario is not None:
            raise CannotServe("--scenario and --replay both name the models; give one, a scenario may have `recorded`")
        if proxy_url is not None and on_miss != "proxy":
            raise CannotServe("--proxy-url is not asked; give --on-miss proxy too")
        from .recording import recorded_model

        self._spec = recorded_model(Path(folder), on_miss or "fail", proxy_url, seed or 0)

    async def terms(self) -> "Terms":
        """What servers that share a store must have in common of it; nothing without a folder."""
        if self._folder is None:
            return {}
        from .agreement import sealed
        from .recording import identity

        digest = await asyncio.to_thread(identity, Path(self._folder), grows=self._on_miss == "proxy")
        told: dict[str, str] = {"replay": digest, "on-miss": self._on_miss}
        return told if self._proxy_url is None else {**told, "proxy-url": sealed(self._proxy_url)}

    async def begin(self, fake: Fake, world: World, session_token: str) -> None:
        """Let the default model say what was recorded, in a world that has what it was recorded about."""
        spec = self._spec
        if spec is None or spec.replay is None:
            return
        fake.models[session_token].spec = spec
        await world.add("task", task(TASK_ID, session_token, str(spec.info.get("app_name", "Serving app"))))
        await spec.replay.furnish(world)
