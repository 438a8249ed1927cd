"""Which fault a call of a model meets, counted over all servers that share the model."""

from typing import TYPE_CHECKING

from ..ledger import Behind
from .orders import Fired

if TYPE_CHECKING:
    from ..board import ReadAhead
    from ..model import Model


async def meet(model: "Model", route: str, job: "ReadAhead | None" = None, *, lazily: bool = False) -> Fired | None:
    """Count a call, and tell which fault it meets: one operation of a shared store, if some order counts it.

    All orders of the call are counted at one moment, at which this server knows of all of them: else it comes to know
    first, or raises Behind if it is asked `lazily`. The `job` is read at that moment: it is found where they are.
    """
    shared = model.shared
    if shared is None:
        return model.faults.take(route)
    while running := model.faults.running(route):
        claims = [one.claim() for one in running]
        claims = [one._replace(key=shared.turns.of_order(one.key)) for one in claims]
        try:
            told = await model.ledger.claim(claims, *((job.key, job.counter) if job else ()))
        except Behind:
            if lazily:
                raise
            await model.ledger.catch_up(at_once=True)
            continue
        for one, counts in zip(running, told.counts, strict=True):
            # Others have counted more calls meanwhile than it was told which of them go wrong; or counters are gone,
            # which would never come up to what is known here.
            (one.follow if told.counted else one.correct)(*counts)
        if not told.counted:
            continue
        if job is not None:
            job.found = told.value, told.counter
        if told.taker is None:
            return None
        met = running[told.taker]
        return Fired(met.order, met.number, told.counts[told.taker][0])
    return None


async def recount(model: "Model") -> None:
    """Come to know how often each order was counted and met, by all servers."""
    running = model.faults.running()
    if model.shared is None or not running:
        return
    for one, counts in zip(running, await model.shared.turns.of_orders([one.name for one in running]), strict=True):
        one.follow(*counts)


async def forget(model: "Model", names: "list[str]") -> None:
    """Forget the counts of orders that are gone for all servers."""
    if model.shared is not None and names:
        await model.shared.turns.forget_orders(names)
