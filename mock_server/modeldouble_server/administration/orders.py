"""What is ordered to go wrong with a model, over the wire."""

from aiohttp import web

from ..faults import read_order
from ..faults.meeting import forget, recount
from ..refusal import Refused, shown
from ..serving.routes import LACKING, ROUTES
from .call import AdminCall, said, whole


async def listed(call: AdminCall) -> web.Response:
    """The orders, and how often each fault was met."""
    faults = call.model.faults
    await recount(call.model)
    return said({"faults": faults.listed(), "fired": dict(sorted(faults.fired.items()))})


async def add(call: AdminCall) -> web.Response:
    """Let something go wrong; without `times` as a scenario has it: in every call."""
    document, model = await call.body("FaultOrder"), call.model
    try:
        order = read_order(document)
        if not any(order.fits(one) for one in (*ROUTES, *LACKING)):
            raise ValueError(
                f"route is {shown(order.route)}, which no route fits; give one such as 'inference_image_id'"
            )
        await recount(model)
        over = model.faults.over()
        change = {"kind": "order", "order": document, "begun": model.clock.now(), "over": over}
        number = await model.ledger.make(change)
        await forget(model, list(over))
    except ValueError as error:
        raise Refused(400, str(error)) from error
    return said({"number": number, "sentence": order.sentence()}, 201)


async def remove(call: AdminCall) -> web.Response:
    """Take one back."""
    model, number = call.model, whole(call.number)
    await recount(model)
    gone = {one.name: one.fired for one in model.faults.running() if one.number == number}
    change = {"kind": "take order back", "number": number, "fired": sum(gone.values())}
    if not await model.ledger.make(change):
        raise Refused(404, f"fault {shown(call.number)} is not ordered; GET the faults for their numbers")
    await forget(model, list(gone))
    return said({"removed": 1})


async def clear(call: AdminCall) -> web.Response:
    """Take all back, the operator's too."""
    model = call.model
    gone = [one.name for one in model.faults.running()]
    removed = await model.ledger.make({"kind": "take orders back"})
    await forget(model, gone)
    return said({"removed": removed})
