"""The command line. The one place where client, fake and contract meet, each imported inside its own command."""

import logging
import os
import sys
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
    from .handover import check_env_file, variables, wait_for_signal, write_env_file

    if env_file is not None:
        _or_fail(check_env_file, env_file)
    server = _server(host=host, port=port, seed=seed)
    _or_fail(server.start)
    try:
        found = variables(server)
        if env_file is not None:
            _or_fail(write_env_file, env_file, found)
        lines = [f"modeldouble ready: {server.server_address}", *(f"{name}={value}" for name, value in found.items())]
        click.echo("\n".join(lines))
        sys.stdout.flush()
        wait_for_signal()
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
