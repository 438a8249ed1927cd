"""What is ordered to go wrong with a model, over the wire."""

from aiohttp import web

from ..faults import read_order
from ..refusal import Refused, shown
from ..serving.routes import LACKING, ROUTES
from .call import AdminCall, said, whole


async def listed(call: AdminCall) -> web.Response:
    """The orders, and how often each fault was met."""
    faults = call.model.faults
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
        number = await model.ledger.make({"kind": "order", "order": document, "begun": model.clock.now()})
    except ValueError as error:
        raise Refused(400, str(error)) from error
    return said({"number": number, "sentence": order.sentence()}, 201)


async def remove(call: AdminCall) -> web.Response:
    """Take one back."""
    model, number = call.model, whole(call.number)
    if not await model.ledger.make({"kind": "take order back", "number": number}):
        raise Refused(404, f"fault {shown(call.number)} is not ordered; GET the faults for their numbers")
    return said({"removed": 1})


async def clear(call: AdminCall) -> web.Response:
    """Take all back, the operator's too."""
    model = call.model
    return said({"removed": await model.ledger.make({"kind": "take orders back"})})
