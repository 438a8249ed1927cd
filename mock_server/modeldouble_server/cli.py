"""The command line. The one place where client, fake and contract meet, each imported inside its own command."""

import gc
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .server import Server

try:
    import click

    from .cli_server import server_options
except ModuleNotFoundError:
    raise SystemExit("the command line comes with the server: pip install 'modeldouble[server]'") from None

_PORT = 27209
_LACKING = "a part is not installed, pip install 'modeldouble[server]'"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="modeldouble")
def main() -> None:
    """A test double for a deployed model: serve it, run a script against it, see it work."""
    from .redaction import cut_log

    logging.basicConfig(level=logging.WARNING, handlers=[cut_log(sys.stderr, os.environ)])


@main.command()
@server_options(_PORT)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes; needs --redis.")
def serve(env_file: Path | None, workers: int, **options: Any) -> None:
    """Serve the fake until SIGINT or SIGTERM.

    Example: modeldouble serve --port 0 --env-file fake.env --dialect 6.74.51
    """
    from .handover import Asked, leave, signals, variables

    if workers > 1:
        sys.exit(_serve_together(workers, env_file, options))
    # Before the lines are printed: whoever reads them may send a signal at once.
    with signals(asked := Asked()), _serving(env_file, **options) as server:
        if not asked.is_set():
            found = map("=".join, variables(server).items())
            click.echo("\n".join([f"modeldouble ready: {server.server_address}", *found]))
            sys.stdout.flush()
        asked.wait()
    leave(0)


@main.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@server_options(0)
@click.argument("command", nargs=-1, required=True)
def run(env_file: Path | None, command: tuple[str, ...], **options: Any) -> None:
    """Run COMMAND against a fake of its own, and end with its exit status.

    Example: modeldouble run -- python my_script.py
    """
    from .handover import Asked, leave, run_child, signals

    with signals(asked := Asked()), _serving(env_file, **options) as server:
        status = run_child(command, server, dict(os.environ), asked)
    leave(status)
    sys.exit(status)


@main.command()
@click.option(
    "--output",
    default="modeldouble-demo",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the pictures and the page.",
)
def demo(output: Path) -> None:
    """Walk the whole inference journey against a fake of its own, and leave pictures of it.

    Example: modeldouble demo --output out
    """
    from .default_world import DATA, IMAGES, URL, VIDEO, VIDEO_ID

    with _told(OSError, f"--output {output} cannot be used, name a folder that you may write"):
        output.mkdir(parents=True, exist_ok=True)
        with _serving() as server:
            tour = _tour(server, output)
            tour.model()
            tour.images(list(IMAGES)[:3], URL)
            tour.photographs(DATA / "demo")
            tour.video(VIDEO_ID, DATA / "world" / VIDEO, shown=(1, 4, 8))
            index = tour.finish()
    click.echo(f"\nThe pictures are on one page: {index}")
    click.echo("Try next: modeldouble serve, and modeldouble.Session(session_url=...) with the URL that it prints.")


