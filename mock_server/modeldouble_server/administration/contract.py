"""The report of a contract run, as `modeldouble contract --json` wrote it."""

import asyncio
import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from aiohttp import web

from .call import AdminCall, said

_MOST = 4 * 1024 * 1024
_REMEDY = "give --contract-report what `modeldouble contract --json FILE` wrote"


async def report(call: AdminCall) -> web.Response:
    """The report, as it is by now; null if none was asked for. What is wrong with its file stands in its place."""
    path, cut_json = call.fake.console.contract_report, call.fake.console.journal.cut_json
    # Read each time: it is small, and seldom asked for.
    return said({"report": None if path is None else await asyncio.to_thread(lambda: cut_json(_read(path)))})


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST + 1)
        changed = datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
    except OSError as error:
        text = f"the file cannot be read ({error.strerror or type(error).__name__}); {_REMEDY}"
        return {"file": str(path), "when": None, **_wrong(text)}
    told = {"file": str(path), "when": changed.isoformat(timespec="seconds")}
    if len(content) > _MOST:
        return told | _wrong(f"the file has more than {_MOST:,} bytes; {_REMEDY}")
    try:
        found = json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        return told | _wrong(f"the file is not JSON ({str(error)[:200]}); {_REMEDY}")
    if not isinstance(found, dict) or not str(found.get("schema", "")).startswith("modeldouble-contract/"):
        return told | _wrong(f"the file is no report of a contract run; {_REMEDY}")
    return {**told, **found, "file": str(path)}


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _wrong(text: str) -> dict[str, Any]:
    """In the words of a report, so that whoever shows one shows this."""
    return {"verdict": "could not be read", "summary": text, "error": text}
