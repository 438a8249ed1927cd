"""How the command line looks: commands by what they are for, examples, colours on a terminal, guesses at names."""

import errno
import inspect
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from typing import Any, NoReturn, TextIO

import click

_EXAMPLE = "Example:"
_UNWRITABLE = (errno.EBADF, errno.EFBIG, errno.EIO, errno.ENOSPC)
Command = Callable[..., None]


def stacked(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator, the first one on top."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


class Told(click.Command):
    """A command whose docstring ends with examples, one a line behind `Example:`, each as it is typed."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What it is for."""
        text, _ = _parts(self.help or "")
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(text)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Its examples, which no line break may cut, so that they can be copied."""
        _, examples = _parts(self.help or "")
        with formatter.section(_heading("Example" if len(examples) == 1 else "Examples")):
            for line in examples:
                formatter.write(f"{'':>{formatter.current_indent}}{line}\n")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Its options."""
        _write(formatter, "Options", self, ctx)

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence, whole."""
        return self.short_help or _parts(self.help or "")[0].partition(".")[0]


class Commands(Told, click.Group):
    """The commands, listed by what they are for, and not by the alphabet."""

    command_class = Told

    def __init__(self, *args: Any, kinds: Mapping[str, Sequence[str]] | None = None, **attrs: Any) -> None:
        """`kinds` has headings, and the commands below each, in order."""
        super().__init__(*args, **attrs)
        self.kinds = kinds or {}

    def main(self, *args: Any, **named: Any) -> Any:
        """Run what was typed; where the output cannot be written, that is told in one line, with status 1."""
        try:
            return super().main(*args, **named)
        except OSError as error:
            _end_by(error)
        except SystemExit as end:
            # What is kept back would else fail when Python ends, by a traceback and another status.
            try:
                if sys.stdout is not None:
                    sys.stdout.flush()
            except OSError as error:
                if not end.code:
                    _end_by(error)
                _give_up(sys.stdout)
            raise

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the headings."""
        named = [name for names in self.kinds.values() for name in names]
        return [*named, *(name for name in super().list_commands(ctx) if name not in named)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands, and then the options."""
        for heading, names in self.kinds.items():
            with formatter.section(_heading(heading)):
                formatter.write_dl([(name, self.commands[name].get_short_help_str()) for name in names])
        _write(formatter, "Options", self, ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant; for a wrong name, those that are nearest to it."""
        near = get_close_matches(args[0], self.commands, n=2)
        if args[0] in self.commands or args[0].startswith("-") or not near:
            return super().resolve_command(ctx, args)
        raise click.UsageError(f"No such command {args[0]!r}. Did you mean {' or '.join(near)}?", ctx)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; why it could not stands out on a terminal."""
        try:
            return super().invoke(ctx)
        except click.UsageError:
            raise
        except click.ClickException as error:
            raise Refusal(error.message) from error


class Refusal(click.ClickException):
    """An error that a person can act on, in one line."""

    def show(self, file: Any = None) -> None:
        """Print it; in colours only where that is a terminal."""
        click.echo(f"{click.style('Error:', fg='red', bold=True)} {self.message}", file=file, err=file is None)


def _end_by(error: OSError) -> NoReturn:
    _give_up(sys.stdout)
    try:
        # Who closed a pipe has seen enough.
        if error.errno != errno.EPIPE:
            _refusal(error).show()
    except OSError:
        _give_up(sys.stderr)
    sys.exit(1)


def _give_up(stream: TextIO | None) -> None:
    """Let what a stream still holds go nowhere."""
    with suppress(OSError), open(os.devnull, "wb") as nowhere:
        if stream is not None:
            os.dup2(nowhere.fileno(), stream.fileno())


def _refusal(error: OSError) -> Refusal:
    unwritable = error.errno in _UNWRITABLE and error.filename is None
    return Refusal(f"the output cannot be written, send it elsewhere ({error})" if unwritable else str(error))


def _parts(text: str) -> tuple[str, list[str]]:
    """What a docstring says, and its examples."""
    said, _, examples = inspect.cleandoc(text).partition(_EXAMPLE)
    return said.strip(), [line.strip() for line in examples.splitlines() if line.strip()]


def _heading(text: str) -> str:
    return click.style(text, bold=True)


def _write(formatter: click.HelpFormatter, heading: str, command: click.Command, ctx: click.Context) -> None:
    known = [one.get_help_record(ctx) for one in command.get_params(ctx)]
    # Of arguments the first line and the text tell.
    found = [told for told in known if told is not None and told[1]]
    with formatter.section(_heading(heading)):
        formatter.write_dl(found)
