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

    from .cli_completion import SHELLS, examples, setup
    from .cli_options import bench_options, contract_inputs, contract_verdict, profile_options, record_options
    from .cli_server import server_options
    from .cli_shape import Commands
except ModuleNotFoundError:
    raise SystemExit("the command line comes with the server: pip install 'modeldouble[server]'") from None

_PORT = 27209
_LACKING = "a part is not installed, pip install 'modeldouble[server]'"


_KINDS = {
    "Begin": ("demo", "serve", "run"),
    "Say what it answers": ("validate", "explain", "record", "profile"),
    "Judge and measure": ("contract", "bench"),
    "Set up": ("completion",),
}


@click.group(cls=Commands, kinds=_KINDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="modeldouble")
def main() -> None:
    """A test double for a deployed model: serve it, run a script against it, see it work.

    Example: modeldouble demo
             modeldouble COMMAND --help
    """
    from .redaction import cut_log

    logging.basicConfig(level=logging.WARNING, handlers=[cut_log(sys.stderr, os.environ)])


@main.command()
@server_options(_PORT)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes; needs --redis.")
def serve(env_file: Path | None, workers: int, **options: Any) -> None:
    """Serve the fake until SIGINT or SIGTERM.

    Example: modeldouble serve
             modeldouble serve --port 0 --env-file fake.env --scenario example:detection
             modeldouble serve --dialect 6.74.51 --limit body_bytes=64MiB
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
    from .demo.next import try_next

    with _told(OSError, f"--output {output} cannot be used, name a folder that you may write"):
        output.mkdir(parents=True, exist_ok=True)
        with _serving() as server:
            tour = _tour(server, output)
            tour.model()
            tour.images(list(IMAGES)[:3], URL)
            tour.photographs(DATA / "demo")
            tour.video(VIDEO_ID, DATA / "world" / VIDEO, shown=(1, 4, 8))
            index = tour.finish()
    click.echo(try_next(index, output / f"image-{next(iter(IMAGES))}.jpg", f"http://127.0.0.1:{_PORT}"))


@main.command()
@click.argument("url")
@record_options
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
@profile_options
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
@click.argument("scenario", required=False, shell_complete=examples)
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
@click.argument("scenario", shell_complete=examples)
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
@contract_inputs
@contract_verdict
def contract(**options: Any) -> None:
    """Check whether the serving app at URL keeps the protocol.

    Ends with 0 if everything holds, 1 on a violation, 2 if it could not check.

    Example: modeldouble contract http://localhost:8000 --html contract.html
             modeldouble contract --task-id 27209 --server-address https://platform.example --junit contract.xml
    """
    try:
        from modeldouble_contract.command import Asked
        from modeldouble_contract.command import contract as judged
    except ModuleNotFoundError as error:
        click.echo(f"COULD NOT CHECK: a part is not installed, pip install 'modeldouble[contract]' ({error})", err=True)
        sys.exit(2)
    sys.exit(judged(Asked(**options), os.environ, sys.stdout, sys.stderr))


def _workloads(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from modeldouble_contract.bench.registry import found

    return [one.name for one in found() if one.name.startswith(incomplete)]


@main.command()
@click.argument("workloads", nargs=-1, metavar="[WORKLOAD]...", shell_complete=_workloads)
@bench_options
def bench(**options: Any) -> None:
    """Measure ours beside peers and a limit, in one run.

    Ends with 0 if all could be measured, 2 if not.

    Example: modeldouble bench session-info --quick --without supervisely
    """
    with _told(ModuleNotFoundError, "a part is not installed, pip install 'modeldouble[bench]'"):
        from modeldouble_contract.bench.command import Asked
        from modeldouble_contract.bench.command import bench as measured
    sys.exit(measured(Asked(**options), sys.stdout, sys.stderr))


@main.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print what lets a shell complete commands, options and their values.

    Example: eval "$(modeldouble completion bash)"
             modeldouble completion fish > ~/.config/fish/completions/modeldouble.fish
    """
    click.echo(setup(main, shell))


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
