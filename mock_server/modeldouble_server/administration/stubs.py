"""Stubs of a model over the wire: the form of scenario files, but for content, of which no file is read."""

import base64
import binascii
from pathlib import Path
from typing import Any

from aiohttp import web

from ..refusal import Refused, shown
from ..scenario.place import Findings, Places, shown_path
from ..scenario.stubbed import add as tell
from ..scene import Answer
from ..stubs import Stubs
from ..stubs.conditions import Sha256
from ..stubs.stub import Outcome, Stub, told
from .call import AdminCall, cut, said, whole


async def listed(call: AdminCall) -> web.Response:
    """All of them, oldest first."""
    model = call.model
    return said({"stubs": [cut(model, _told(one)) for one in model.stubs.listed()]})


async def add(call: AdminCall) -> web.Response:
    """Add one."""
    entry, model = await call.body("Stub"), call.model
    _check_masks(entry, call.fake.limits.pixels)
    stub = await model.ledger.make({"kind": "stub", "entry": entry})
    return said(cut(model, _told(stub)), 201)


async def remove(call: AdminCall) -> web.Response:
    """Take one away."""
    model, number = call.model, whole(call.number)
    if not await model.ledger.make({"kind": "remove stub", "number": number}):
        raise Refused(404, f"stub {shown(call.number)} is not there; GET the stubs for their numbers")
    return said({"removed": 1})


async def clear(call: AdminCall) -> web.Response:
    """Take all away, the operator's too, and forget the misses."""
    model = call.model
    removed = await model.ledger.make({"kind": "remove stubs"})
    if model.shared is not None:
        await model.shared.misses.settle()
        await model.shared.misses.clear()
    return said({"removed": removed})


def added(stubs: Stubs, entry: dict[str, Any]) -> Stub:
    """Add a stub of the OpenAPI document's form."""
    when = {name: _content(f"when.{name}", value) for name, value in entry["when"].items()}
    entry = {**entry, "when": when}
    # At first to stubs that nobody asks, so that one which is wrong leaves nothing behind.
    _tried(Stubs(_Nobody()), entry)
    return _tried(stubs, entry)


def _tried(stubs: Stubs, entry: dict[str, Any]) -> Stub:
    findings = Findings(Places(Path(), {}))
    try:
        stub = tell(stubs, entry, Path(), (), findings)
    except ArithmeticError as error:  # also OverflowError
        raise Refused(400, f"stub has a number that is too large ({error}); give smaller ones") from error
    if stub is None or findings.found:
        first = findings.found[0]
        raise Refused(400, f"{shown_path(first.where) or 'stub'}: {first.text}")
    return stub


class _Nobody:
    def predict(self, query: Any) -> Answer:
        """Nothing."""
        return Answer()


def _content(where: str, value: Any) -> Any:
    if not isinstance(value, dict) or not value.keys() & {"sha256", "base64"}:
        return value
    if "sha256" in value:
        return Sha256(value["sha256"])
    try:
        return base64.b64decode(value["base64"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(400, f"{where}.base64 is no base64 ({error}); give the bytes, or their sha256") from error


def _check_masks(entry: dict[str, Any], most: int) -> None:
    answers = [entry, *entry.get("then", [])]
    sizes = [one["mask"]["size"] for answer in answers for one in answer.get("predict", []) if "mask" in one]
    pixels = sum(height * width for height, width in sizes)
    if pixels > most:
        raise Refused(400, f"masks have {pixels:,} pixels, the limit is {most:,}; cut them to their objects")


def _told(stub: Stub) -> dict[str, Any]:
    return {
        "number": stub.number,
        "when": told(stub.conditions),
        "uses": stub.used,
        "live": stub.live,
        "answers": [_outcome(one) for one in stub.outcomes],
    }


def _outcome(one: Outcome) -> str:
    if not isinstance(one, Answer):
        return f"raises {one.kind}"
    names = ", ".join(thing.class_name for thing in one.objects[:10])
    return f"{len(one.objects)} objects: {names}" if names else "nothing"
