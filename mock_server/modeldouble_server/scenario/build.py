"""From a scenario file to what is served: everything is checked before any of it is put anywhere."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..dialect import read_dialect
from ..limits import Limits
from ..refusal import CannotServe
from .check import check
from .content import Content, Reader
from .models import BuiltModel, Models
from .place import Findings, Places
from .read import Document, located, read


class Built(NamedTuple):
    """A scenario that can be served."""

    document: Document
    models: tuple[BuiltModel, ...]
    """At least one: the default world's, if the file has none."""
    content: Content
    seed: int
    dialect: str | None
    mode: str | None

    @property
    def places(self) -> Places:
        """Lines of the file."""
        return self.document.places

    def summary(self) -> str:
        """What there is, in a line."""
        stubs = sum(len(one.entry.get("stubs", [])) for one in self.models)
        counts = [
            (len(self.models), "model"),
            (stubs, "stub"),
            (sum(len(one.faults) for one in self.models), "fault"),
            (len(self.content.projects), "project"),
            (len(self.content.urls), "url"),
        ]
        latencies = sorted({one.spec.latency.label for one in self.models if one.spec.latency is not None})
        told = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in counts if count]
        told += [f"latency {label}" for label in latencies]
        return ", ".join(told) or "nothing in it"


def build(file: str | Path, seed: int | None = None, limits: Limits | None = None, generation: int = 0) -> Built:
    """Read, check and build a scenario; `example:NAME` is one that is shipped. `seed` overrides the file's, and
    `generation` counts how often the file was read by one server.

    A BadScenario has everything that is wrong: first what is no YAML, then what the schema forbids, then the rest.
    """
    document = read(located(file))
    check(document)
    value, findings, bounds = document.value, Findings(document.places), limits or Limits()
    folder = document.file.resolve().parent
    chosen = int(value.get("seed", 0) if seed is None else seed)
    maker = Models(folder, chosen, bounds, findings, generation)
    models = [maker.build(one, ("models", at)) for at, one in enumerate(value.get("models", []))]
    _check_unique(value.get("models", []), findings)
    content = Reader(folder, chosen, bounds, findings).read(value)
    dialect = _dialect(value, findings)
    findings.check()
    built = tuple(one for one in models if one is not None) or (maker.default(),)
    return Built(document, built, content, chosen, dialect, value.get("mode"))


def derived_token(first: str, task_id: int) -> str:
    """The session token of a further model: as secret as the first one's."""
    return hashlib.sha256(f"{first}:{task_id}".encode()).hexdigest()


def _dialect(value: Any, findings: Findings) -> str | None:
    given = value.get("dialect")
    try:
        if given is not None or "mode" in value:
            read_dialect(None if given is None else str(given), value.get("mode"))
    except CannotServe as error:
        findings.add(("dialect",) if given is not None else ("mode",), str(error))
    return None if given is None else str(given)


def _check_unique(entries: Sequence[Any], findings: Findings) -> None:
    for key in ("task_id", "session_token"):
        seen: dict[Any, int] = {}
        for at, one in enumerate(entries):
            first = seen.setdefault(one[key], at) if key in one else at
            if first != at:
                findings.add(("models", at, key), f"{one[key]!r} is that of models[{first}] too; give each its own")
