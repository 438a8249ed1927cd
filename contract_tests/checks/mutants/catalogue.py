"""All lies, and the few of them that are told in front of a real app."""

from collections import Counter

from .lie import Lie
from .lies import about, batches, endings, forwarded, keys, polls, predictions, refusals, results, text

CATALOGUE: tuple[Lie, ...] = (
    *about.LIES, *keys.LIES, *predictions.LIES, *batches.LIES, *forwarded.LIES, *polls.LIES, *results.LIES,
    *endings.LIES, *refusals.LIES, *text.LIES,
)  # fmt: skip
BY_NAME = {lie.name: lie for lie in CATALOGUE}
ON_REAL = (
    "number-of-classes-wrong", "meta-class-doubled", "info-task-type-missing", "object-classTitle-mistyped",
    "image-size-swapped", "batch-size-swapped", "frame-size-swapped", "points-swapped", "image-corners-reversed",
    "image-confidence-percent", "image-class-unknown", "batch-reversed", "batch-one-short", "offset-ignored",
    "count-ignored", "settings-emptied", "progress-beyond-total-in-pop", "pop-again-after-the-end",
    "popped-twice",
    "first-pop-lost", "one-frame-dropped", "frame-index-from-zero", "jobs-share-a-uuid", "results-of-the-other-job",
    "stop-ignored", "stop-drops-the-rest", "clear-ignored", "no-files-granted", "unknown-job-granted",
    "image-truncated",
    "image-text-numbers", "every-second-answer-503",
)  # fmt: skip
"""Names; of each family one or two, chosen to be told early and late in a run."""


def doubled_names() -> list[str]:
    """Names that two lies have."""
    return [name for name, times in Counter(lie.name for lie in CATALOGUE).items() if times > 1]