@main.command()
@click.argument("url")
@click.option("--output", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder, new or begun.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Loopback only.")
@click.option("--port", default=0, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free port.")
@click.option("--limit", type=click.IntRange(1), default=2048, show_default=True, help="MiB of the folder at most.")
@click.option("--sdk", metavar="RELEASE", help="The app's release of the official SDK, to be noted.")
def record(url: str, output: Path, **options: Any) -> None:
    """Pass everything on to the serving app at URL, and record it, until SIGINT or SIGTERM.

    Example: modeldouble record http://localhost:8000 --output recording
    """
    with _told(ModuleNotFoundError, _LACKING):
        from .handover import Asked, signals
        from .recording.command import record as recorded
        from .recording.command import told_ready
        from .refusal import CannotServe

    with signals(asked := Asked()), _told(CannotServe):
        recorded(url, output, asked, lambda address: click.echo(told_ready(address)), **options)


@main.command()
@click.argument("url")
@click.option("--output", required=True, type=click.Path(path_type=Path), help="File that the profile is written to.")
@click.option("--requests", type=int, default=30, show_default=True, help="Of each kind, of which a third is held out.")
@click.option("--sizes", default="320x240,640x480,1280x960", show_default=True, help="Width x height of pictures.")
@click.option("--batch-sizes", default="1,2,4", show_default=True, help="Pictures at a time.")
@click.option("--settings", type=click.Path(path_type=Path), help="Inference settings that are sent, YAML or JSON.")
@click.option("--hardware", metavar="TEXT", help="What the app runs on, to be noted.")
@click.option("--deadline", type=float, default=300.0, show_default=True, help="Seconds for the whole.")
def profile(url: str, output: Path, **options: Any) -> None:
    """Measure how long the serving app at URL takes, and write it down for `latency:` of a scenario.

    Example: modeldouble profile http://localhost:8000 --output yolo.yaml --hardware "one T4"
    """
    with _told(ModuleNotFoundError, _LACKING):
        from tqdm import tqdm

        from .latency.command import Wanted
        from .latency.command import profile as measured
        from .refusal import CannotServe

    with _told(CannotServe):
        measured(url, output, Wanted(**options), click.echo, lambda total: tqdm(total=total, desc="requests"))


@main.command()
@click.argument("scenario", required=False)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of scenario files, by which editors complete them.")
def validate(scenario: str | None, schema: bool) -> None:
    """Check a scenario file, and tell every error with its line and the remedy.

    Example: modeldouble validate scenario.yaml
    """
    with _told(ModuleNotFoundError, _LACKING):
        from .scenario.command import validate as checked

        status = checked(scenario, schema, click.echo, partial(click.echo, err=True))
    sys.exit(status)


@main.command()
@click.argument("scenario")
@click.option("--image", required=True, type=click.Path(path_type=Path), help="A picture, as if it were uploaded.")
@click.option("--settings", type=click.Path(path_type=Path), help="Inference settings that are sent, YAML or JSON.")
def explain(scenario: str, image: Path, settings: Path | None) -> None:
    """Tell which rule of a scenario would answer a picture, and why the others would not.

    Example: modeldouble explain scenario.yaml --image street.jpg
    """
    with _told(ModuleNotFoundError, _LACKING):
        from .refusal import CannotServe
        from .scenario.command import explained

        with _told(CannotServe):
            click.echo(explained(scenario, image, settings))


@main.command()
@click.argument("url", required=False)
@click.option("--task-id", type=int, help="A task of a platform, instead of URL.")
@click.option("--server-address", metavar="URL", help="The platform; also from SERVER_ADDRESS.")
@click.option("--token", help="The platform's token; better left in API_TOKEN, where nobody reads it.")
@click.option("--image", metavar="FILE", multiple=True, help="A picture of yours; repeat it for more.")
@click.option("--image-id", type=int, multiple=True, help="A picture of the target's platform; repeat it for more.")
@click.option("--image-url", metavar="URL", help="A picture that the target can fetch.")
@click.option("--video", metavar="FILE", help="A video of yours.")
@click.option("--video-id", type=int, help="A video of the target's platform.")
@click.option("--settings", metavar="FILE", help="Inference settings to send, YAML or JSON.")
@click.option("--wait", type=click.FloatRange(0), default=0.0, help="Seconds to wait for a target that starts.")
@click.option("--sdk", metavar="RELEASE", help="Forgive what this release is known to do otherwise.")
@click.option("--strict", is_flag=True, help="Count warnings as violations.")
@click.option("--strict-deviations", is_flag=True, hidden=True)
@click.option("--first", is_flag=True, help="Stop at the first violation.")
@click.option("--patience", type=click.FloatRange(0.1), default=30.0, show_default=True, help="Seconds per answer.")
@click.option("--deadline", type=click.FloatRange(1), default=300.0, show_default=True, help="Seconds for the whole.")
@click.option("--compare", metavar="URL_B", help="Set a second target beside the first and the truth.")
@click.option("--junit", type=click.Path(path_type=Path), help="Write JUnit XML.")
@click.option("--json", type=click.Path(path_type=Path), help="Write JSON.")
@click.option("--markdown", type=click.Path(path_type=Path), help="Write Markdown, for the summary of a CI job.")
@click.option("--html", type=click.Path(path_type=Path), help="Write one HTML page.")
def contract(**options: Any) -> None:
    """Check whether the serving app at URL keeps the protocol.

    Ends with 0 if everything holds, 1 on a violation, 2 if it could not check.

    Example: modeldouble contract http://localhost:8000 --html contract.html
    """
    try:
        from modeldouble_contract.command import Asked
        from modeldouble_contract.command import contract as judged
    except ModuleNotFoundError as error:
        click.echo(f"COULD NOT CHECK: a part is not installed, pip install 'modeldouble[contract]' ({error})", err=True)
        sys.exit(2)
    sys.exit(judged(Asked(**options), os.environ, sys.stdout, sys.stderr))


@main.command()
@click.argument("workloads", nargs=-1, metavar="[WORKLOAD]...")
@click.option("--pairs", type=click.IntRange(1), help="Readings of each, in turns.  [default: 12, or 3 if quick]")
@click.option("--quick", is_flag=True, help="A few minutes; the figures are rough, and labelled so.")
@click.option("--output", default="modeldouble-bench", show_default=True, help="Folder for JSON, page and pictures.",
              type=click.Path(path_type=Path, file_okay=False))  # fmt: skip
@click.option("--peers", type=click.Path(path_type=Path, file_okay=False), help="Folder of the peers' environments.")
@click.option("--without", multiple=True, metavar="PEER", help="Leave a peer out; repeat it for more.")
@click.option("--commit", metavar="TEXT", help="What was measured, to be noted.  [default: that of this clone]")
@click.option("--distributed", is_flag=True, help="1, 2, 4 and 8 workers on a Redis, instead of ours beside peers.")
@click.option("--list", is_flag=True, help="Tell which workloads there are.")
@click.option("--check", is_flag=True, help="End with 1 if a target is missed.")
def bench(**options: Any) -> None:
    """Measure ours beside peers and a limit, in one run.

    Ends with 0 if all could be measured, 2 if not.

    Example: modeldouble bench session-info --quick --without supervisely
    """
    with _told(ModuleNotFoundError, "a part is not installed, pip install 'modeldouble[bench]'"):
        from modeldouble_contract.bench.command import Asked
        from modeldouble_contract.bench.command import bench as measured
    sys.exit(measured(Asked(**options), sys.stdout, sys.stderr))


def _tour(server: Any, output: Path) -> Any:
    from tqdm import tqdm

    from modeldouble import Api, Session

    from .demo.tour import Tour

    api = Api(server.server_address, server.api_token)
    session = Session(api, task_id=server.task_id)
    # tqdm.write keeps a running bar whole where a plain print would break it.
    return Tour(session, api.image.download_path, output, tqdm.write, tqdm)


def _serve_together(count: int, env_file: Path | None, options: dict[str, Any]) -> int:
    """Serve by several processes; the exit status. This one needs nothing of a server itself."""
    from .refusal import CannotServe
    from .workers.command import serve_together

    with _told(CannotServe):
        return serve_together(count, options, env_file, click.echo)


@contextmanager
def _serving(env_file: Path | None = None, limits: tuple[str, ...] = (), **options: Any) -> "Iterator[Server]":
    """A running server with the operator's tokens; what keeps it from running is told in one line, with status 1."""
    with ExitStack() as starting:
        # Nothing of what is loaded becomes garbage: looking for some would be a tenth of the time to the first answer.
        starting.callback(gc.enable)
        gc.disable()
        with _told(ModuleNotFoundError, _LACKING):
            from .guards.options import read_limits
            from .handover import check_env_file, own_tokens, variables, write_env_file
            from .refusal import CannotServe
            from .server import Server

        with _told(CannotServe):
            if env_file is not None:
                check_env_file(env_file)
            with Server(**options, limits=read_limits(limits), **own_tokens()) as server:
                if env_file is not None:
                    write_env_file(env_file, variables(server))
                starting.close()
                yield server


@contextmanager
def _told(kind: type[Exception], what: str = "") -> Iterator[None]:
    """Turn an error that a person can act on into one line and status 1."""
    try:
        yield
    except kind as error:
        raise click.ClickException(f"{what} ({error})" if what else str(error)) from error


if __name__ == "__main__":
    main()
