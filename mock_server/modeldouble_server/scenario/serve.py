"""A scenario that is served: put into a fake at the start, and exchanged as a whole when its file changes."""

import logging

from ..default_world import TASK_ID, task
from ..fake import Fake
from ..refusal import CannotServe
from ..world import World
from .build import Built, derived_token
from .models import BuiltModel
from .put import put_projects, put_urls
from .stubbed import Told

log = logging.getLogger("modeldouble_server")


class Served:
    """What of a scenario a fake serves. `session_token` is the first model's, which takes the default model's place."""

    def __init__(self, fake: Fake, world: World, session_token: str, built: Built) -> None:
        self._fake, self._world, self._first = fake, world, session_token
        self._built = built
        self._models: dict[str, BuiltModel] = {}

    async def begin(self) -> None:
        """Put everything in place of the default model and beside the default world."""
        now = self._fake.clock.now()
        await put_projects(self._world, self._built.content, now)
        await put_urls(self._world, self._built.content, now)
        await self._serve(self._built, same_seed=True)

    async def exchange(self, built: Built) -> None:
        """Serve another scenario instead, or raise and change nothing. Models whose entries are the same go on.

        A job that runs goes on: with the predictor that its model has from now on, and where a stub answered it, with
        that stub's answer. Projects are made at the start only, as clients may have changed them since.
        """
        models = self._named(built)
        await put_urls(self._world, built.content, self._fake.clock.now())
        if built.content.projects != self._built.content.projects:
            log.warning("%s: projects are made at the start; restart to see those that changed", built.document.file)
        same_seed, self._built = built.seed == self._built.seed, built
        await self._serve(built, same_seed)
        for token in [one for one in self._models if one not in models]:
            del self._models[token]
            await self._fake.models.pop(token).board.drop()

    async def _serve(self, built: Built, same_seed: bool) -> None:
        models = self._named(built)
        for token, (task_id, one) in models.items():
            before = self._models.get(token)
            if before is None or not same_seed or before.entry != one.entry:
                await self._play(token, task_id, one)
                if one.spec.replay is not None:
                    await one.spec.replay.furnish(self._world)
                self._models[token] = one
            await self._world.add("task", task(task_id, token, one.name))
        await self._end_tasks({task_id for task_id, _ in models.values()})

    def _named(self, built: Built) -> dict[str, tuple[int, BuiltModel]]:
        """Models by session token, each with its task's id."""
        found: dict[str, tuple[int, BuiltModel]] = {}
        taken = {one.task_id for one in built.models}
        free = (one for one in range(TASK_ID, TASK_ID + 2**31) if one not in taken)
        for at, one in enumerate(built.models):
            task_id = one.task_id or next(free)
            token = self._first if at == 0 else one.session_token or derived_token(self._first, task_id)
            if token in found:
                raise CannotServe(f"{built.document.file}: two models have the first one's session token; change one")
            found[token] = (task_id, one)
        return found

    async def _play(self, token: str, task_id: int, one: BuiltModel) -> None:
        spec = one.spec._replace(info={**one.spec.info, "session_id": task_id, **one.entry.get("info", {})})
        model = self._fake.models.get(token)
        if model is None:
            model = self._fake.add_model(token, spec, self._world)
        else:
            if isinstance(spec.predictor, Told):
                spec.predictor.succeed(model.stubs)
            model.spec = spec
        # Once for all servers that share the model.
        model.faults.begin(one.faults, await model.ledger.begun(model.clock.now()) if one.faults else None)

    async def _end_tasks(self, running: set[int]) -> None:
        """End the tasks of models that are not there any more; those of apps elsewhere stay."""
        for entity in await self._world.all("task"):
            if entity["id"] not in running and entity["meta"]["sessionToken"] not in self._fake.apps:
                await self._world.update("task", entity["id"], lambda one: {**one, "status": "finished"})
