"""What a shell completes beyond names of commands and options: scenarios that are shipped, releases, bounds."""

import click
from click.shell_completion import CompletionItem, get_completion_class

SHELLS = ("bash", "zsh", "fish")
_PROGRAM = "modeldouble"


def setup(command: click.Command, shell: str) -> str:
    """The script that a shell reads at its start; it asks the program for what fits, so it is never out of date."""
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell!r}; there is one for {', '.join(SHELLS)}")
    return kind(command, {}, _PROGRAM, "_MODELDOUBLE_COMPLETE").source()


def examples(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Scenarios that are shipped, and files."""
    from .scenario.read import example_names

    shipped = [f"example:{name}" for name in example_names()]
    found = [CompletionItem(one) for one in shipped if one.startswith(incomplete)]
    return found or [CompletionItem(incomplete, type="file")]


def dialects(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Dialects by the names that people know; any other release may be given, too."""
    from .dialect import release

    named = [name for name in ("superset", *release.ALIASES) if name.startswith(incomplete)]
    return named + releases(ctx, param, incomplete)


def releases(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The oldest and the newest release that is known; any between may be given, too."""
    from .dialect import release

    return [name for name in (str(release.OLDEST), str(release.NEWEST)) if name.startswith(incomplete)]


def bounds(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of limits, each with what it is when nothing is given."""
    from .limits import Limits

    usual = Limits()._asdict()
    return [CompletionItem(f"{name}=", help=str(usual[name])) for name in usual if name.startswith(incomplete)]
