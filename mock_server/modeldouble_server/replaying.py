"""A recording in the place of the default model; nothing of it is loaded where there is none."""

from pathlib import Path

from .default_world import TASK_ID, task
from .fake import Fake
from .model import ModelSpec
from .refusal import CannotServe
from .world import World


class Replaying:
    """What a server replays. Without a folder, nothing; a folder that is no recording is a CannotServe."""

    def __init__(
        self, folder: str | Path | None, on_miss: str | None, proxy_url: str | None, seed: int | None = None,
        scenario: str | Path | None = None,
    ) -> None:  # fmt: skip
        self._spec: ModelSpec | None = None
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

    async def begin(self, fake: Fake, world: World, session_token: str) -> None:
        """Let the default model say what was recorded, in a world that has what it was recorded about."""
        spec = self._spec
        if spec is None or spec.replay is None:
            return
        fake.models[session_token].spec = spec
        await world.add("task", task(TASK_ID, session_token, str(spec.info.get("app_name", "Serving app"))))
        await spec.replay.furnish(world)
