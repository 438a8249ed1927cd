"""What was asked: journals, the pictures that came, and the questions that no stub answered."""

from itertools import islice
from typing import Any

from aiohttp import web

from ..journal import Journal
from ..received import Call
from ..refusal import Refused
from .call import AdminCall, cut, said

_FILTERS: dict[str, type] = {"route": str, "status": int, "fault": bool, "job": str, "since": int, "most": int}
_MOST, _USUAL = 1000, 100


async def listed(call: AdminCall) -> web.Response:
    """The newest requests to a model, oldest first."""
    return _entries(call, call.model.journal)


async def clear(call: AdminCall) -> web.Response:
    """Forget them."""
    return _cleared(call.model.journal)


async def own(call: AdminCall) -> web.Response:
    """The newest requests that were no model's."""
    return _entries(call, call.fake.console.journal)


async def clear_own(call: AdminCall) -> web.Response:
    """Forget them."""
    return _cleared(call.fake.console.journal)


async def received(call: AdminCall) -> web.Response:
    """The newest pictures and videos that a model was asked about, oldest first."""
    model, found = call.model, call.query({"since": int, "most": int})
    most, since = _most(found), found.get("since", 0)
    calls = [one for one in model.received.calls() if one.number > since]
    return said({"calls": [cut(model, _told(one)) for one in calls[-most:]], "count": len(model.received)})


async def misses(call: AdminCall) -> web.Response:
    """The first questions that no stub answered, or two."""
    model, most = call.model, _most(call.query({"most": int}))
    found = [{"call": one.call, "tied": one.tied, "text": one.text} for one in islice(model.stubs.misses, most)]
    return said({"misses": cut(model, found), "count": len(model.stubs.misses)})


async def unused(call: AdminCall) -> web.Response:
    """The first stubs that never answered."""
    model, most = call.model, _most(call.query({"most": int}))
    lines = model.stubs.unused()
    return said({"unused": cut(model, lines[:most]), "count": len(lines)})


def _entries(call: AdminCall, journal: Journal) -> web.Response:
    chosen = call.query(_FILTERS)
    found = journal.entries(**{**chosen, "most": _most(chosen)})
    return said({"entries": [one.told() for one in found], "count": len(journal), "kept": journal.kept})


def _cleared(journal: Journal) -> web.Response:
    count = journal.kept
    journal.clear()
    return said({"removed": count})


def _most(found: dict[str, Any]) -> int:
    most: int = found.get("most", _USUAL)
    if not 1 <= most <= _MOST:
        raise Refused(400, f"most is {most}; give a whole number from 1 to {_MOST:,}")
    return most


def _told(one: Call) -> dict[str, Any]:
    frames = None if one.frames is None else [one.frames.start, one.frames.stop, one.frames.step]
    return {**one._asdict(), "frames": frames, "settings": dict(one.settings)}
