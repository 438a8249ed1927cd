"""Listed deviations that no longer happen: this repository's own runs fail on them, so that the list stays true."""

from .finding import Finding
from .judge import Judge
from .outcome import VIOLATION, Result
from .truth import Deviation


def unmet(judge: Judge) -> list[Result]:
    """A violation per deviation of the judge's release that could have been met in this run, and was not.

    One whose finding another listed deviation explained was met in that form.
    """
    if judge.release is None:
        return []
    explained = {judge.truth.deviations[name].finding for name in judge.seen}
    return [
        _result(one)
        for one in judge.truth.deviations.values()
        if one.holds_in(judge.release) and one.always and one.finding not in explained and judge.could_show(one)
    ]


def _result(one: Deviation) -> Result:
    finding = Finding(
        "deviation.unmet", expected=f"what is listed: {one.text}", got="no answer that deviates so",
        place=f"openapi.yaml#/components/x-deviations/{one.id}",
    )  # fmt: skip
    return Result(f"deviations::{one.id}", f"{one.id} is still to be seen", "must", VIOLATION, finding=finding)
