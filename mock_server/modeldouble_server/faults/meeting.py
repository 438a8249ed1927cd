"""Which fault a call of a model meets, counted over all servers that share the model."""

from typing import TYPE_CHECKING

from .orders import Fired

if TYPE_CHECKING:
    from ..model import Model


async def meet(model: "Model", route: str) -> Fired | None:
    """Count a call, and tell which fault it meets.

    Orders of `times` and `calls` are counted in the order of the model's changes. Those by probability have no end, as
    the changes have: each has a counter, of which the call's number is told, and with it whether it goes wrong.
    """
    if not model.ledger.shared:
        return model.faults.take(route)
    drawn = None
    if model.shared is not None:
        drawn = {name: await model.shared.turns.drawn(name) for name in model.faults.drawn(route)}
    if not model.faults.is_counted(route):
        return model.faults.take(route, drawn=drawn)
    change = {"kind": "meet", "route": route, "now": model.clock.now(), "drawn": drawn}
    met: Fired | None = await model.ledger.note(change)
    return met
