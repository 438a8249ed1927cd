"""The options of a run, which the command and the locustfile both take."""

from argparse import ArgumentParser
from collections.abc import Mapping

from .asking import VIDEO_FRAMES

# Releases of 2023 want 128 characters, whichever they are.
_ANY_TOKEN = "x" * 128


def add_options(parser: ArgumentParser) -> None:
    """Add what a run is told, beside the options of Locust itself."""
    add = parser.add_argument
    add("--rate", type=float, default=2.0, help="journeys that begin per second, over all processes (default 2)")
    add("--seconds", type=float, default=30.0, help="how long journeys are begun (default 30)")
    add("--patience", type=float, default=60.0, help="seconds that journeys under way are given then (default 60)")
    add("--most-open", type=int, default=5000, help="journeys under way in one process; beyond, one is an error")
    add("--frames", type=int, default=10, help=f"of a job, at most {VIDEO_FRAMES} of the shipped video (default 10)")
    add("--video-id", type=int, help="a video of the app's platform, by API_TOKEN; without one, a file is uploaded")
    add("--p99-ms", type=float, help="finding if the p99 of any kind of request is over this")
    add("--errors", type=float, default=0.0, help="finding if a larger share of any kind fails, 0 to 1 (default 0)")
    add("--late-ms", type=float, default=500.0, help="status 2 if the load itself is later (p99, default 500)")
    add("--same-names", action="store_true", help="files of all journeys have the same names, which real apps mix up")


def token(environment: Mapping[str, str], video_id: int | None) -> str:
    """The operator's API_TOKEN where a platform is needed, and otherwise a text that opens nothing.

    It comes from the environment alone: arguments are seen by every user of a machine.
    """
    return environment.get("API_TOKEN", _ANY_TOKEN) if video_id is not None else _ANY_TOKEN
