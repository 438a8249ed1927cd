"""A command's server, and the errors that a person can act on, each in one line."""

import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from .server import Server

LACKING = "a part is not installed, pip install 'modeldouble[server]'"


@contextmanager
def told(kind: type[Exception], what: str = "") -> Iterator[None]:
    """Turn an error that a person can act on into one line and status 1."""
    try:
        yield
    except kind as error:
        raise click.ClickException(f"{what} ({error})" if what else str(error)) from error


@contextmanager
def serving(env_file: Path | None = None, limits: tuple[str, ...] = (), **options: Any) -> "Iterator[Server]":
    """A running server with the operator's tokens; what keeps it from running is told in one line, with status 1."""
    with ExitStack() as starting:
        # Nothing of what is loaded becomes garbage: looking for some would be a tenth of the time to the first answer.
        starting.callback(gc.enable)
        gc.disable()
        with told(ModuleNotFoundError, LACKING):
            from .guards.options import read_limits
            from .handover import check_env_file, own_tokens, variables, write_env_file
            from .refusal import CannotServe
            from .server import Server

        with told(CannotServe):
            if env_file is not None:
                check_env_file(env_file)
            with Server(**options, limits=read_limits(limits), **own_tokens()) as server:
                if env_file is not None:
                    write_env_file(env_file, variables(server))
                starting.close()
                yield server


def serve_by(count: int, env_file: Path | None, options: dict[str, Any]) -> int:
    """Serve by several processes; the exit status. This one needs nothing of a server itself."""
    from .refusal import CannotServe
    from .workers.command import serve_together

    with told(CannotServe):
        return serve_together(count, options, env_file, click.echo)
