"""The command line. The one place where client, fake and contract meet, each imported inside its own command."""

import logging
import os
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

try:
    import click

    from .cli_completion import SHELLS, examples, setup
    from .cli_options import bench_options, contract_inputs, contract_verdict, profile_options, record_options
    from .cli_server import server_options
    from .cli_serving import LACKING, serve_by, serving, told
    from .cli_shape import Commands
except ModuleNotFoundError:
    raise SystemExit("the command line comes with the server: pip install 'modeldouble[server]'") from None

_PORT = 27209


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
        sys.exit(serve_by(workers, env_file, options))
    # Before the lines are printed: whoever reads them may send a signal at once.
    with signals(asked := Asked()), serving(env_file, **options) as server:
        if not asked.is_set():
            found = map("=".join, variables(server).items())
            click.echo("\n".join([f"modeldouble ready: {server.server_address}", *found]))
        asked.wait()
    leave(0)


@main.command(context_settings={"allow_interspersed_args": False})
@server_options(0)
@click.argument("command", nargs=-1, required=True)
def run(env_file: Path | None, command: tuple[str, ...], **options: Any) -> None:
    """Run COMMAND against a fake of its own, and end with its exit status.

    Example: modeldouble run -- python my_script.py
    """
    from .handover import Asked, leave, run_child, signals

    with signals(asked := Asked()), serving(env_file, **options) as server:
        status = run_child(command, server, dict(os.environ), asked)
    leave(status)
    sys.exit(status)


@main.command()
@click.option(
    "--output",
    default="modeldouble-demo",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the pictures and the page: new, empty, or of an earlier demo.",
)
def demo(output: Path) -> None:
    """Walk the whole inference journey against a fake of its own, and leave pictures of it.

    Example: modeldouble demo --output out
    """
    # Whoever lacks what draws is told before anything is left on disk.
    with told(ImportError):
        import modeldouble.canvas  # noqa: F401

    from .default_world import DATA, IMAGES, URL, VIDEO, VIDEO_ID
    from .demo.folder import prepare
    from .demo.next import try_next
    from .refusal import CannotServe

    with told(CannotServe):
        prepare(output)
        with serving() as server:
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
    with told(ModuleNotFoundError, LACKING):
        from .handover import Asked, signals
        from .recording.command import record as recorded
        from .recording.command import told_ready
        from .refusal import CannotServe

    with signals(asked := Asked()), told(CannotServe):
        recorded(url, output, asked, lambda address: click.echo(told_ready(address)), **options)


@main.command()
@click.argument("url")
@profile_options
def profile(url: str, output: Path, **options: Any) -> None:
    """Measure how long the serving app at URL takes, and write it down for `latency:` of a scenario.

    Example: modeldouble profile http://localhost:8000 --output yolo.yaml --hardware "one T4"
    """
    with told(ModuleNotFoundError, LACKING):
        from tqdm import tqdm

        from .latency.command import Wanted
        from .latency.command import profile as measured
        from .refusal import CannotServe

    with told(CannotServe):
        measured(url, output, Wanted(**options), click.echo, lambda total: tqdm(total=total, desc="requests"))


@main.command()
@click.argument("scenario", required=False, shell_complete=examples)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of scenario files, by which editors complete them.")
def validate(scenario: str | None, schema: bool) -> None:
    """Check a scenario file, and tell every error with its line and the remedy.

    Example: modeldouble validate scenario.yaml
    """
    with told(ModuleNotFoundError, LACKING):
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
    with told(ModuleNotFoundError, LACKING):
        from .refusal import CannotServe
        from .scenario.command import explained

        with told(CannotServe):
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

        status = judged(Asked(**options), os.environ, sys.stdout, sys.stderr)
    except ModuleNotFoundError as error:
        _could_not("CHECK", f"a part is not installed, pip install 'modeldouble[contract]' ({error})")
    except OSError as error:
        _could_not("CHECK", str(error))
    except KeyboardInterrupt:
        _could_not("CHECK", "interrupted")
    sys.exit(status)


def _workloads(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    try:
        from modeldouble_contract.bench.registry import found

        return [one.name for one in found() if one.name.startswith(incomplete)]
    except ModuleNotFoundError:
        return []


@main.command()
@click.argument("workloads", nargs=-1, metavar="[WORKLOAD]...", shell_complete=_workloads)
@bench_options
def bench(**options: Any) -> None:
    """Measure ours beside peers and a limit, in one run.

    Ends with 0 if all could be measured, 2 if not.

    Example: modeldouble bench session-info --quick --without supervisely
    """
    try:
        from modeldouble_contract.bench.command import Asked
        from modeldouble_contract.bench.command import bench as measured
    except ModuleNotFoundError as error:
        _could_not("MEASURE", f"a part is not installed, pip install 'modeldouble[bench]' ({error})")
    sys.exit(measured(Asked(**options), sys.stdout, sys.stderr))


@main.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print what lets a shell complete commands, options and their values.

    Example: eval "$(modeldouble completion bash)"
             modeldouble completion fish > ~/.config/fish/completions/modeldouble.fish
    """
    click.echo(setup(main, shell))


def _could_not(do: str, why: str) -> NoReturn:
    """End with 2: 1 would say that something was judged, and found wanting."""
    with suppress(OSError):
        click.echo(f"COULD NOT {do}: {why}", err=True)
    sys.exit(2)


def _tour(server: Any, output: Path) -> Any:
    from tqdm import tqdm

    from modeldouble import Api, Session

    from .demo.tour import Tour

    api = Api(server.server_address, server.api_token)
    session = Session(api, task_id=server.task_id)
    # tqdm.write keeps a running bar whole where a plain print would break it.
    return Tour(session, api.image.download_path, output, tqdm.write, tqdm)


if __name__ == "__main__":
    main()
