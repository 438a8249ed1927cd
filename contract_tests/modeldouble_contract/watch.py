"""What a person sees while the suite runs: one line at the start, a bar on a terminal."""

from collections import Counter
from collections.abc import Callable
from typing import Any, TextIO

from tqdm import tqdm

from .finding import Finding
from .outcome import BROKEN, VIOLATION, WARNING, Result
from .plan import Plan
from .probe import least_release, routes_of
from .report.plain import plain
from .target import Target
from .truth import load

_TOLD = (VIOLATION, WARNING, BROKEN)
_LOOK = 10.0


class Watch:
    """Hears of a run; `say` writes a line. On a terminal, `err` carries the bar."""

    def __init__(self, plan: Plan, say: Callable[[str], None], err: TextIO) -> None:
        self.began = False
        """The target was found, and the checks were read."""
        self._plan, self._say, self._err = plan, say, err
        self._bar: tqdm[Any] | None = None
        self._counts: Counter[str] = Counter()

    def start(self, checks: int, inferences: int) -> None:
        """Say what is ahead."""
        self.began = True
        target = plain(self._plan.hide(self._plan.target))
        self._say(f"{target}: {_release(self._plan)}; {checks} checks, at most {inferences} inferences")
        self._bar = tqdm(total=checks, file=self._err, disable=None, leave=False, unit="check", ncols=100)

    def progress(self, result: Result) -> None:
        """One more check is done."""
        self._counts[result.outcome] += 1
        if self._bar is not None:
            found = {name: self._counts[name] for name in _TOLD if self._counts[name]}
            self._bar.set_postfix(found, refresh=False)
            self._bar.update()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()


def _release(plan: Plan) -> str:
    """What it is judged as, or what its routes look like."""
    if plan.sdk is not None:
        return f"judged as release {plan.sdk}, whose listed deviations are forgiven"
    truth = load()
    look = Target(plan.target, api_token=plan.api_token, patience=min(plan.patience, _LOOK), deadline=_LOOK)
    try:
        return f"looks like release {least_release(truth, routes_of(truth, look))} or later"
    except (Finding, ValueError):
        # Whatever is wrong there is for the checks to say.
        return "of a release that its routes do not tell"
