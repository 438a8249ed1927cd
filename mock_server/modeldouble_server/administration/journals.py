"""What was asked: journals, the pictures that came, and the questions that no stub answered.

Of servers that share a store: what all of them were asked.
"""

from itertools import islice
from typing import TYPE_CHECKING, Any

from aiohttp import web

from ..journal import Journal, fitting
from ..model import Model
from ..refusal import Refused
from .call import AdminCall, cut, said

if TYPE_CHECKING:
    from ..shared import SharedLog

_FILTERS: dict[str, type] = {"route": str, "status": int, "fault": bool, "job": str, "since": int, "most": int}
_MOST, _USUAL = 1000, 100


async def listed(call: AdminCall) -> web.Response:
    """The newest requests to a model, oldest first."""
    model = call.model
    return await _entries(call, model.journal, None if model.shared is None else model.shared.journal)


async def clear(call: AdminCall) -> web.Response:
    """Forget them."""
    model = call.model
    return await _cleared(model.journal, None if model.shared is None else model.shared.journal)


async def own(call: AdminCall) -> web.Response:
    """The newest requests that were no model's."""
    return await _entries(call, call.fake.console.journal, call.fake.console.shared)


async def clear_own(call: AdminCall) -> web.Response:
    """Forget them."""
    return await _cleared(call.fake.console.journal, call.fake.console.shared)


async def received(call: AdminCall) -> web.Response:
    """The newest pictures and videos that a model was asked about, oldest first."""
    model, found = call.model, call.query({"since": int, "most": int})
    most, since = bounded(found), found.get("since", 0)
    if model.shared is None:
        calls = [one for one in model.received.calls() if one.number > since]
        return said({"calls": [cut(model, one.told()) for one in calls[-most:]], "count": len(model.received)})
    await model.shared.received.settle()
    told = await model.shared.calls(most, since)
    return said({"calls": told, "count": (await model.shared.received.size())[0]})


async def misses(call: AdminCall) -> web.Response:
    """The first questions that no stub answered, or two."""
    model, most = call.model, bounded(call.query({"most": int}))
    if model.shared is None:
        found = [one.told() for one in islice(model.stubs.misses, most)]
        return said({"misses": cut(model, found), "count": len(model.stubs.misses)})
    from ..shared.rows import miss_of

    log = model.shared.misses
    await log.settle()
    return said({"misses": [miss_of(row) for row in await log.oldest(most)], "count": (await log.size())[1]})


async def unused(call: AdminCall) -> web.Response:
    """The first stubs that never answered."""
    model, most = call.model, bounded(call.query({"most": int}))
    lines = await unused_lines(model)
    return said({"unused": cut(model, lines[:most]), "count": len(lines)})


async def unused_lines(model: Model) -> list[str]:
    """A line for each stub that never answered, on any server."""
    if model.shared is not None:
        idle = [stub for stub in model.stubs.listed() if not stub.used]
        for stub, used in zip(idle, await model.shared.turns.uses_of([one.number for one in idle]), strict=True):
            if used:
                model.stubs.follow(stub, used)
    return model.stubs.unused()


async def _entries(call: AdminCall, journal: Journal, log: "SharedLog | None") -> web.Response:
    chosen = call.query(_FILTERS)
    most = bounded(chosen)
    if log is None:
        found = journal.entries(**{**chosen, "most": most})
        return said({"entries": [one.told() for one in found], "count": len(journal), "kept": journal.kept})
    from ..shared.rows import entry_of

    fits = fitting(**{name: one for name, one in chosen.items() if name != "most"})
    await log.settle()
    entries = await log.newest(entry_of(fits), most, chosen.get("since", 0))
    count, kept = await log.size()
    return said({"entries": entries, "count": count, "kept": kept})


async def _cleared(journal: Journal, log: "SharedLog | None") -> web.Response:
    count = journal.kept
    if log is not None:
        await log.settle()
        count = (await log.size())[1]
        await log.clear()
    journal.clear()
    return said({"removed": count})


def bounded(found: dict[str, Any], usual: int = _USUAL) -> int:
    """How many are wanted at most, by the query."""
    most: int = found.get("most", usual)
    if not 1 <= most <= _MOST:
        raise Refused(400, f"most is {most}; give a whole number from 1 to {_MOST:,}")
    return most
