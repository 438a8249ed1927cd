"""The options of the commands that measure and judge, each list in one place."""

import math
from pathlib import Path
from typing import Any

import click

from .cli_completion import releases
from .cli_shape import stacked

_DAY = 86_400
_FILE = click.Path(path_type=Path)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_ID = click.IntRange(1)


class Seconds(click.FloatRange):
    """Seconds from `least` to a day. Neither nan nor inf is one, though each is a float."""

    name = "seconds"

    def __init__(self, least: float) -> None:
        super().__init__(least, _DAY)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number; what is none, or outside, is a usage error that names the bounds."""
        seconds = float(super().convert(value, param, ctx))
        if math.isnan(seconds):
            self.fail(f"{value} is no number of seconds; give {self.min} to {self.max}", param, ctx)
        return seconds


contract_inputs = stacked(
    click.option("--task-id", type=int, help="A task of a platform, instead of URL."),
    click.option("--server-address", metavar="URL", help="The platform; also from SERVER_ADDRESS."),
    click.option("--token", help="The platform's token; better left in API_TOKEN, where nobody reads it."),
    click.option("--image", metavar="FILE", multiple=True, help="A picture of yours; repeat it for more."),
    click.option("--image-id", type=_ID, multiple=True, help="A picture of the target's platform; repeat it for more."),
    click.option("--image-url", metavar="URL", help="A picture that the target can fetch."),
    click.option("--video", metavar="FILE", help="A video of yours."),
    click.option("--video-id", type=_ID, help="A video of the target's platform."),
    click.option("--settings", metavar="FILE", help="Inference settings to send, YAML or JSON."),
)  # fmt: skip
"""Who is judged, and with what."""

contract_verdict = stacked(
    click.option("--wait", type=Seconds(0), default=0.0, help="Seconds to wait for a target that starts."),
    click.option("--sdk", metavar="RELEASE", help="Forgive what this release is known to do otherwise.",
                 shell_complete=releases),
    click.option("--strict", is_flag=True, help="Count warnings as violations."),
    click.option("--strict-deviations", is_flag=True, hidden=True),
    click.option("--first", is_flag=True, help="Stop at the first violation."),
    click.option("--patience", type=Seconds(0.1), default=30.0, show_default=True, help="Seconds per answer."),
    click.option("--deadline", type=Seconds(1), default=300.0, show_default=True,
                 help="Seconds for the whole."),
    click.option("--compare", metavar="URL_B", help="Set a second target beside the first and the truth."),
    click.option("--junit", type=_FILE, help="Write JUnit XML."),
    click.option("--json", type=_FILE, help="Write JSON."),
    click.option("--markdown", type=_FILE, help="Write Markdown, for the summary of a CI job."),
    click.option("--html", type=_FILE, help="Write one HTML page."),
)  # fmt: skip
"""How it is judged, and who is told."""

bench_options = stacked(
    click.option("--pairs", type=click.IntRange(1), help="Readings of each, in turns.  [default: 12, or 3 if quick]"),
    click.option("--quick", is_flag=True, help="A few minutes; the figures are rough, and labelled so."),
    click.option("--output", default="modeldouble-bench", show_default=True, type=_FOLDER,
                 help="Folder for JSON, page and pictures."),
    click.option("--peers", type=_FOLDER, help="Folder of the peers' environments."),
    click.option("--without", multiple=True, metavar="PEER", help="Leave a peer out; repeat it for more."),
    click.option("--commit", metavar="TEXT", help="What was measured, to be noted.  [default: that of this clone]"),
    click.option("--distributed", is_flag=True, help="1, 2, 4 and 8 workers on a Redis, instead of ours beside peers."),
    click.option("--list", is_flag=True, help="Tell which workloads there are."),
    click.option("--check", is_flag=True, help="End with 1 if a target is missed."),
)  # fmt: skip

profile_options = stacked(
    click.option("--output", required=True, type=_FILE, help="File that the profile is written to."),
    click.option("--requests", type=click.IntRange(6, 10_000), default=30, show_default=True,
                 help="Of each kind, of which a third is held out."),
    click.option("--sizes", default="320x240,640x480,1280x960", show_default=True, help="Width x height of pictures."),
    click.option("--batch-sizes", default="1,2,4", show_default=True, help="Pictures at a time."),
    click.option("--settings", type=_FILE, help="Inference settings that are sent, YAML or JSON."),
    click.option("--hardware", metavar="TEXT", help="What the app runs on, to be noted."),
    click.option("--deadline", type=Seconds(1), default=300.0, show_default=True, help="Seconds for the whole."),
)  # fmt: skip

record_options = stacked(
    click.option("--output", required=True, type=_FOLDER, help="Folder, new or begun."),
    click.option("--host", default="127.0.0.1", show_default=True, help="Loopback only."),
    click.option("--port", default=0, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free port."),
    click.option("--limit", type=click.IntRange(1), default=2048, show_default=True,
                 help="MiB of the folder at most."),
    click.option("--sdk", metavar="RELEASE", help="The app's release of the official SDK, to be noted.",
                 shell_complete=releases),
)  # fmt: skip
