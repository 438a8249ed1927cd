"""What a run came to: one result per check, and the whole."""

from typing import NamedTuple

from .exchange import Exchange
from .finding import Finding

HOLDS, VIOLATION, WARNING, NOT_CHECKED, DEVIATES, BROKEN = (
    "holds", "violation", "warning", "not checked", "deviates", "broken",
)  # fmt: skip


class Result(NamedTuple):
    """One check. `title` says what must hold; `reason` says why it was not checked, or how the suite itself failed."""

    check: str
    title: str
    level: str
    outcome: str
    seconds: float = 0.0
    finding: Finding | None = None
    reason: str = ""
    forgiven: tuple[str, ...] = ()
    """Ids of the listed deviations that it met and forgave."""


class Deviated(NamedTuple):
    """A listed deviation of the named release that was seen and forgiven."""

    id: str
    text: str
    at: Exchange | None


class Outcome(NamedTuple):
    """A whole run."""

    target: str
    release: str
    """The release that was named, or what the routes show."""
    info: dict[str, str]
    """What the target says of itself."""
    results: tuple[Result, ...]
    deviations: tuple[Deviated, ...]
    announced: int
    """Inferences that the suite said it would ask for, at most."""
    asked: int
    seconds: float
    planned: int = 0
    """Checks that were ahead at the start."""

    def of(self, outcome: str) -> list[Result]:
        """Results of one outcome, in the order of the run."""
        return [result for result in self.results if result.outcome == outcome]

    def status(self, strict: bool = False) -> int:
        """0 if everything that was checked holds, 1 on a violation, 2 if nothing was checked."""
        if self.of(VIOLATION) or self.of(BROKEN) or (strict and self.of(WARNING)):
            return 1
        return 0 if self.of(HOLDS) or self.of(DEVIATES) else 2
