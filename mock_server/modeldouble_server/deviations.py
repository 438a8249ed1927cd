"""Where the fake is kinder, or stricter, than real servers: what which releases would have answered instead.

Each kind is told once per model, so that nobody learns it in production and nobody drowns in it.
"""

import logging
from typing import NamedTuple

log = logging.getLogger("modeldouble_server")


class Deviation(NamedTuple):
    """`ours` is what the fake did, `theirs` what the real server of `releases` does with the same request."""

    releases: str
    ours: str
    theirs: str


DEVIATIONS = {
    "setting-unknown": Deviation("all", "ignored it", "ignore it too, so a misspelt setting goes unnoticed"),
    "setting-refused": Deviation("all", "answered 400", "answer 500, which clients retry for 25 s"),
    "json-refused": Deviation("all", "answered 400", "answer 500 for malformed JSON, which clients retry for 25 s"),
    "state-refused": Deviation(
        "all", "answered 400", "answer 500 on the routes of a job, which clients retry for 25 s"
    ),
    "picture-refused": Deviation("all", "answered 400", "answer 500, which clients retry for 25 s"),
    "id-unknown": Deviation(
        "all", "answered 404", "answer 500, which clients retry for 25 s, or 200 with no frames for a video"
    ),
    "job-unknown": Deviation("all", "answered 404", "answer 500, which clients retry for 25 s"),
    "job-failed": Deviation("before 6.73.358", "put the job in stage Error", "have no stage: a client waits for ever"),
    "url-answered": Deviation("6.73.358 and later", "answered a prediction", "answer 500 for every image URL"),
    "url-not-fetched": Deviation("all", "answered synthetically: nothing was fetched", "fetch the URL"),
    "backward": Deviation("all", "went backward on framesDirection", "go forward (6.73.73 and later read `direction`)"),
    "range-clipped": Deviation(
        "6.73.73 and later", "clipped the frame range to the video", "fail when the range passes the end"
    ),
    "equal-names": Deviation("6.73.358 and later", "answered each file", "answer the last file of that name twice"),
}


class Noticer:
    """Logs a WARNING the first time that each kind of deviation happens to one model."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._told: set[str] = set()

    def note(self, kind: str, detail: str) -> None:
        """Tell of deviation `kind` (a key of DEVIATIONS); `detail` says what about the request brought it up."""
        deviation = DEVIATIONS[kind]
        if kind in self._told:
            return
        self._told.add(kind)
        log.warning(
            "%s: %s; the fake %s, real servers (%s) %s [%s]",
            self._model, detail, deviation.ours, deviation.releases, deviation.theirs, kind,
        )  # fmt: skip

    @property
    def told(self) -> frozenset[str]:
        """Kinds that have been told so far."""
        return frozenset(self._told)
