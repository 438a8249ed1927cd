"""What can be changed of a model while it is served, by kind: carried out alike by every server that shares a store.

What a change comes to depends on the change and on those before it: dates and drawn numbers are in it. What it does to
the store is not its part, as the one who makes it has done that once for all.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from .deployment import Freezing
from .ledger import ANEW, Change, Unknown
from .refusal import Refused, shown

if TYPE_CHECKING:
    from .model import Model

_MOST_AHEAD = 1e10
"""Seconds: three centuries, beyond which dates have no form."""


async def carry_out(model: "Model", change: Change) -> Any:
    """What the one who made the change wants to know. Raises Refused or ValueError for what cannot be, and Unknown for
    a kind of a later release."""
    kind = change.get("kind")
    act = _KINDS.get(kind) if isinstance(kind, str) else None
    if act is None:
        # What comes after it may build on it.
        raise Unknown(
            503,
            f"another server has made a change of the kind {shown(kind)}, which this release does not know;"
            " restart this server with the other's release",
        )
    return await act(model, change)


async def _deploy(model: "Model", change: Change) -> None:
    model.deployment.deploy(change["params"], change["name"])


async def _freeze(model: "Model", change: Change) -> Freezing:
    return model.deployment.freeze()


async def _thaw(model: "Model", change: Change) -> None:
    model.deployment.frozen = model.deployment.thawed = False


async def _order(model: "Model", change: Change) -> int:
    from .faults import read_order

    return model.faults.add(read_order(change["order"]), change["begun"], change.get("over", {}))


async def _take_order_back(model: "Model", change: Change) -> bool:
    return model.faults.remove(change["number"], change.get("fired", 0))


async def _take_orders_back(model: "Model", change: Change) -> int:
    count = len(model.faults.listed())
    model.faults.clear()
    return count


async def _stub(model: "Model", change: Change) -> Any:
    from .administration.stubs import added

    # In a thread, as a mask may have millions of pixels.
    return await asyncio.to_thread(added, model.stubs, change["entry"])


async def _remove_stub(model: "Model", change: Change) -> bool:
    return model.stubs.remove(change["number"])


async def _remove_stubs(model: "Model", change: Change) -> int:
    count = len(model.stubs.listed())
    model.stubs.clear()
    return count


async def _join(model: "Model", change: Change) -> None:
    from .meta import Needed

    model.grow(Needed(change["classes"], change["tags"]))


async def _advance(model: "Model", change: Change) -> None:
    seconds: float = change["seconds"]
    if model.clock.offset + seconds > _MOST_AHEAD:
        text = f"advance is {seconds:g}, with which the clock is over {_MOST_AHEAD:g} s ahead; give less, or reset it"
        raise Refused(400, text)
    model.clock.advance(seconds)


async def _latency(model: "Model", change: Change) -> None:
    from .latency.reading import read_latency

    document = change["document"]
    latency = None if document is None else read_latency(document, None).keyed(change["seed"], model.name)
    model.spec = model.spec._replace(latency=latency)


async def _begin_again(model: "Model", change: Change) -> None:
    model.begin_again(change["life"], change["begun"], change.get("ends"))


_KINDS: dict[str, Callable[["Model", Change], Awaitable[Any]]] = {
    "deploy": _deploy,
    "freeze": _freeze,
    "thaw": _thaw,
    "order": _order,
    "take order back": _take_order_back,
    "take orders back": _take_orders_back,
    "stub": _stub,
    "remove stub": _remove_stub,
    "remove stubs": _remove_stubs,
    "join": _join,
    "advance": _advance,
    "latency": _latency,
    ANEW: _begin_again,
}
