"""run_speedtest: how long the model takes for batches of a project's pictures, measured by a job."""

from aiohttp import web

from ..refusal import Refused, shown
from ..wire import PROJECT_ID, State
from ..work import speedtest_work
from ..world import Entity
from .call import Call
from .start import begun, start_failed

_MOST_PICTURES = 100
"""Real apps measure on the first hundred of the project, again and again."""
_WARMUP = 3


async def run_speedtest(call: Call) -> web.Response:
    """Start a job with a result per iteration: "total", "preprocess", "inference", "postprocess" of a batch, in ms.

    The fake's figures are the pace that its model was given, and not a measurement.
    """
    state = await call.state()
    terms = call.terms(state.settings())
    batch_size = _batch_size(call, state)
    iterations, warmup = _times(call, state)
    project_id = state.needed(PROJECT_ID)
    datasets = None if state.first(["dataset_ids"]) is None else set(state.ids(["dataset_ids"], call.fake.limits.ids))
    project = await call.model.world.get("project", project_id)
    pictures = [] if project is None else await _pictures(call, project, datasets)
    if not pictures:
        text = f"project {project_id} has no pictures to measure on; name one with pictures, or other dataset_ids"
        call.model.noticer.note("speedtest-on-nothing", text)
        return await start_failed(call, text)
    spec = call.model.spec
    pace = spec.pace * batch_size
    work = speedtest_work(pictures, pace, terms)
    preparation = spec.preparation + warmup * pace
    board = call.model.board
    return begun(call, await board.start(iterations, pace, preparation, work, None, call.fails, call.trouble))


def _batch_size(call: Call, state: State) -> int:
    size = state.whole(["batch_size"], 1)
    if size is None:
        raise Refused(400, f"{state.where}.batch_size is missing; send the number of pictures in a batch", "value")
    spec = call.model.spec
    if size > 1 and not spec.info.get("batch_inference_support"):
        text = f"Batch inference is not implemented for this model; {state.where}.batch_size is {size}: send 1"
        raise Refused(501, text, "batch-support")
    most = (None if call.dialect.has("batch-unlimited") else spec.max_batch_size) or call.fake.limits.files
    if size > most:
        text = f"Batch size should be less than or equal to {most} for this model"
        raise Refused(400, f"{text}; {state.where}.batch_size is {size}: send at most {most}", "batch-size", str(most))
    return size


def _times(call: Call, state: State) -> tuple[int, int]:
    """Iterations and warm-up ones."""
    iterations, warmup = state.whole(["num_iterations"]), state.whole(["num_warmup"])
    if iterations is None:
        raise Refused(
            400, f"{state.where}.num_iterations is missing; send a whole number", "iterations", "num_iterations"
        )
    most = call.fake.limits.iterations
    for name, value in (("num_iterations", iterations), ("num_warmup", warmup)):
        if value is not None and value > most:
            raise Refused(400, f"{state.where}.{name} is {shown(value)}; send at most {most:,}")
    return iterations, _WARMUP if warmup is None else warmup


async def _pictures(call: Call, project: Entity, datasets: set[int] | None) -> list[Entity]:
    if project["type"] != "images":
        text = f"project {project['id']} is one of {project['type']}"
        raise Refused(400, f"Only images projects are supported; {text}: name one of images", "project-type")
    found: list[Entity] = []
    for dataset in await call.model.world.within("dataset", project["id"]):
        if datasets is None or dataset["id"] in datasets:
            found += (await call.model.world.within("image", dataset["id"]))[: _MOST_PICTURES - len(found)]
    return found
