"""What a serving app answers, read from `openapi.yaml` and `lifecycle.yaml`: the third voice beside client and fake."""

from .deviation import Deviation, Seen
from .document import Truth, load
from .lifecycle import JobState, Lifecycle, Otherwise
from .operation import Operation
from .problem import Problem
from .release import Release

__all__ = [
    "Deviation",
    "JobState",
    "Lifecycle",
    "Operation",
    "Otherwise",
    "Problem",
    "Release",
    "Seen",
    "Truth",
    "load",
]
