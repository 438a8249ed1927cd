"""The options of every command that starts a server."""

from collections.abc import Callable
from pathlib import Path

import click

from .cli_completion import bounds, dialects, examples
from .cli_shape import Command, stacked

_CHOICE = click.Choice
_STATE = (
    click.option("--data-dir", metavar="DIR", help="Keep worlds, uploads and jobs here between two runs."),
    click.option("--redis", metavar="URL", envvar="MODELDOUBLE_REDIS",
                 help="Keep them in this Redis, for all servers that are given it; also from MODELDOUBLE_REDIS."),
)  # fmt: skip
"""Where it keeps what it knows."""
_ANSWERS = (
    click.option("--replay", metavar="DIR", help="Answer from a folder that `modeldouble record` wrote."),
    click.option("--on-miss", type=_CHOICE(["fail", "synthetic", "proxy"]),
                 help="What becomes of a question that was not recorded.  [default: fail]"),
    click.option("--proxy-url", metavar="URL", help="The app that --on-miss proxy asks, if not the recorded one."),
    click.option("--seed", type=int, help="Seed of every prediction that is not labelled.  [default: 0]"),
    click.option("--dialect", metavar="RELEASE", shell_complete=dialects,
                 help="Answer as this release of the official SDK, or a year's."),
    click.option("--mode", type=_CHOICE(["development", "production"]), help="The mode of the dialect's server."),
)  # fmt: skip
"""What it says."""
_RUN = (
    click.option("--limit", "limits", multiple=True, metavar="NAME=VALUE", shell_complete=bounds,
                 help="A bound, such as body_bytes=64MiB; repeat it for more. docs/security.md lists them."),
    click.option("--env-file", type=click.Path(path_type=Path), help="Also write the variables here, as NAME=value."),
    click.option("--contract-report", metavar="FILE",
                 help="What `modeldouble contract --json FILE` wrote, to be shown on the page."),
    click.option("--grace", default=5.0, show_default=True,
                 help="Seconds that requests under way are given at the end."),
    click.option("--loop", default="asyncio", show_default=True, type=_CHOICE(["asyncio", "uvloop"]),
                 help="The event loop; uvloop comes with the extra of that name."),
)  # fmt: skip
"""How the server runs, whatever it serves."""


def server_options(port: int) -> Callable[[Command], Command]:
    """What every command that starts a server takes."""
    ports = click.IntRange(0, 65535)
    return stacked(
        click.option("--host", default="127.0.0.1", show_default=True, help="Loopback, unless you set tokens."),
        click.option("--port", default=port, show_default=True, type=ports, help="0 takes a free port."),
        click.option("--scenario", metavar="FILE", shell_complete=examples,
                     help="Models and platform content, as FILE or example:NAME says."),
        *_STATE,
        *_ANSWERS,
        *_RUN,
    )  # fmt: skip
