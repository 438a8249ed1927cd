"""The command line. The one place where client, fake and contract meet, each imported inside its own command."""

import logging
import os
import sys
import threading
from pathlib import Path
from typing import Any

import click

_PORT = 27209


def _server_options(command: Any) -> Any:
    options = (
        click.option(
            "--host",
            default="127.0.0.1",
            show_default=True,
            help="Address to listen on; loopback unless you set tokens.",
        ),
        click.option("--seed", default=0, show_default=True, help="Seed of every prediction that is not labelled."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="modeldouble")
def main() -> None:
    """A test double for a deployed model: serve it, run a script against it, see it work."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")


@main.command()
@_server_options
@click.option("--port", default=_PORT, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free port.")
@click.option(
    "--env-file", type=click.Path(path_type=Path), help="Also write the printed variables here, for load_dotenv."
)
def serve(host: str, seed: int, port: int, env_file: Path | None) -> None:
    """Serve the fake until SIGINT or SIGTERM.

    Example: modeldouble serve --port 0 --env-file fake.env
    """
    from .handover import check_env_file, signals, variables, wait, write_env_file

    if env_file is not None:
        _or_fail(check_env_file, env_file)
    server = _server(host=host, port=port, seed=seed)
    leave = threading.Event()
    # Before the lines are printed: whoever reads them may send a signal at once.
    with signals(lambda _: leave.set()):
        _or_fail(server.start)
        try:
            found = variables(server)
            if env_file is not None:
                _or_fail(write_env_file, env_file, found)
            click.echo("\n".join([f"modeldouble ready: {server.server_address}", *map("=".join, found.items())]))
            sys.stdout.flush()
            wait(leave)
        finally:
            server.stop()


@main.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@_server_options
@click.option("--port", default=0, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free port.")
@click.argument("command", nargs=-1, required=True)
def run(host: str, seed: int, port: int, command: tuple[str, ...]) -> None:
    """Run COMMAND against a fake of its own, and end with its exit status.

    Example: modeldouble run -- python my_script.py
    """
    from .handover import run_child

    server = _server(host=host, port=port, seed=seed)
    _or_fail(server.start)
    try:
        status = _or_fail(run_child, command, server, dict(os.environ))
    finally:
        server.stop()
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

    output.mkdir(parents=True, exist_ok=True)
    server = _server()
    _or_fail(server.start)
    try:
        tour = _tour(server, output)
        tour.model()
        tour.images(list(IMAGES)[:3], URL)
        tour.photographs(DATA / "demo")
        tour.video(VIDEO_ID, DATA / "world" / VIDEO, shown=(1, 4, 8))
        index = tour.finish()
    finally:
        server.stop()
    click.echo(f"\nThe pictures are on one page: {index}")
    click.echo("Try next: modeldouble serve, and modeldouble.Session(session_url=...) with the URL that it prints.")


def _tour(server: Any, output: Path) -> Any:
    from tqdm import tqdm

    from modeldouble import Api, Session

    from .demo.tour import Tour

    api = Api(server.server_address, server.api_token)
    session = Session(api, task_id=server.task_id)
    # tqdm.write keeps a running bar whole where a plain print would break it.
    return Tour(session, api.image.download_path, output, tqdm.write, tqdm)


def _server(**options: Any) -> Any:
    from .handover import own_tokens
    from .server import Server

    api_token, session_token = own_tokens()
    return _or_fail(Server, **options, api_token=api_token, session_token=session_token)


def _or_fail(work: Any, *arguments: Any, **options: Any) -> Any:
    """Do it; what cannot be served is told in one line and ends the command with status 1."""
    from .server import CannotServe

    try:
        return work(*arguments, **options)
    except CannotServe as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
